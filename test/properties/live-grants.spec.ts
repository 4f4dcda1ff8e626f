import fc from 'fast-check';
import { AgreementsModule } from '../../src/agreements/agreements.module.js';
import type { AgreementTerms } from '../../src/agreements/terms/terms.types.js';
import { CatalogueModule } from '../../src/catalogue/catalogue.module.js';
import { isConcordatError } from '../../src/kernel/errors.js';
import { IdFactory } from '../../src/kernel/ids.js';
import { addDays } from '../../src/kernel/london-day.js';
import { OrganisationsModule } from '../../src/organisations/organisations.module.js';
import { StoresModule } from '../../src/stores/stores.module.js';
import { OFFICERS_OF_PARTIES } from '../support/amending.js';
import { grantMoves, NEWCOMER, NEWCOMERS, type Moves, type Scene } from '../support/grant-moves.js';
import { grantWorld, GROUND, worldTerms, type GrantWorld } from '../support/grant-world.js';

const COURSE = 'safe_researcher_training';
const TERMS: Partial<AgreementTerms> = {
  accreditations: ['dea_full'],
  trainings: [COURSE],
  orgChecks: ['dspt'],
  noticeDays: 0,
  admission: 'lead',
};
/** What a move needs to have happened before it. */
const BEFORE: Readonly<Record<string, readonly string[]>> = {
  issueToNewcomer: ['accede'],
  resume: ['suspend'],
  resumeParty: ['suspendParty'],
  withdrawNewcomer: ['accede', 'issueToNewcomer'],
  resumeOrganisation: ['suspendOrganisation'],
  resumePerson: ['suspendPerson'],
  giveRole: ['endRole'],
  addMember: ['removeMember'],
  unfreezeDataset: ['freezeDataset'],
  resumeStore: ['suspendStore'],
};
const MOVES = [
  'issue',
  'issueToColleague',
  'issueToNewcomer',
  'suspend',
  'resume',
  'terminate',
  'expire',
  'leaveUnreviewed',
  'amendContacts',
  'amendPurposes',
  'dropParty',
  'requireProof',
  'suspendParty',
  'suspendProvider',
  'resumeParty',
  'withdrawParty',
  'withdrawNewcomer',
  'excludeParty',
  'accede',
  'suspendOrganisation',
  'resumeOrganisation',
  'closeOrganisation',
  'suspendProvidersOrganisation',
  'suspendPerson',
  'resumePerson',
  'endMembership',
  'endRole',
  'giveRole',
  'withdrawAccreditation',
  'lapseAccreditation',
  'lapseTraining',
  'lapseCheck',
  'endAffiliation',
  'closeProject',
  'removeMember',
  'addMember',
  'freezeDataset',
  'unfreezeDataset',
  'withdrawDataset',
  'suspendStore',
  'resumeStore',
] as const;
/** After these everything that was live before them may go on. */
const HARMLESS = new Set<string>([...Object.keys(BEFORE), 'issue', 'issueToColleague']);
HARMLESS.add('amendContacts').add('accede').delete('withdrawNewcomer');

describe('whatever is done to what a grant rests on', () => {
  let world: GrantWorld;
  let moves: Moves;
  let members: readonly string[];
  let scenes = 0;

  beforeAll(async () => {
    const imports = [AgreementsModule, OrganisationsModule, StoresModule, CatalogueModule];
    world = await grantWorld({ imports });
    moves = grantMoves(world);
    await world.add(async (rows) => {
      await rows.organisation(NEWCOMER.id);
      for (const [id, [organisationId, role]] of Object.entries({
        ...OFFICERS_OF_PARTIES,
        ...NEWCOMERS,
      })) {
        await rows.person(id, organisationId, role);
      }
      const until = addDays(world.today, 400);
      const { project, researcher } = NEWCOMER;
      const endsOn = addDays(world.today, 200);
      await rows.project(project, 'PRJ-2026-0002', NEWCOMER.id, endsOn, [researcher]);
      await rows.organisationCheck(GROUND.recipient, 'dspt', until);
      await rows.organisationCheck(NEWCOMER.id, 'dspt', until);
      for (const personId of [GROUND.researcher, GROUND.colleague, researcher]) {
        await rows.accreditation(personId, 'dea_full', until);
        await rows.training(personId, COURSE, until);
      }
    });
    const rows = await world.query<{ id: string }>('SELECT id FROM project_member');
    members = rows.map(({ id }) => id);
  }, 60_000);

  afterAll(() => world.close());

  /** Everything as it was at first, but for the agreements and grants of the scenes before. */
  async function restore(): Promise<void> {
    const [until, affiliated] = [400, 300].map((days) => addDays(world.today, days));
    const kept = members.map((id) => `'${id}'`).join(',');
    await world.force(
      `UPDATE grants SET status = 'revoked', ended_at = now() WHERE status IN ('issued', 'active');
       UPDATE organisation SET status = 'active'; UPDATE person SET status = 'active';
       UPDATE membership SET ended_at = NULL, ends_on = '${affiliated ?? ''}';
       DELETE FROM membership_role WHERE id <> membership_id; UPDATE membership_role SET ended_at = NULL;
       UPDATE accreditation SET state = 'verified', awarded_on = '2026-01-01', expires_on = '${until ?? ''}';
       UPDATE training SET lapsed_at = NULL, awarded_on = '2026-01-01', expires_on = '${until ?? ''}';
       UPDATE organisation_check SET lapsed_at = NULL, issued_on = '2026-01-01', expires_on = '${until ?? ''}';
       UPDATE project SET status = 'active';
       DELETE FROM project_member WHERE id NOT IN (${kept}); UPDATE project_member SET removed_at = NULL;
       UPDATE dataset SET status = 'published', forwarding_note = NULL; UPDATE partner_store SET status = 'ready'`,
    );
  }

  /** A new agreement in force, with the requests of three researchers approved and two grants issued under it. */
  async function newScene(): Promise<Scene> {
    await restore();
    scenes += 1;
    const ids = world.app.get<IdFactory>(IdFactory);
    const [agreementId, requestId, colleaguesRequestId, newcomersRequestId] = [1, 2, 3, 4].map(() =>
      ids.next(),
    ) as [string, string, string, string];
    const scene = { agreementId, requestId, colleaguesRequestId, newcomersRequestId };
    const reference = `CON-2026-${String(1000 + scenes)}`;
    await world.addAgreement(agreementId, reference, worldTerms(world.today, TERMS));
    await world.add(async (rows) => {
      for (const [id, requesterId, organisationId, projectId] of [
        [requestId, GROUND.researcher, GROUND.recipient, GROUND.project],
        [colleaguesRequestId, GROUND.colleague, GROUND.recipient, GROUND.project],
        [newcomersRequestId, NEWCOMER.researcher, NEWCOMER.id, NEWCOMER.project],
      ] as const) {
        const request = { id, requesterId, organisationId, projectId, agreementId };
        const rest = { datasetId: GROUND.dataset, untilOn: addDays(world.today, 60) };
        await rows.approvedRequest({ ...request, ...rest, delivery: 'stream' }, GROUND.owner);
      }
    });
    await make(scene, 'issue');
    await make(scene, 'issueToColleague');
    return scene;
  }

  async function make(scene: Scene, move: string): Promise<void> {
    await moves[move]?.(scene);
  }

  /** Does the move; a refusal leaves everything as it was. Anything but a refusal is a failure. */
  async function attempt(scene: Scene, move: string): Promise<void> {
    try {
      await make(scene, move);
    } catch (error) {
      if (!isConcordatError(error)) {
        throw error;
      }
    }
  }

  const LIVE = `g.status IN ('issued', 'active')`;
  /** Live grants of the scene that rest on something which stopped, each with what that is. */
  const stray = ({ agreementId }: Scene): Promise<object[]> =>
    world.query(
      `SELECT id, dead FROM (SELECT g.id, array_remove(ARRAY[
           CASE WHEN v.status <> 'active' THEN 'version' END,
           CASE WHEN (SELECT count(*) FROM agreement_party p WHERE p.agreement_id = g.agreement_id AND p.status = 'active'
             AND p.organisation_id IN (g.organisation_id, g.provider_id)) <> 2 THEN 'party' END,
           CASE WHEN (SELECT count(*) FROM organisation o WHERE o.status = 'active'
             AND o.id IN (g.organisation_id, g.provider_id)) <> 2 THEN 'organisation' END,
           CASE WHEN NOT EXISTS (SELECT FROM membership m JOIN membership_role r ON r.membership_id = m.id
             AND r.role = 'researcher' AND r.ended_at IS NULL WHERE m.person_id = g.person_id
             AND m.organisation_id = g.organisation_id AND m.ended_at IS NULL) THEN 'affiliation' END,
           CASE WHEN NOT EXISTS (SELECT FROM person p WHERE p.id = g.person_id AND p.status = 'active') THEN 'person' END,
           CASE WHEN NOT EXISTS (SELECT FROM accreditation a WHERE a.person_id = g.person_id AND a.state = 'verified')
             THEN 'accreditation' END,
           CASE WHEN NOT EXISTS (SELECT FROM training t WHERE t.person_id = g.person_id AND t.lapsed_at IS NULL)
             THEN 'training' END,
           CASE WHEN NOT EXISTS (SELECT FROM organisation_check c WHERE c.organisation_id = g.organisation_id
             AND c.lapsed_at IS NULL) THEN 'check' END,
           CASE WHEN NOT EXISTS (SELECT FROM project j JOIN project_member b ON b.project_id = j.id
             AND b.person_id = g.person_id AND b.removed_at IS NULL WHERE j.id = g.project_id AND j.status = 'active')
             THEN 'project' END,
           CASE WHEN NOT EXISTS (SELECT FROM dataset d JOIN partner_store s ON s.id = d.store_id AND s.status = 'ready'
             WHERE d.id = g.dataset_id AND d.status = 'published') THEN 'data' END], NULL) AS dead
         FROM grants g JOIN agreement_version v ON v.agreement_id = g.agreement_id AND v.version = g.agreement_version
         WHERE g.agreement_id = $1 AND ${LIVE}) found WHERE cardinality(dead) > 0`,
      [agreementId],
    );
  const countLive = async ({ agreementId }: Scene): Promise<number> =>
    (await world.query(`SELECT FROM grants g WHERE g.agreement_id = $1 AND ${LIVE}`, [agreementId]))
      .length;

  it('every move is in the list', () => {
    expect(Object.keys(moves).sort()).toEqual([...MOVES].sort());
  });

  it.each(MOVES)(
    '%s, which some state allows, leaves no live grant on what stopped',
    async (move) => {
      const scene = await newScene();
      const earlier = BEFORE[move] ?? [];
      // The two grants stand in the way of themselves.
      if (move === 'issue' || move === 'issueToColleague') {
        await world.force(
          `UPDATE grants SET status = 'revoked', ended_at = now() WHERE ended_at IS NULL`,
        );
      }
      for (const before of earlier) {
        await make(scene, before);
      }
      const live = await countLive(scene);
      await make(scene, move);
      expect(await stray(scene)).toEqual([]);
      expect((await countLive(scene)) < live).toBe(!HARMLESS.has(move));
    },
  );

  it('no sequence of moves leaves a live grant on what stopped', async () => {
    const sequence = fc.array(fc.constantFrom(...MOVES), { minLength: 2, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(sequence, async (made) => {
        const scene = await newScene();
        for (const move of made) {
          await attempt(scene, move);
          expect(await stray(scene)).toEqual([]);
        }
      }),
      { numRuns: 25 },
    );
  }, 240_000);

  it.each(MOVES.filter((move) => !HARMLESS.has(move)))(
    'nor does %s when grants are issued at the same time',
    async (move) => {
      const scene = await newScene();
      await make(scene, 'accede');
      for (const before of BEFORE[move]?.filter((one) => one !== 'accede') ?? []) {
        await make(scene, before);
      }
      await world.force(
        `UPDATE grants SET status = 'revoked', ended_at = now() WHERE ended_at IS NULL`,
      );
      await Promise.all([
        attempt(scene, move),
        attempt(scene, 'issue'),
        attempt(scene, 'issueToColleague'),
        attempt(scene, 'issueToNewcomer'),
      ]);
      expect(await stray(scene)).toEqual([]);
    },
  );
});
