import { exampleTerms } from '../../../test/support/agreement-terms.js';
import { amend, inOffice, OFFICERS_OF_PARTIES } from '../../../test/support/amending.js';
import {
  GROUND,
  grantWorld,
  worldTerms,
  type GrantWorld,
} from '../../../test/support/grant-world.js';
import { LockHolder } from '../../../test/support/lock-holder.js';
import { AgreementsModule } from '../../agreements/agreements.module.js';
import type { Principal } from '../../identity/principal.js';
import type { Role } from '../../identity/roles.js';
import { isConcordatError } from '../../kernel/errors.js';
import { IdFactory } from '../../kernel/ids.js';
import { addDays } from '../../kernel/london-day.js';

const uuid = (last: string): string => `01990000-0000-7000-8000-0000000000${last}`;

/** Three boroughs that version 2 does not name any more, each with a researcher and a project. */
const BOROUGHS = ['71', '81', '91'].map((id) => ({
  id: uuid(id),
  researcher: uuid(id.replace('1', '2')),
  project: uuid(id.replace('1', '3')),
}));

/** A live grant of the round, and who holds it. */
interface Held {
  readonly id: string;
  readonly holder: Principal;
}

describe('a version that supersedes another and lapses parties, while people revoke', () => {
  let world: GrantWorld;
  let holder: LockHolder;
  let agreements = 0;

  beforeAll(async () => {
    world = await grantWorld({ imports: [AgreementsModule] });
    holder = await LockHolder.connect(world.db);
    await world.add(async (rows) => {
      for (const [personId, [organisationId, role]] of Object.entries(OFFICERS_OF_PARTIES)) {
        await rows.person(personId, organisationId, role);
      }
      const endsOn = addDays(world.today, 200);
      for (const [at, { id, researcher, project }] of BOROUGHS.entries()) {
        await rows.organisation(id);
        await rows.person(researcher, id, 'researcher');
        await rows.project(project, `PRJ-2026-1${String(at)}00`, id, endsOn, [researcher]);
      }
      // The colleague lacks what version 2 asks for.
      await rows.accreditation(GROUND.researcher, 'dea_full', endsOn);
    });
  }, 60_000);
  afterAll(async () => {
    await holder.close();
    await world.close();
  });

  const as = (personId: string): Principal => {
    const borough = BOROUGHS.find(({ researcher }) => researcher === personId);
    const office: readonly [string, Role] | undefined = borough
      ? [borough.id, 'researcher']
      : OFFICERS_OF_PARTIES[personId];
    return office
      ? inOffice(world, personId, office)
      : world.as(personId, { authenticatedAt: world.clock.now() });
  };

  /** An agreement of all five, with two grants of each borough and one of the researcher and of the colleague. */
  async function inForce(): Promise<{ agreementId: string; grants: readonly Held[] }> {
    agreements += 1;
    const ids = world.app.get<IdFactory>(IdFactory);
    const agreementId = ids.next();
    const { parties } = worldTerms(world.today);
    const [, recipient] = parties;
    const boroughs = BOROUGHS.map(({ id }) => ({ ...recipient, organisationId: id }));
    const terms = worldTerms(world.today, { parties: [...parties, ...boroughs] as typeof parties });
    await world.addAgreement(agreementId, `CON-2026-${String(2000 + agreements)}`, terms);
    // In another order than that in which the parties lapse, so that who locks party by party meets who locks by id.
    const outsiders = [...BOROUGHS].reverse();
    const holders = [
      ...[...outsiders, ...outsiders].map((one) => [one.researcher, one.id, one.project] as const),
      [GROUND.researcher, GROUND.recipient, GROUND.project] as const,
      [GROUND.colleague, GROUND.recipient, GROUND.project] as const,
    ].map((one) => [ids.next(), ...one] as const);
    await world.add(async (rows) => {
      for (const [id, requesterId, organisationId, projectId] of holders) {
        const request = { id, requesterId, organisationId, projectId, agreementId };
        const untilOn = addDays(world.today, 60);
        await rows.approvedRequest(
          { ...request, datasetId: GROUND.dataset, untilOn, delivery: 'stream' },
          GROUND.owner,
        );
      }
    });
    const grants: Held[] = [];
    for (const [accessRequestId, personId] of holders) {
      const holder = as(personId);
      const { id } = await world.grants.issue(holder, { accessRequestId }, ids.next());
      grants.push({ id, holder });
    }
    return { agreementId, grants };
  }

  /** Everything about version 2 but its last signature. */
  async function upToTheLastSignature(agreementId: string): Promise<() => Promise<unknown>> {
    const { parties } = exampleTerms();
    const signatures = await amend(world, as, agreementId, {
      parties,
      accreditations: ['dea_full'],
    });
    const last = signatures.at(-1);
    if (!last || signatures.length !== 2) {
      throw new Error('The two who stay sign version 2');
    }
    for (const sign of signatures.slice(0, -1)) {
      await sign();
    }
    return last;
  }

  /** Whether it did it: a grant that version 2 had ended is refused, and nothing else may go wrong. */
  const revoke = async ({ id, holder }: Held): Promise<boolean> =>
    world.grants.revoke(holder, id, 'Not needed').then(
      () => true,
      (error: unknown) => {
        if (isConcordatError(error) && error.code === 'transition_not_allowed') {
          return false;
        }
        throw error;
      },
    );

  async function expectEachEndedOnce(agreementId: string): Promise<void> {
    expect(
      await world.query(
        `SELECT g.status, (SELECT count(*)::int FROM audit_event e WHERE e.grant_id = g.id
             AND e.type = 'grant.revoked') AS ends,
           EXISTS (SELECT FROM audit_event e WHERE e.id = g.audit_event_id AND e.type = 'grant.revoked') AS explained,
           count(*)::int AS grants
         FROM grants g WHERE g.agreement_id = $1 GROUP BY 1, 2, 3`,
        [agreementId],
      ),
    ).toEqual([{ status: 'revoked', ends: 1, explained: true, grants: 8 }]);
    expect(
      await world.query(
        `SELECT v.version, v.status FROM agreement_version v WHERE v.agreement_id = $1 ORDER BY v.version`,
        [agreementId],
      ),
    ).toEqual([
      { version: 1, status: 'superseded' },
      { version: 2, status: 'active' },
    ]);
    // One certificate is owed of each use, and each has its event.
    const owed = await world.query<{ events: number }>(
      `SELECT (SELECT count(*)::int FROM audit_event e WHERE e.target_id = c.id::text AND e.type = 'closure.due') AS events
       FROM closure c WHERE c.agreement_id = $1`,
      [agreementId],
    );
    expect(owed).toEqual(Array.from({ length: 4 }, () => ({ events: 1 })));
  }

  /** The activation stands before one of the grants; the others come meanwhile, and then all go on. */
  async function race(
    at: number,
    others: (grants: readonly Held[]) => readonly Promise<unknown>[],
  ): Promise<string> {
    const { agreementId, grants } = await inForce();
    const sign = await upToTheLastSignature(agreementId);
    const lock = `SELECT FROM grants WHERE id = '${grants[at]?.id ?? ''}' FOR UPDATE`;
    await holder.hold(lock);
    const signing = sign();
    await holder.untilWaiting(1);
    let pending = 0;
    const coming = others(grants).map((one) => {
      pending += 1;
      return one.finally(() => (pending -= 1));
    });
    const racing = Promise.allSettled([signing, ...coming]);
    await holder.untilWaiting(() => 1 + pending);
    await holder.release();
    expect((await racing).filter(({ status }) => status === 'rejected')).toEqual([]);
    return agreementId;
  }

  it.each([0, 2, 4, 6])(
    'each grant ends once with one event when everybody revokes while it stands before grant %i',
    async (at) => {
      await expectEachEndedOnce(await race(at, (grants) => grants.map(revoke)));
    },
  );

  it('each grant ends once with one event when another cascade is at the same grants', async () => {
    const cause = { code: 'organisation_stopped', organisationId: GROUND.provider } as const;
    const stop = () => world.database.transaction((tx) => world.cascade.apply(tx, cause));
    await expectEachEndedOnce(await race(1, () => [stop()]));
  });
});
