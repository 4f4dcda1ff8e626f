import fc from 'fast-check';
import { AgreementActs } from '../../src/agreements/agreement-acts.service.js';
import { AgreementsModule } from '../../src/agreements/agreements.module.js';
import { AgreementsService } from '../../src/agreements/agreements.service.js';
import { etagOf } from '../../src/agreements/agreement.view.js';
import { DueMoves } from '../../src/agreements/lifecycle/due-moves.service.js';
import { PartiesService } from '../../src/agreements/parties/parties.service.js';
import { VersionsService } from '../../src/agreements/versions/versions.service.js';
import type { Principal } from '../../src/identity/principal.js';
import type { Role } from '../../src/identity/roles.js';
import { isConcordatError } from '../../src/kernel/errors.js';
import { IdFactory } from '../../src/kernel/ids.js';
import { addDays } from '../../src/kernel/london-day.js';
import { Approvals } from '../../src/organisations/approvals/approvals.service.js';
import { Database } from '../../src/platform/database/database.js';
import { etagNow } from '../support/agreement-etag.js';
import { PROVIDER, RECIPIENT } from '../support/agreement-terms.js';
import { grantWorld, GROUND, worldTerms, type GrantWorld } from '../support/grant-world.js';

const uuid = (last: string): string => `01990000-0000-7000-8000-0000000000${last}`;
const NEWCOMER = {
  id: uuid('f1'),
  signatory: uuid('f3'),
  dpo: uuid('f4'),
  researcher: uuid('f5'),
} as const;
const NEWCOMERS_PROJECT = uuid('f6');

const PEOPLE: Readonly<Record<string, readonly [organisationId: string, role: Role]>> = {
  [PROVIDER.owner]: [PROVIDER.id, 'data_owner'],
  [PROVIDER.signatory]: [PROVIDER.id, 'signatory'],
  [PROVIDER.dpo]: [PROVIDER.id, 'dpo'],
  [PROVIDER.officer]: [PROVIDER.id, 'ig_officer'],
  [RECIPIENT.signatory]: [RECIPIENT.id, 'signatory'],
  [RECIPIENT.dpo]: [RECIPIENT.id, 'dpo'],
  [GROUND.recipientOfficer]: [RECIPIENT.id, 'ig_officer'],
  [NEWCOMER.signatory]: [NEWCOMER.id, 'signatory'],
  [NEWCOMER.dpo]: [NEWCOMER.id, 'dpo'],
  [NEWCOMER.researcher]: [NEWCOMER.id, 'researcher'],
};

/** Everything that people and the clock may do to an agreement in force; each may be refused where it stands. */
const MOVES = [
  'issue',
  'issueToNewcomer',
  'suspend',
  'resume',
  'terminate',
  'expire',
  'suspendParty',
  'suspendProvider',
  'resumeParty',
  'withdrawParty',
  'excludeParty',
  'accede',
  'withdrawNewcomer',
  'amendContacts',
  'amendPurposes',
  'dropParty',
  'requireProof',
] as const;
type Move = (typeof MOVES)[number];

/** One agreement of the run, and the requests of both researchers under it. */
interface Scene {
  readonly agreementId: string;
  readonly requestId: string;
  readonly newcomersRequestId: string;
}

describe('whatever is done to an agreement', () => {
  let world: GrantWorld;
  let scenes = 0;
  let issued = 0;

  beforeAll(async () => {
    world = await grantWorld({ imports: [AgreementsModule] });
    await world.add(async (rows) => {
      await rows.organisation(NEWCOMER.id);
      const there = new Set<string>([PROVIDER.owner, PROVIDER.officer, GROUND.recipientOfficer]);
      for (const [personId, [organisationId, role]] of Object.entries(PEOPLE)) {
        if (!there.has(personId)) {
          await rows.person(personId, organisationId, role);
        }
      }
      const endsOn = addDays(world.today, 200);
      await rows.project(NEWCOMERS_PROJECT, 'PRJ-2026-0002', NEWCOMER.id, endsOn, [
        NEWCOMER.researcher,
      ]);
    });
  }, 60_000);

  afterAll(async () => {
    await world.close();
  });

  const service = <T>(type: abstract new (...args: never[]) => T): T =>
    world.app.get<T>(type, { strict: false });

  function as(personId: string): Principal {
    const [organisationId = '', role = 'researcher'] = PEOPLE[personId] ?? [];
    return world.as(GROUND.researcher, {
      personId,
      subject: personId,
      authenticatedAt: world.clock.now(),
      memberships: [
        {
          membershipId: personId,
          organisationId,
          organisationName: organisationId,
          isOperator: false,
          position: `Head ${role}`,
          roles: [role],
        },
      ],
    });
  }

  async function newScene(): Promise<Scene> {
    scenes += 1;
    const ids = world.app.get<IdFactory>(IdFactory);
    const [agreementId, requestId, newcomersRequestId] = [ids.next(), ids.next(), ids.next()];
    const terms = worldTerms(world.today, { noticeDays: 0, admission: 'lead' });
    const reference = `CON-2026-${String(1000 + scenes)}`;
    await world.addAgreement(agreementId, reference, terms);
    const request = {
      projectId: GROUND.project,
      datasetId: GROUND.dataset,
      agreementId,
      untilOn: addDays(world.today, 60),
      delivery: 'stream',
    };
    await world.add(async (rows) => {
      const own = { requesterId: GROUND.researcher, organisationId: GROUND.recipient };
      await rows.approvedRequest({ ...request, ...own, id: requestId }, GROUND.owner);
      const theirs = {
        requesterId: NEWCOMER.researcher,
        organisationId: NEWCOMER.id,
        projectId: NEWCOMERS_PROJECT,
        id: newcomersRequestId,
      };
      await rows.approvedRequest({ ...request, ...theirs }, GROUND.owner);
    });
    return { agreementId, requestId, newcomersRequestId };
  }

  /** Does the move; a refusal leaves everything as it was. Anything but a refusal is a failure. */
  async function attempt(scene: Scene, move: Move): Promise<void> {
    try {
      await MAKE[move](scene);
    } catch (error) {
      if (!isConcordatError(error)) {
        throw error;
      }
    }
  }

  const partyId = async ({ agreementId }: Scene, organisationId: string): Promise<string> => {
    const agreement = await service(AgreementsService).get(as(PROVIDER.owner), agreementId);
    return agreement.parties.find((one) => one.organisationId === organisationId)?.id ?? uuid('00');
  };
  const approve = (personId: string, approvalId: string): Promise<unknown> =>
    service(Approvals).approve(as(personId), approvalId);

  async function issue(requestId: string, holder: Principal): Promise<void> {
    // The undertaking is the researcher's own act, and beside the point here.
    await world.query(
      `UPDATE access_request r SET undertaking_hash = v.version_hash FROM agreement_version v
       WHERE r.id = $1 AND v.agreement_id = r.agreement_id AND v.version = r.agreement_version`,
      [requestId],
    );
    const key = world.app.get<IdFactory>(IdFactory).next();
    await world.grants.issue(holder, { accessRequestId: requestId }, key);
    issued += 1;
  }

  async function amend(
    { agreementId: id }: Scene,
    changes: Record<string, unknown>,
  ): Promise<void> {
    const owner = as(PROVIDER.owner);
    const etag = (which: 'open' | 'current'): Promise<string> =>
      etagNow(service(Database), id, which);
    const draft = await service(VersionsService).amend(owner, id, await etag('current'));
    await service(AgreementsService).edit(owner, id, changes, etagOf(draft));
    const { versionHash, parties } = await service(AgreementsService).submit(
      owner,
      id,
      await etag('open'),
    );
    const hash = versionHash ?? '';
    const named = parties.filter(({ founding }) => founding);
    for (const { dpoId } of named) {
      await service(AgreementActs).review(as(dpoId), id, { decision: 'accept', versionHash: hash });
    }
    const { amendment } = await service(AgreementsService).getOpen(owner, id);
    const signing = named.filter(({ lead }) => lead || amendment === 'material');
    for (const { signatoryId } of signing) {
      const answer = { decision: 'sign', versionHash: hash } as const;
      await service(AgreementActs).sign(as(signatoryId), id, answer);
    }
  }

  const terms = () => worldTerms(world.today, { noticeDays: 0, admission: 'lead' });
  const notice = () => ({ reason: 'Done', noticeGivenOn: world.today });

  const MAKE: Readonly<Record<Move, (scene: Scene) => Promise<unknown>>> = {
    issue: ({ requestId }) => issue(requestId, world.as(GROUND.researcher)),
    issueToNewcomer: ({ newcomersRequestId }) => issue(newcomersRequestId, as(NEWCOMER.researcher)),
    suspend: ({ agreementId }) =>
      service(AgreementActs).suspend(as(PROVIDER.signatory), agreementId, 'A breach'),
    resume: async ({ agreementId }) => {
      const acts = service(AgreementActs);
      const { approvalId } = await acts.resume(as(PROVIDER.signatory), agreementId, 'Mended');
      await approve(PROVIDER.officer, approvalId);
    },
    terminate: async ({ agreementId }) => {
      const end = { reason: 'At once', urgent: true };
      const proposed = await service(AgreementActs).terminate(
        as(PROVIDER.signatory),
        agreementId,
        end,
      );
      await approve(PROVIDER.dpo, 'approvalId' in proposed ? proposed.approvalId : '');
    },
    // What a clock past the end would find, without moving the clock of every other run.
    expire: async ({ agreementId }) => {
      await world.query('UPDATE agreement_version SET ends_at = $2 WHERE agreement_id = $1', [
        agreementId,
        world.clock.now(),
      ]);
      await service(DueMoves).sweep();
    },
    suspendParty: async (scene) =>
      service(PartiesService).suspend(
        as(RECIPIENT.signatory),
        scene.agreementId,
        await partyId(scene, RECIPIENT.id),
        'A breach',
      ),
    suspendProvider: async (scene) =>
      service(PartiesService).suspend(
        as(PROVIDER.signatory),
        scene.agreementId,
        await partyId(scene, PROVIDER.id),
        'A breach',
      ),
    resumeParty: async (scene) => {
      const { approvalId } = await service(PartiesService).resume(
        as(RECIPIENT.signatory),
        scene.agreementId,
        await partyId(scene, RECIPIENT.id),
        'Mended',
      );
      await approve(GROUND.recipientOfficer, approvalId);
    },
    withdrawParty: async (scene) =>
      service(PartiesService).withdraw(
        as(RECIPIENT.signatory),
        scene.agreementId,
        await partyId(scene, RECIPIENT.id),
        notice(),
      ),
    excludeParty: async (scene) => {
      const { approvalId } = await service(PartiesService).exclude(
        as(PROVIDER.signatory),
        scene.agreementId,
        await partyId(scene, RECIPIENT.id),
        { reason: 'At once', urgent: true },
      );
      await approve(PROVIDER.dpo, approvalId);
    },
    accede: async ({ agreementId: id }) => {
      await service(PartiesService).accede(as(PROVIDER.owner), id, {
        organisationId: NEWCOMER.id,
        signatoryId: NEWCOMER.signatory,
        dpoId: NEWCOMER.dpo,
        dataRole: 'recipient',
        controllerRole: 'separate',
        breachContact: 'breach@example.org',
        queryContact: 'query@example.org',
      });
      const acts = service(AgreementActs);
      const { versionHash } = await service(AgreementsService).get(as(PROVIDER.owner), id);
      const hash = { versionHash: versionHash ?? '' };
      await acts.review(as(NEWCOMER.dpo), id, { decision: 'accept', ...hash });
      await acts.sign(as(NEWCOMER.signatory), id, { decision: 'sign', ...hash });
    },
    withdrawNewcomer: async (scene) =>
      service(PartiesService).withdraw(
        as(NEWCOMER.signatory),
        scene.agreementId,
        await partyId(scene, NEWCOMER.id),
        notice(),
      ),
    amendContacts: (scene) =>
      amend(scene, {
        parties: terms().parties.map((one) => ({ ...one, queryContact: 'q@example.org' })),
      }),
    amendPurposes: (scene) =>
      amend(scene, { purposes: ['https://w3id.org/dpv#PublicPolicyMaking'] }),
    dropParty: (scene) =>
      amend(scene, {
        parties: terms().parties.map((one) =>
          one.organisationId === RECIPIENT.id
            ? {
                ...one,
                organisationId: NEWCOMER.id,
                signatoryId: NEWCOMER.signatory,
                dpoId: NEWCOMER.dpo,
              }
            : one,
        ),
      }),
    requireProof: (scene) => amend(scene, { dpop: true }),
  };

  /** Live grants whose version, provider or holder's party is not active. */
  const stray = ({ agreementId }: Scene): Promise<object[]> =>
    world.query(
      `SELECT g.id, v.status, mine.status AS mine, theirs.status AS theirs FROM grants g
         JOIN agreement_version v ON v.agreement_id = g.agreement_id AND v.version = g.agreement_version
         LEFT JOIN agreement_party mine ON mine.agreement_id = g.agreement_id
           AND mine.organisation_id = g.organisation_id
         LEFT JOIN agreement_party theirs ON theirs.agreement_id = g.agreement_id
           AND theirs.organisation_id = g.provider_id
       WHERE g.agreement_id = $1 AND g.status IN ('issued', 'active')
         AND (v.status <> 'active' OR mine.status IS DISTINCT FROM 'active'
           OR theirs.status IS DISTINCT FROM 'active')`,
      [agreementId],
    );

  it('no live grant is left under an inactive version or party', async () => {
    // A grant first, so that most sequences have something to end.
    const sequence = fc.array(fc.constantFrom(...MOVES), { minLength: 1, maxLength: 7 });
    await fc.assert(
      fc.asyncProperty(sequence, async (moves) => {
        const scene = await newScene();
        await attempt(scene, 'issue');
        for (const move of moves) {
          await attempt(scene, move);
          expect(await stray(scene)).toEqual([]);
        }
      }),
      { numRuns: 30 },
    );
    expect(issued).toBeGreaterThanOrEqual(30);
  }, 240_000);

  it('nor when a grant is issued at the same time', async () => {
    const stops = MOVES.filter((move) => !move.startsWith('issue') && !move.startsWith('resume'));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...stops), async (move) => {
        const scene = await newScene();
        await Promise.all([
          attempt(scene, move),
          attempt(scene, 'issue'),
          attempt(scene, 'issueToNewcomer'),
        ]);
        expect(await stray(scene)).toEqual([]);
      }),
      { numRuns: 30 },
    );
  }, 240_000);

  it.each(MOVES)('%s is a move that some state allows', async (move) => {
    const scene = await newScene();
    const before: Partial<Record<Move, readonly Move[]>> = {
      issueToNewcomer: ['accede'],
      resume: ['suspend'],
      resumeParty: ['suspendParty'],
      withdrawNewcomer: ['accede'],
    };
    for (const earlier of before[move] ?? []) {
      await MAKE[earlier](scene);
    }
    await MAKE[move](scene);
  });
});
