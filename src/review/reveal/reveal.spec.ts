import { fillManyRows, scannedBy } from '../../../test/support/many-rows.js';
import { GROUND } from '../../../test/support/grant-world.js';
import { reportWorld, requestTo, type ReportWorld } from '../../../test/support/report-world.js';
import { testDatabase } from '../../../test/support/database.js';
import type { Principal } from '../../identity/principal.js';
import { TrailReading } from '../trail-reading.service.js';
import { RevealApi } from './reveal.api.js';
import { REVEALED } from './reveal.repository.js';

const REASON = 'The store says that an object was read at night.';
const REQUEST = requestTo('/api/v1/audit/people/:id/reveal');
const NOBODY = '01990000-0000-7000-8000-0000000000fe';

describe('a pseudonym', () => {
  let world: ReportWorld;
  let pseudonym: string;

  beforeAll(async () => {
    world = await reportWorld();
    const [row] = await world.force<{ pseudonym: string }>(
      `UPDATE person SET name = 'Ada Example', email = 'ada@example.org' WHERE id = $1 RETURNING pseudonym`,
      [GROUND.researcher],
    );
    pseudonym = row?.pseudonym ?? '';
  }, 120_000);
  afterAll(() => world.close());

  const reveal = (who: Principal | string, person: string) =>
    world
      .api(RevealApi)
      .reveal(typeof who === 'string' ? world.as(who) : who, person, { reason: REASON }, REQUEST);
  const events = () =>
    world.query<{ id: string; outcome: string; people: string[]; organisations: string[] }>(
      `SELECT id, outcome, person_ids AS people, organisation_ids AS organisations FROM audit_event
       WHERE type = 'audit.identity-revealed' ORDER BY occurred_at, id`,
    );
  const fieldsOf = async (eventId: string) =>
    (await world.app.get(TrailReading, { strict: false }).fieldsOf([eventId])).get(eventId);

  it('is opened by either name for who works there; each time is an event with the reason', async () => {
    const before = (await events()).length;
    const seen = await reveal(GROUND.recipientOfficer, pseudonym);
    expect(seen).toEqual({
      id: GROUND.researcher,
      isErased: false,
      pseudonym,
      name: 'Ada Example',
      email: 'ada@example.org',
    });
    expect(await reveal(GROUND.recipientOfficer, GROUND.researcher)).toEqual(seen);
    const written = (await events()).slice(before);
    expect(written).toHaveLength(2);
    for (const { id, outcome, people, organisations } of written) {
      expect({ outcome, organisations }).toEqual({
        outcome: 'success',
        organisations: [GROUND.recipient],
      });
      expect(people).toEqual([GROUND.recipientOfficer, GROUND.researcher]);
      expect((await fieldsOf(id))?.get('reasonText')).toBe(REASON);
    }
  });

  it('is shown to nobody when the event cannot be written (R5.1)', async () => {
    await world.force(
      `CREATE FUNCTION refuse_reveal() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$;
       CREATE TRIGGER refuse_reveal BEFORE INSERT ON audit_event FOR EACH ROW
         WHEN (NEW.type = 'audit.identity-revealed') EXECUTE FUNCTION refuse_reveal()`,
    );
    await expect(reveal(GROUND.recipientOfficer, pseudonym)).rejects.toMatchObject({
      code: 'audit_unavailable',
    });
    await world.force('DROP FUNCTION refuse_reveal CASCADE');
  });

  it('is opened by an officer of whose data they had (R5.8), and not before', async () => {
    const before = await events();
    await expect(reveal(GROUND.providerOfficer, GROUND.colleague)).rejects.toMatchObject({
      code: 'not_found',
      cause: { code: 'operation_denied' },
    });
    expect(await events()).toEqual(before);
    await world.issue(GROUND.colleaguesRequest, GROUND.colleague);
    expect(await reveal(GROUND.providerOfficer, GROUND.colleague)).toMatchObject({
      id: GROUND.colleague,
    });
  });

  it('of somebody else’s is absent, also for who asked the trail about them before', async () => {
    const officer = world.officerElsewhere();
    await world.record('audit.searched', {
      actorPersonId: officer.personId,
      organisationIds: officer.memberships.map(({ organisationId }) => organisationId),
      alsoAbout: [GROUND.researcher],
    });
    for (const person of [pseudonym, GROUND.researcher]) {
      await expect(reveal(officer, person)).rejects.toMatchObject({
        code: 'not_found',
        cause: { code: 'operation_denied' },
      });
    }
    for (const person of ['P-22222222', NOBODY]) {
      await expect(reveal(officer, person)).rejects.toMatchObject({ code: 'not_found' });
    }
  });

  it('is seen by an officer whom an event names with them, and all by the operator’s', async () => {
    const officer = world.officerElsewhere();
    await world.record('project.member-added', {
      actorPersonId: GROUND.owner,
      organisationIds: officer.memberships.map(({ organisationId }) => organisationId),
      targetType: 'person',
      targetId: GROUND.recipientOwner,
    });
    expect(await reveal(officer, GROUND.recipientOwner)).toMatchObject({ isErased: false });
    expect(await reveal(GROUND.operatorOfficer, GROUND.owner)).toMatchObject({ isErased: false });
    await expect(reveal(GROUND.operatorOfficer, NOBODY)).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  it.each(['owner', 'researcher', 'recipientOwner'] as const)(
    'is opened by no %s, not even their own',
    async (who) => {
      await expect(reveal(GROUND[who], GROUND[who])).rejects.toMatchObject({
        code: 'operation_denied',
      });
    },
  );

  it('says of who was erased that they were, and writes that somebody asked', async () => {
    await world.force(
      `UPDATE person SET status = 'erased', name = NULL, email = NULL WHERE id = $1`,
      [GROUND.recipientOwner],
    );
    world.clock.add(1000);
    expect(await reveal(GROUND.recipientOfficer, GROUND.recipientOwner)).toEqual({
      id: GROUND.recipientOwner,
      isErased: true,
      pseudonym: null,
      name: null,
      email: null,
    });
    expect((await events()).at(-1)).toMatchObject({ outcome: 'refused' });
  });

  it('is opened ten times a minute by one officer', async () => {
    const asked = Array.from({ length: 11 }, () =>
      reveal(GROUND.operatorOfficer, pseudonym).then(
        () => 'shown',
        (error: unknown) => (error as { code: string }).code,
      ),
    );
    expect((await Promise.all(asked)).filter((answer) => answer === 'rate_limited')).not.toEqual(
      [],
    );
    expect(await reveal(GROUND.recipientOfficer, pseudonym)).toMatchObject({ pseudonym });
  });
});

it('whom an officer may see is found by index', async () => {
  const db = await testDatabase();
  await fillManyRows(db);
  const person = '00000002-0000-4000-8000-000000000711';
  const organisation = '00000001-0000-4000-8000-000000000711';
  for (const sees of [null, [organisation]]) {
    expect(await scannedBy(db, REVEALED, [person, sees])).toEqual([]);
  }
  await db.close();
}, 60_000);
