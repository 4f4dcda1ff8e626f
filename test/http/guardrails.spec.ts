import { randomUUID } from 'node:crypto';
import type { Answer, ApiClient, Problem } from '../../sandbox/api-client.js';
import { callerFor } from '../../sandbox/callers.js';
import { listObjects, type IssuedGrant, type ObjectEntry } from '../../sandbox/demo/reading.js';
import type { PersonaName } from '../../sandbox/personas.js';
import { systemClock } from '../../src/kernel/clock.js';
import { addDays, londonDay } from '../../src/kernel/london-day.js';
import { httpWorld, type HttpWorld } from '../support/http-world.js';
import { until } from '../support/policy-node.js';

const GUARDRAILS = '/api/v1/policy/guardrails';
const ABSENT = '01990000-0000-7000-8000-00000000dead';

interface Proposed {
  readonly approvalId: string;
  readonly expiresAt: string;
}
interface Guardrail {
  readonly id: string;
  readonly datasetId: string | null;
  readonly actions: readonly string[];
  readonly condition: object;
  readonly message: string;
  readonly sinceVersion: number;
  readonly untilVersion: number | null;
  readonly publishedAt: string;
}
interface Page<T> {
  readonly items: readonly T[];
  readonly nextPageToken: string | null;
}

const A_TEXT: unknown = expect.any(String);

/** Denies everybody who reads by stream, and nobody who does not. */
const NO_STREAMS = {
  actions: ['dataset:read'],
  condition: { op: 'eq', path: 'request.delivery', value: 'stream' },
  message: 'Streaming is stopped',
};
/** Denies nobody of this world. */
const NOT_ON_THE_MOON = {
  actions: ['dataset:read'],
  condition: { op: 'eq', path: 'request.delivery', value: 'moonbeam' },
  message: 'Not by moonbeam',
};

describe('guardrails change by two people (R3.10, guardrail_change)', () => {
  let world: HttpWorld;
  let admin: ApiClient;
  let officer: ApiClient;
  let owner: ApiClient;
  let dpo: ApiClient;
  let datasetId: string;
  let grant: IssuedGrant;
  let objects: readonly ObjectEntry[];
  /** A number for each test's guardrails: they stay in the history. */
  let numbers = 100;
  const nextId = (letter = 'G'): string => `${letter}${String((numbers += 1))}`;

  beforeAll(async () => {
    world = await httpWorld({}, ['deputy']);
    ({ admin, officer, owner, dpo } = world.callers);
    const { accessRequestId } = world.seeded;
    const request = await world.callers.researcher.get<{ datasetId: string }>(
      `/api/v1/access-requests/${accessRequestId}`,
    );
    ({ datasetId } = request);
    const key = { 'idempotency-key': randomUUID() };
    grant = await world.callers.researcher.post('/api/v1/grants', { accessRequestId }, key);
    objects = await listObjects(world.callers.researcher, grant);
  }, 180_000);
  afterAll(async () => {
    await world.close();
  }, 30_000);

  const propose = (by: ApiClient, body: object): Promise<Answer<Proposed & Problem>> =>
    by.try('POST', GUARDRAILS, body);
  const answer = (by: ApiClient, { body }: { readonly body: Proposed }): Promise<Answer> =>
    by.try('POST', `/api/v1/approvals/${body.approvalId}/approve`);
  const publish = async (body: object, first = admin, second = officer): Promise<void> => {
    const approved = await answer(second, await propose(first, body));
    expect(approved).toMatchObject({ status: 200, body: { status: 'approved' } });
  };
  const withdraw = (id: string): Promise<void> => publish({ id, condition: null });
  const guardrails = async (by: ApiClient, query = ''): Promise<readonly Guardrail[]> =>
    (await by.get<Page<Guardrail>>(`${GUARDRAILS}?${query}`)).items;
  const read = async (): Promise<Answer> => {
    const response = await world.callers.researcher.fetch(objects[0]?.url ?? '', {
      headers: { authorization: `Bearer ${grant.token}` },
    });
    const text = await response.text();
    return {
      status: response.status,
      body: response.ok ? text.length : (JSON.parse(text) as Problem),
    };
  };
  const query = <T>(sql: string, params: unknown[] = []): Promise<T[]> =>
    world.db.dataSource.query<T[]>(sql, params);
  const head = async (): Promise<number> => {
    const [row] = await query<{ version: string }>('SELECT version FROM policy_head');
    return Number(row?.version);
  };

  it('one proposes, the other approves, and then it is published with both people in it', async () => {
    const id = nextId();
    const before = await head();
    const proposed = await propose(admin, { ...NOT_ON_THE_MOON, id });
    expect(proposed).toEqual({
      status: 202,
      body: { approvalId: A_TEXT, expiresAt: A_TEXT },
    });
    expect(await head()).toBe(before);
    expect(await guardrails(admin, `id=${id}`)).toEqual([]);
    const { items } = await officer.get<Page<object>>('/api/v1/approvals');
    expect(items).toContainEqual(
      expect.objectContaining({
        id: proposed.body.approvalId,
        act: 'guardrail_change',
        change: { ...NOT_ON_THE_MOON, id, datasetId: null, baseVersion: before },
      }),
    );
    expect((await answer(officer, proposed)).status).toBe(200);
    expect(await head()).toBe(before + 1);
    expect(await guardrails(owner, `id=${id}`)).toEqual([
      {
        ...NOT_ON_THE_MOON,
        id,
        datasetId: null,
        sinceVersion: before + 1,
        untilVersion: null,
        publishedAt: A_TEXT,
      },
    ]);
    const people = await Promise.all(
      [admin, officer].map(
        async (one) => (await one.get<{ personId: string }>('/api/v1/me')).personId,
      ),
    );
    expect(
      await query(
        `SELECT parent, published_by AS "publishedBy", approved_by AS "approvedBy", e.type,
           e.target_id AS "targetId", ARRAY(SELECT id FROM policy_rule WHERE from_version = v.version) AS rules
         FROM policy_version v JOIN audit_event e ON e.id = v.audit_event_id WHERE version = $1`,
        [before + 1],
      ),
    ).toEqual([
      {
        parent: String(before),
        publishedBy: people[0],
        approvedBy: people[1],
        type: 'policy.published',
        targetId: id,
        rules: [expect.any(String)],
      },
    ]);
    const { items: events } = await officer.get<Page<Record<string, unknown>>>(
      '/api/v1/audit/events?type=policy.published&pageSize=1',
    );
    expect(events[0]).toMatchObject({
      targetId: id,
      approvalId: proposed.body.approvalId,
    });
    await withdraw(id);
  });

  it('stops the next read of a running grant, and its withdrawal lets it go on (R3.14)', async () => {
    const id = nextId();
    expect((await read()).status).toBe(200);
    await publish({ ...NO_STREAMS, id });
    await until(async () => (await read()).status === 403);
    expect((await read()).body).toMatchObject({
      code: 'policy_denied',
      reason: 'guardrail',
      failed: [{ guardrail: id, path: 'request.delivery' }],
      detail: expect.stringContaining('Streaming is stopped') as unknown,
    });
    const { accessRequestId } = world.seeded;
    await world.callers.researcher.post(`/api/v1/grants/${grant.id}/revoke`, { reason: 'Again.' });
    const again = () =>
      world.callers.researcher.try<IssuedGrant>(
        'POST',
        '/api/v1/grants',
        { accessRequestId },
        { 'idempotency-key': randomUUID() },
      );
    // A decision made inside a transaction waits for no poll.
    expect(await again()).toMatchObject({ status: 403, body: { code: 'policy_denied' } });
    await withdraw(id);
    const issued = await again();
    expect(issued.status).toBe(201);
    grant = issued.body;
    objects = await listObjects(world.callers.researcher, grant);
    await until(async () => (await read()).status === 200);
  });

  it('a dataset’s own deny rule is for its data owner and its dpo, and touches no other dataset', async () => {
    const id = nextId('D');
    const other = world.seeded.datasets.find((one) => one.id !== datasetId)?.id;
    await publish({ ...NO_STREAMS, id, datasetId: other }, owner, dpo);
    const own = { ...NO_STREAMS, id, datasetId };
    await until(async () => (await guardrails(dpo, `id=${id}`)).length === 1);
    expect((await read()).status).toBe(200);
    await publish(own, dpo, owner);
    await until(async () => (await read()).status === 403);
    expect((await read()).body).toMatchObject({
      reason: 'denied_by_rule',
      failed: [{ guardrail: id }],
    });
    for (const one of [datasetId, other]) {
      await publish({ id, datasetId: one, condition: null }, owner, dpo);
    }
    await until(async () => (await read()).status === 200);
  });

  it('a deputy of the dpo approves, and says by which delegation (R3.24)', async () => {
    const today = londonDay(systemClock.now());
    const { memberships } = await dpo.get<{ memberships: { organisationId: string }[] }>(
      '/api/v1/me',
    );
    const path = `/api/v1/organisations/${memberships[0]?.organisationId ?? ''}`;
    const days = { startsOn: today, endsOn: addDays(today, 30) };
    const { personId: deputyId } = await admin.post<{ personId: string }>(`${path}/memberships`, {
      issuer: world.provider.issuer,
      subject: 'deputy',
      name: 'deputy',
      email: 'deputy@sandbox.example',
      position: 'Deputy head',
      ...days,
      roles: ['researcher'],
    });
    const lent = { role: 'dpo', deputyId, ...days, reason: 'On leave.' };
    const { id: delegationId } = await dpo.post<{ id: string }>(`${path}/delegations`, lent);
    const deputy = callerFor(world.config.publicUrl, world.provider, 'deputy' as PersonaName);
    const id = nextId('D');
    await publish({ ...NOT_ON_THE_MOON, id, datasetId }, owner, deputy);
    const { items } = await officer.get<Page<Record<string, unknown>>>(
      '/api/v1/audit/events?type=policy.published&pageSize=1',
    );
    expect(items[0]).toMatchObject({ targetId: id, datasetId, delegationId });
    await publish({ id, datasetId, condition: null }, owner, dpo);
  });

  it.each<[string, string, keyof HttpWorld['callers'] | 'outsider', boolean, number]>([
    ['a data owner', 'all datasets', 'owner', false, 403],
    ['a dpo', 'all datasets', 'dpo', false, 403],
    ['a researcher', 'all datasets', 'researcher', false, 403],
    ['a signatory', 'its own dataset', 'ownerSignatory', true, 403],
    ['an administrator', 'somebody’s dataset', 'admin', true, 403],
    ['an officer', 'somebody’s dataset', 'officer', true, 403],
    ['a partner’s dpo', 'the provider’s dataset', 'partnerDpo', true, 404],
    ['a stranger', 'somebody’s dataset', 'outsider', true, 404],
  ])('%s proposes nothing for %s', async (_who, _what, persona, isOfDataset, status) => {
    const by = persona === 'outsider' ? world.outsider : world.callers[persona];
    const id = nextId(isOfDataset ? 'D' : 'G');
    const body = { ...NO_STREAMS, id, ...(isOfDataset && { datasetId }) };
    const refused = await propose(by, body);
    expect(refused.status).toBe(status);
    const absent = await propose(by, { ...body, id: nextId('D'), datasetId: ABSENT });
    expect(absent.status).toBe(status === 404 ? 404 : absent.status);
    if (status === 404) {
      expect({ ...absent.body, traceId: '' }).toEqual({ ...refused.body, traceId: '' });
    }
  });

  it('is approved by the other duty, and by another person', async () => {
    const id = nextId();
    const proposed = await propose(admin, { ...NOT_ON_THE_MOON, id });
    expect(await answer(admin, proposed)).toMatchObject({
      status: 403,
      body: { code: 'approval_by_proposer' },
    });
    for (const [by, status] of [
      [world.callers.admin2, 403],
      [owner, 404],
      [world.outsider, 404],
    ] as const) {
      expect((await answer(by, proposed)).status).toBe(status);
    }
    expect(await guardrails(admin, `id=${id}`)).toEqual([]);
    await admin.post(`/api/v1/approvals/${proposed.body.approvalId}/reject`, { reason: 'No.' });
    expect(await answer(officer, proposed)).toMatchObject({ status: 409 });
    const ownId = nextId('D');
    const own = await propose(owner, { ...NOT_ON_THE_MOON, id: ownId, datasetId });
    expect((await answer(officer, own)).status).toBe(403);
    expect((await answer(admin, own)).status).toBe(403);
    expect((await answer(world.callers.partnerDpo, own)).status).toBe(404);
    expect((await answer(dpo, own)).status).toBe(200);
    await publish({ id: ownId, datasetId, condition: null }, dpo, owner);
  });

  it('is a conflict when the guardrail was changed in between, and not when another was', async () => {
    const [id, elsewhere] = [nextId(), nextId()];
    const first = await propose(admin, { ...NOT_ON_THE_MOON, id });
    const second = await propose(officer, { ...NOT_ON_THE_MOON, id, message: 'Otherwise' });
    await publish({ ...NOT_ON_THE_MOON, id: elsewhere });
    const base = await head();
    expect((await answer(officer, first)).status).toBe(200);
    expect(await answer(admin, second)).toMatchObject({
      status: 409,
      body: { code: 'policy_conflict', version: base + 1 },
    });
    const stale = { ...NOT_ON_THE_MOON, id, baseVersion: base };
    expect(await propose(admin, stale)).toMatchObject({ status: 409 });
    expect(await propose(admin, { ...stale, baseVersion: base + 99 })).toMatchObject({
      status: 409,
      body: { code: 'policy_conflict' },
    });
    await publish({ ...stale, baseVersion: base + 1, message: 'Read anew' });
    const history = await guardrails(admin, `id=${id}&history=true`);
    expect(
      history.map(({ message, sinceVersion, untilVersion }) => [
        message,
        sinceVersion,
        untilVersion,
      ]),
    ).toEqual([
      [NOT_ON_THE_MOON.message, base + 1, base + 2],
      ['Read anew', base + 2, null],
    ]);
    const twins = [
      await propose(admin, { ...NOT_ON_THE_MOON, id, message: 'One' }),
      await propose(admin, { ...NOT_ON_THE_MOON, id, message: 'Other' }),
    ];
    const answers = await Promise.all(twins.map((one) => answer(officer, one)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(await guardrails(admin, `id=${id}`)).toHaveLength(1);
    await withdraw(id);
    await withdraw(elsewhere);
    expect(await guardrails(admin, `id=${id}`)).toEqual([]);
    expect(await propose(admin, { id, condition: null })).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/id' }] },
    });
  });

  it('withdraws all of a guardrail, or nothing', async () => {
    const id = nextId();
    await publish({ ...NOT_ON_THE_MOON, id, actions: ['dataset:read', 'view:read'] });
    const some = await propose(admin, { id, condition: null, actions: ['view:read'] });
    expect(some).toMatchObject({ status: 422, body: { errors: [{ pointer: '/actions' }] } });
    await publish({ id, condition: null, actions: ['view:read', 'dataset:read'] });
    expect(await guardrails(admin, `id=${id}`)).toEqual([]);
  });

  it('fills a bucket with 16 deny rules and no more, when proposed and when approved', async () => {
    const action = ['feed:subscribe'];
    const ids = Array.from({ length: 17 }, () => nextId('D'));
    const proposals = await Promise.all(
      ids.map((id) => propose(owner, { ...NOT_ON_THE_MOON, id, datasetId, actions: action })),
    );
    expect(proposals.map(({ status }) => status)).toEqual(ids.map(() => 202));
    const answers = await Promise.all(proposals.map((one) => answer(dpo, one)));
    const full = answers.filter(({ status }) => status !== 200);
    expect(full).toMatchObject([
      { status: 422, body: { code: 'policy_bucket_full', actions: action, limit: 16 } },
    ]);
    const open = await guardrails(dpo, `datasetId=${datasetId}`);
    expect(open).toHaveLength(16);
    const another = { ...NOT_ON_THE_MOON, id: nextId('D'), datasetId, actions: action };
    expect(await propose(owner, another)).toMatchObject({
      status: 422,
      body: { code: 'policy_bucket_full' },
    });
    // Another action, another dataset and all datasets have buckets of their own; a change takes no further place.
    const changed = { ...another, id: open[0]?.id, message: 'In its place' };
    expect((await propose(owner, changed)).status).toBe(202);
    expect((await propose(owner, { ...another, actions: ['view:read'] })).status).toBe(202);
    expect((await propose(admin, { ...another, id: nextId(), datasetId: null })).status).toBe(202);
    for (const { id } of open) {
      await publish({ id, datasetId, condition: null }, owner, dpo);
    }
  }, 60_000);

  it('is asked again of a dataset that was withdrawn meanwhile', async () => {
    const [row] = await query<{ id: string }>(
      `SELECT o.id FROM dataset d JOIN dataset o ON o.organisation_id = d.organisation_id AND o.id <> d.id
       WHERE d.id = $1 LIMIT 1`,
      [datasetId],
    );
    const spare = row?.id ?? '';
    const proposed = await propose(owner, { ...NO_STREAMS, id: nextId('D'), datasetId: spare });
    expect(proposed.status).toBe(202);
    await owner.post(`/api/v1/datasets/${spare}/withdraw`, { forwardingNote: 'Gone.' });
    expect(await answer(dpo, proposed)).toMatchObject({
      status: 409,
      body: { code: 'transition_not_allowed', from: 'withdrawn' },
    });
    const again = await propose(owner, { ...NO_STREAMS, id: nextId('D'), datasetId: spare });
    expect(again).toMatchObject({ status: 409 });
  });

  it('gives the same answer to the same Idempotency-Key', async () => {
    const body = { ...NOT_ON_THE_MOON, id: nextId() };
    const headers = { 'idempotency-key': randomUUID() };
    const [one, two] = [
      await admin.try('POST', GUARDRAILS, body, headers),
      await admin.try('POST', GUARDRAILS, body, headers),
    ];
    expect(two).toEqual(one);
    const other = { ...body, message: 'Another' };
    expect(await admin.try('POST', GUARDRAILS, other, headers)).toMatchObject({
      status: 409,
      body: { code: 'idempotency_mismatch' },
    });
  });

  const nested = (levels: number): object =>
    levels === 0 ? NO_STREAMS.condition : { op: 'not', of: nested(levels - 1) };
  const leaf = NO_STREAMS.condition;
  const set = (condition: unknown) => ({ condition });
  it.each<[string, object, string, string]>([
    ['no id', { id: undefined }, '/id', 'input_invalid'],
    ['an id of a dataset’s rule without a dataset', { id: 'D99' }, '/id', 'input_invalid'],
    ['an id of another form', { id: 'first' }, '/id', 'input_invalid'],
    ['an id with a line feed', { id: 'G12\n' }, '/id', 'input_invalid'],
    ['no actions', { actions: [] }, '/actions', 'input_invalid'],
    ['actions left out', { actions: undefined }, '/actions', 'input_invalid'],
    ['a wildcard action', { actions: ['*'] }, '/actions', 'input_invalid'],
    ['an unknown action', { actions: ['dataset:see'] }, '/actions', 'input_invalid'],
    ['an action twice', { actions: ['view:read', 'view:read'] }, '/actions', 'input_invalid'],
    ['a dataset that is no id', { datasetId: '*' }, '/datasetId', 'input_invalid'],
    ['no message', { message: undefined }, '/message', 'input_invalid'],
    ['a blank message', { message: '  ' }, '/message', 'input_invalid'],
    ['a message of 201 characters', { message: 'x'.repeat(201) }, '/message', 'input_invalid'],
    ['a message of two lines', { message: 'One\nTwo' }, '/message', 'input_invalid'],
    ['a base that is no version', { baseVersion: -1 }, '/baseVersion', 'input_invalid'],
    ['an unknown field', { effect: 'allow' }, '/effect', 'input_invalid'],
    ['no condition', set(undefined), '/condition', 'input_invalid'],
    ['a condition that is text', set('true'), '/condition', 'input_invalid'],
    ['a condition that is a list', set([leaf]), '/condition', 'input_invalid'],
    [
      'an unknown attribute',
      set({ ...leaf, path: 'request.mood' }),
      '/condition/path',
      'condition_invalid',
    ],
    [
      'an inherited attribute',
      set({ ...leaf, path: 'constructor' }),
      '/condition/path',
      'condition_invalid',
    ],
    ['an unknown operator', set({ ...leaf, op: 'matches' }), '/condition/op', 'condition_invalid'],
    [
      'a value of another type',
      set({ ...leaf, value: 1 }),
      '/condition/value',
      'condition_invalid',
    ],
    ['a further member', set({ ...leaf, eval: 'true' }), '/condition/eval', 'condition_invalid'],
    [
      'a CIDR range that does not parse',
      set({ op: 'within', path: 'request.ip', value: ['10.0.0.0/33'] }),
      '/condition/value/0',
      'condition_invalid',
    ],
    [
      'a date that does not exist',
      set({ op: 'before', path: 'request.now', value: '2027-02-30T00:00:00Z' }),
      '/condition/value',
      'condition_invalid',
    ],
    ['a deep condition', set(nested(6)), '/condition/of/of/of/of/of/of', 'condition_invalid'],
    ['a very deep condition', set(nested(40)), '/condition/of', 'input_invalid'],
    [
      'a wide condition',
      set({ op: 'any', of: Array.from({ length: 33 }, () => leaf) }),
      '/condition/of',
      'condition_invalid',
    ],
    [
      'a huge condition',
      set({
        op: 'any',
        of: Array.from({ length: 30 }, () => ({ ...leaf, value: 'x'.repeat(256) })),
      }),
      '/condition',
      'condition_invalid',
    ],
  ])('refuses %s, and keeps nothing', async (_fault, changes, pointer, code) => {
    const kept = async () =>
      query(`SELECT (SELECT count(*) FROM approval), (SELECT version FROM policy_head),
        (SELECT count(*) FROM audit_event)`);
    const before = await kept();
    const refused = await propose(admin, { ...NO_STREAMS, id: 'G99', ...changes });
    expect(refused).toMatchObject({
      status: 422,
      body: { code },
    });
    const { errors } = refused.body as { errors?: readonly { pointer: string }[] };
    expect(errors?.[0]?.pointer.startsWith(pointer)).toBe(true);
    expect(await kept()).toEqual(before);
  });

  it('shows those of all datasets to everybody, a dataset’s own to its owner and the operator alone', async () => {
    const id = nextId('D');
    await publish({ ...NOT_ON_THE_MOON, id, datasetId }, owner, dpo);
    const seenBy = async (by: ApiClient): Promise<readonly string[]> =>
      (await guardrails(by)).map((one) => one.id);
    const shared = ['G01', 'G02', 'G03', 'G04', 'G05'];
    for (const by of [owner, dpo, world.callers.ownerSignatory, admin, officer]) {
      expect(await seenBy(by)).toEqual([id, ...shared]);
    }
    const { partnerDpo, partnerSignatory, researcher } = world.callers;
    for (const by of [partnerDpo, partnerSignatory, researcher, world.outsider]) {
      expect(await seenBy(by)).toEqual(shared);
      for (const one of [datasetId, ABSENT]) {
        expect((await by.try('GET', `${GUARDRAILS}?datasetId=${one}`)).status).toBe(404);
      }
    }
    await publish({ id, datasetId, condition: null }, owner, dpo);
  });

  it('lists page by page, each once', async () => {
    const all = await guardrails(admin, 'history=true');
    const seen: Guardrail[] = [];
    let token: string | null = '';
    while (token !== null) {
      const path: string = `${GUARDRAILS}?history=true&pageSize=3${token && `&pageToken=${token}`}`;
      const page: Page<Guardrail> = await admin.get(path);
      seen.push(...page.items);
      token = page.nextPageToken;
    }
    expect(all.length).toBeGreaterThan(5);
    expect(seen).toEqual(all);
    expect((await admin.try('GET', `${GUARDRAILS}?history=perhaps`)).status).toBe(422);
  });
});
