import pg from 'pg';
import {
  OPERATOR,
  OTHER,
  PARTY,
  pseudonymOf,
  reviewWorld,
  type ReviewWorld,
} from '../../test/support/review-world.js';
import { AuditService } from '../audit/audit.service.js';
import { uuidV7Factory } from '../kernel/ids.js';
import { SubjectKeys } from '../platform/secrets/subject-keys.js';
import type { AuditEventView } from './audit-event.view.js';

const thing = (tail: string): string => `01990000-0000-7000-8000-00000000${tail}`;
const THINGS = {
  datasetId: thing('d001'),
  agreementId: thing('d002'),
  projectId: thing('d003'),
  accessRequestId: thing('d004'),
  grantId: thing('d005'),
} as const;
const ROUTE = 'GET /api/v1/audit/events';

describe('the audit trail, as officers read it', () => {
  let world: ReviewWorld;
  const events: Record<string, string> = {};

  beforeAll(async () => {
    world = await reviewWorld();
    const actor = { actorKind: 'person', actorAuthLevel: 2 } as const;
    const owner = { ...actor, actorPersonId: PARTY.owner, actorOrganisationId: PARTY.id };
    const holder = { actorPersonId: OTHER.researcher, actorOrganisationId: OTHER.id };
    const both = [PARTY.id, OTHER.id];
    world.clock.set('2026-05-02T00:00:00Z');
    events['store'] = await world.record('store.suspended', {
      ...owner,
      organisationIds: [PARTY.id],
      targetType: 'store',
      targetId: thing('d009'),
      reasonText: 'The key was lost.',
    });
    events['request'] = await world.record('request.submitted', {
      ...actor,
      ...holder,
      organisationIds: both,
      datasetId: THINGS.datasetId,
      agreementId: THINGS.agreementId,
      projectId: THINGS.projectId,
      accessRequestId: THINGS.accessRequestId,
    });
    events['refused'] = await world.record('grant.refused', {
      ...holder,
      ...THINGS,
      grantId: undefined,
      organisationIds: both,
      outcome: 'refused',
      reasonCodes: ['training_valid'],
    });
    events['issued'] = await world.record('grant.issued', {
      ...holder,
      ...THINGS,
      organisationIds: both,
      policyVersion: 4,
    });
    events['training'] = await world.record('training.recorded', {
      ...owner,
      organisationIds: [OTHER.id],
      targetType: 'person',
      targetId: OTHER.researcher,
    });
  });
  afterAll(() => world.close());

  const named = (items: readonly AuditEventView[]): readonly string[] =>
    items.flatMap(({ id }) => Object.keys(events).filter((name) => events[name] === id));
  const operator = () => world.as(OPERATOR.officer);
  const found = async (query: string, officer = operator()): Promise<readonly string[]> =>
    named((await world.search(officer, `${query}&pageSize=200`)).items);
  const all = ['training', 'issued', 'refused', 'request', 'store'];

  it('answers every event to the operator’s officer, newest first', async () => {
    expect(await found('')).toEqual(all);
  });

  const by = {
    datasetId: ['issued', 'refused', 'request'],
    agreementId: ['issued', 'refused', 'request'],
    projectId: ['issued', 'refused', 'request'],
    accessRequestId: ['issued', 'refused', 'request'],
    grantId: ['issued'],
  } as const;
  it.each([
    ...Object.entries(by).map(([name, expected]) => [
      `${name}=${THINGS[name as keyof typeof THINGS]}`,
      expected,
    ]),
    [`organisationId=${PARTY.id}`, ['training', 'issued', 'refused', 'request', 'store']],
    [`organisationId=${OTHER.id}`, ['training', 'issued', 'refused', 'request']],
    [`person=${OTHER.researcher}`, ['training', 'issued', 'refused', 'request']],
    [`person=${pseudonymOf(OTHER.researcher)}`, ['training', 'issued', 'refused', 'request']],
    [`person=${PARTY.owner}`, ['training', 'store']],
    ['person=P-zzzzzzzz', []],
    ['type=grant.issued', ['issued']],
    ['type=grant.issued,store.suspended', ['issued', 'store']],
    ['type=grant.issued&type=grant.refused', ['issued', 'refused']],
    ['outcome=refused', ['refused']],
    ['outcome=failed', []],
    ['from=2026-05-02T00:00:03Z', ['training', 'issued']],
    ['to=2026-05-02T00:00:01Z&type=store.suspended', ['store']],
    ['from=2026-05-02T01:00:01%2B01:00&to=2026-05-02T00:00:03Z', ['refused', 'request']],
    [
      `person=${OTHER.researcher}&organisationId=${PARTY.id}&datasetId=${THINGS.datasetId}` +
        `&agreementId=${THINGS.agreementId}&projectId=${THINGS.projectId}` +
        `&accessRequestId=${THINGS.accessRequestId}&grantId=${THINGS.grantId}` +
        '&type=grant.issued&outcome=success&from=2026-05-02T00:00:00Z&to=2026-05-03T00:00:00Z',
      ['issued'],
    ],
    [`grantId=${THINGS.grantId}&outcome=refused`, []],
    [`grantId=${thing('dddd')}`, []],
  ] as readonly (readonly [string, readonly string[]])[])(
    'filters by %s',
    async (query, expected) => {
      expect(await found(query)).toEqual(expected);
    },
  );

  it.each([
    ['the operator', OPERATOR.officer, all],
    ['a party', PARTY.officer, ['training', 'issued', 'refused', 'request', 'store']],
    ['the other party', OTHER.officer, ['training', 'issued', 'refused', 'request']],
  ])('R5.8: shows an officer of %s the events that name it', async (_, officer, expected) => {
    expect(await found('', world.as(officer))).toEqual(expected);
    for (const name of all) {
      const asked = world.get(world.as(officer), events[name] ?? '');
      await (expected.includes(name)
        ? expect(asked).resolves.toMatchObject({ id: events[name] })
        : expect(asked).rejects.toMatchObject({ code: 'not_found' }));
    }
  });

  it('R5.8: no filter widens what an officer sees', async () => {
    const query = `organisationId=${PARTY.id}&type=store.suspended`;
    expect(await found(query, world.as(PARTY.officer))).toEqual(['store']);
    expect(await found(query, world.as(OTHER.officer))).toEqual([]);
  });

  it('is for officers only', async () => {
    const denied = { code: 'operation_denied' };
    await expect(world.search(world.as(PARTY.owner))).rejects.toMatchObject(denied);
    await expect(world.get(world.as(PARTY.owner), events['store'] ?? '')).rejects.toMatchObject(
      denied,
    );
    await expect(world.get(operator(), thing('dddd'))).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  describe('an event', () => {
    it('shows every field of its type, also the encrypted ones', async () => {
      expect(await world.get(operator(), events['store'] ?? '')).toEqual({
        id: events['store'],
        type: 'store.suspended',
        occurredAt: '2026-05-02T00:00:00.000Z',
        outcome: 'success',
        actorKind: 'person',
        actorPersonId: pseudonymOf(PARTY.owner),
        actorOrganisationId: PARTY.id,
        actorAuthLevel: 2,
        actorRole: null,
        organisationIds: [PARTY.id],
        targetType: 'store',
        targetId: thing('d009'),
        reasonCodes: null,
        reasonText: 'The key was lost.',
        approvalId: null,
        delegationId: null,
        clientId: null,
        accountablePersonId: null,
      });
    });

    it('R5.7: shows people by pseudonym, whether they acted or were acted on', async () => {
      const { items } = await world.search(
        operator(),
        `person=${OTHER.researcher}&type=training.recorded,grant.issued`,
      );
      const text = JSON.stringify(items);
      expect(items[0]).toMatchObject({
        actorPersonId: pseudonymOf(PARTY.owner),
        targetType: 'person',
        targetId: pseudonymOf(OTHER.researcher),
      });
      expect(items[1]).toMatchObject({ actorPersonId: pseudonymOf(OTHER.researcher) });
      expect(text).not.toMatch(/Nobody|nobody@example\.org/);
      expect(text).not.toContain(OTHER.researcher);
    });

    it('of an erased person keeps what is about nobody', async () => {
      const gone = thing('dead');
      const eventId = await world.record('store.suspended', {
        actorKind: 'person',
        actorPersonId: gone,
        actorOrganisationId: PARTY.id,
        organisationIds: [PARTY.id],
        targetType: 'store',
        targetId: thing('d010'),
        reasonText: 'Said by somebody.',
      });
      await world.database.manager.query(
        `INSERT INTO person (id, issuer, subject, pseudonym, status, audit_event_id)
         VALUES ($1, 'https://id.example', 'gone', 'P-gonegone', 'active', $2)`,
        [gone, eventId],
      );
      const before = await world.get(operator(), eventId);
      expect(before).toMatchObject({
        actorPersonId: 'P-gonegone',
        reasonText: 'Said by somebody.',
      });
      await world.database.manager.query(
        `INSERT INTO erasure (person_id, kept, erased_at, complete_after, audit_event_id)
         VALUES ($1, '[]', now(), now(), $2)`,
        [gone, eventId],
      );
      const eraser = new pg.Client(world.db.urlFor('concordat_eraser'));
      await eraser.connect();
      await eraser.query('DELETE FROM audit_payload WHERE subject_id = $1', [gone]);
      await eraser.end();
      expect(await world.get(operator(), eventId)).toEqual({
        ...before,
        actorPersonId: null,
        reasonText: null,
      });
    });

    it('whose subject’s key was destroyed has null in the personal fields', async () => {
      const gone = thing('deaf');
      // Recorded by another replica: this one never held the key.
      const otherKeys = new SubjectKeys(world.config);
      const other = new AuditService(world.clock, uuidV7Factory(world.clock), otherKeys);
      const eventId = await world.database.transaction((tx) =>
        other.record(tx, 'store.suspended', {
          actorKind: 'person',
          actorPersonId: gone,
          organisationIds: [PARTY.id],
          targetType: 'store',
          targetId: thing('d011'),
          reasonText: 'Said by somebody.',
        }),
      );
      await otherKeys.destroy(gone);
      await otherKeys.onApplicationShutdown();
      expect(await world.get(operator(), eventId)).toMatchObject({
        actorPersonId: null,
        reasonText: null,
        targetId: thing('d011'),
      });
    });
  });

  describe('a search', () => {
    const searchesOf = async (officer: string): Promise<readonly AuditEventView[]> => {
      const query = `type=audit.searched&person=${officer}&pageSize=200`;
      return (await world.search(operator(), query)).items;
    };

    it('is an event of its own: who, with which filters, how many answers', async () => {
      const officer = world.as(PARTY.officer);
      const { items } = await world.search(
        officer,
        `person=${OTHER.researcher}&grantId=${THINGS.grantId}&type=grant.issued`,
      );
      expect(items).toHaveLength(1);
      const [event] = await searchesOf(PARTY.officer);
      expect(event).toMatchObject({
        type: 'audit.searched',
        actorPersonId: officer.pseudonym,
        actorOrganisationId: PARTY.id,
        organisationIds: [PARTY.id],
        route: ROUTE,
        count: 1,
        reasonCodes: [`grantId=${THINGS.grantId}`, 'types=grant.issued'],
        traceId: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
      });
      const about = await world.search(
        operator(),
        `type=audit.searched&person=${OTHER.researcher}&pageSize=200`,
      );
      expect(about.items.map(({ id }) => id)).toContain(event?.id);
    });

    it('of the operator is no event of the party that was asked about', async () => {
      await world.search(operator(), `organisationId=${PARTY.id}`);
      const { items } = await world.search(world.as(PARTY.officer), 'type=audit.searched');
      expect(items.every(({ actorOrganisationId }) => actorOrganisationId === PARTY.id)).toBe(true);
    });

    it('that cannot be recorded is not answered', async () => {
      const superuser = new pg.Client(world.db.urlFor('postgres'));
      await superuser.connect();
      await superuser.query(
        `ALTER TABLE audit_event ADD CONSTRAINT no_search CHECK (type <> 'audit.searched') NOT VALID`,
      );
      const refused = { code: 'audit_unavailable' };
      await expect(world.search(operator())).rejects.toMatchObject(refused);
      await expect(world.get(operator(), events['store'] ?? '')).rejects.toMatchObject(refused);
      await superuser.query('ALTER TABLE audit_event DROP CONSTRAINT no_search');
      await superuser.end();
    });
  });

  describe('paging', () => {
    it('reads everything once while new events arrive', async () => {
      const dataset = thing('d0da');
      const opened: string[] = [];
      const open = async (): Promise<void> => {
        opened.push(
          await world.record('object.opened', { datasetId: dataset, organisationIds: [PARTY.id] }),
        );
      };
      for (let at = 0; at < 11; at += 1) {
        await open();
        // Every second pair shares an instant: the id alone tells them apart.
        world.clock.add(at % 2 === 0 ? -1000 : 0);
      }
      const expected = [...opened];
      const query = `datasetId=${dataset}&pageSize=3`;
      const read: string[] = [];
      let token: string | null = null;
      do {
        const page: { items: readonly AuditEventView[]; nextPageToken: string | null } =
          await world.search(operator(), token === null ? query : `${query}&pageToken=${token}`);
        read.push(...page.items.map(({ id }) => id));
        expect(page.items.length).toBeLessThanOrEqual(3);
        world.clock.add(2000);
        await open();
        token = page.nextPageToken;
      } while (token !== null);
      expect(read).toHaveLength(expected.length);
      expect([...read].sort()).toEqual([...expected].sort());
    });

    it('refuses a token of somebody else or of another search', async () => {
      const { nextPageToken } = await world.search(operator(), 'pageSize=1');
      const token = `pageToken=${String(nextPageToken)}`;
      const invalid = { code: 'page_token_invalid', status: 400 };
      await expect(world.search(operator(), `pageSize=1&${token}`)).resolves.toBeDefined();
      for (const [officer, query] of [
        [PARTY.officer, token],
        [OPERATOR.officer, `${token}&outcome=success`],
        [OPERATOR.officer, 'pageToken=forged.token'],
      ] as const) {
        await expect(world.search(world.as(officer), query)).rejects.toMatchObject(invalid);
      }
    });
  });

  it.each([
    ['/name', 'name=x'],
    ['/grantId', 'grantId=1'],
    ['/grantId', `grantId=${THINGS.grantId}&grantId=${THINGS.grantId}`],
    ['/person', 'person=somebody@example.org'],
    ['/type', 'type=grant.lost'],
    ['/type', `type=${'x'.repeat(65)}`],
    ['/type', 'type='],
    ['/outcome', 'outcome=maybe'],
    ['/from', 'from=2026-05-02'],
    ['/from', 'from=2026-02-30T00:00:00Z'],
    ['/from', 'from=2026-05-02T23:59:60Z'],
    ['/to', 'to=tomorrow'],
    ['/to', 'from=2026-05-02T00:00:00Z&to=2026-05-01T00:00:00Z'],
    ['/pageSize', 'pageSize=0'],
    ['/pageSize', 'pageSize=201'],
    ['/pageSize', 'pageSize=ten'],
  ])('refuses bad input naming %s: %s', async (pointer, query) => {
    await expect(world.search(operator(), query)).rejects.toMatchObject({
      code: 'input_invalid',
      fields: { errors: expect.arrayContaining([expect.objectContaining({ pointer })]) as unknown },
    });
  });
});
