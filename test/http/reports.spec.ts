import { randomUUID } from 'node:crypto';
import { parse } from 'csv-parse/sync';
import { listObjects, readObject, type IssuedGrant } from '../../sandbox/demo/reading.js';
import { waitFor } from '../../sandbox/processes/wait-for.js';
import { PERSONAS } from '../../sandbox/personas.js';
import { httpWorld, type HttpWorld } from '../support/http-world.js';
import { until } from '../support/policy-node.js';

type Row = Readonly<Record<string, unknown>>;
interface Page {
  readonly items: readonly Row[];
}

/** The questions of domain.md section 5, asked after one real story. */
describe('an officer of information governance asks', () => {
  let world: HttpWorld;
  let grant: IssuedGrant;
  let datasetId: string;
  let agreementId: string;
  let pseudonym: string;
  let accounting: string;

  beforeAll(async () => {
    const limits = { bytesFloor: 1e12, readsFloor: 1e6, refusals: 3 };
    world = await httpWorld({ alerts: { hours: null, limits } });
    const { callers, seeded } = world;
    grant = await callers.researcher.post<IssuedGrant>(
      '/api/v1/grants',
      { accessRequestId: seeded.accessRequestId },
      { 'idempotency-key': randomUUID() },
    );
    const [object] = await listObjects(callers.researcher, grant);
    if (!object) {
      throw new Error('The grant lists no object');
    }
    await readObject(callers.researcher, object, grant.token);
    const whole = await callers.researcher.get<Row>(`/api/v1/grants/${grant.id}`);
    datasetId = String(whole['datasetId']);
    agreementId = String(whole['agreementId']);
    accounting = `accounting?organisationId=${String(whole['providerId'])}`;
    const { items } = await ask<Page>(`access?datasetId=${datasetId}`);
    pseudonym = JSON.stringify(items).match(/P-[a-z2-7]{8}/)?.[0] ?? '';
  }, 120_000);

  afterAll(async () => {
    await world.close();
  }, 30_000);

  const ask = <T>(report: string): Promise<T> =>
    world.callers.officer.get<T>(`/api/v1/audit/reports/${report}`);
  const text = async (report: string): Promise<string> => JSON.stringify(await ask(report));

  const fetchAs = (report: string, accept: string, who = world.callers.officer) =>
    who.fetch(`/api/v1/audit/reports/${report}`, { headers: { accept } });
  const eventsOf = async (type: string): Promise<readonly Row[]> =>
    (await world.callers.officer.get<Page>(`/api/v1/audit/events?type=${type}&pageSize=100`)).items;

  it('1: who could reach this dataset', async () => {
    expect(pseudonym).not.toBe('');
    expect(await text(`access?datasetId=${datasetId}`)).toContain(grant.id);
  });

  it('2: what this person did', async () => {
    const { items } = await ask<Page>(`people/${pseudonym}/activity`);
    const types = items.map(({ type }) => type);
    expect(types).toEqual(expect.arrayContaining(['grant.issued', 'object.opened']));
  });

  it('3: which bytes left, to whom and when', async () => {
    const { items } = await ask<Page>(`disclosures?datasetId=${datasetId}`);
    expect(items.length).toBeGreaterThan(0);
    expect(JSON.stringify(items)).toContain(pseudonym);
  });

  it('4: on what basis, under which signed version', async () => {
    const { items } = await ask<Page>(`disclosures?datasetId=${datasetId}`);
    const basis = await text(`disclosures/${String(items[0]?.['id'])}/basis`);
    expect(basis).toContain(agreementId);
    expect(basis).toContain('sha-256:');
  });

  it('5: who approved this request, and why', async () => {
    const decision = await text(`access-requests/${world.seeded.accessRequestId}/decision`);
    expect(decision).toContain('"approved"');
  });

  it('6: why policy said yes to this grant, and that it would again', async () => {
    const { items } = await world.callers.officer.get<Page>(
      `/api/v1/audit/events?type=grant.issued&grantId=${grant.id}`,
    );
    const report = `decisions/${String(items[0]?.['id'])}/explanation`;
    expect(await ask(report)).toMatchObject({
      person: pseudonym,
      outcome: 'allow',
      replay: { isSame: true },
    });
    const path = `/api/v1/audit/reports/${report}`;
    expect((await world.callers.researcher.fetch(path)).status).toBe(403);
  });

  it('R5.6: gives each list as a file, by what is accepted', async () => {
    const lists = {
      access: `access?datasetId=${datasetId}`,
      activity: `people/${pseudonym}/activity`,
      disclosures: `disclosures?datasetId=${datasetId}`,
      expiries: 'expiries?days=366',
      closures: 'closures',
    };
    for (const [name, list] of Object.entries(lists)) {
      const csv = await fetchAs(list, 'application/json;q=0.5, text/csv');
      expect(Object.fromEntries(csv.headers)).toMatchObject({
        'content-type': 'text/csv; charset=utf-8; header=present',
        'content-disposition': `attachment; filename="${name}.csv"`,
        'cache-control': 'private, no-store',
        vary: expect.stringContaining('Accept') as string,
      });
      const table = Buffer.from(await csv.arrayBuffer());
      expect(table.subarray(0, 3)).toEqual(Buffer.from('efbbbf', 'hex'));
      const rows = parse<Record<string, string>>(table, { bom: true, columns: true });
      expect([name, rows.length > 0]).toEqual([name, name !== 'closures']);

      const lines = await fetchAs(list, 'application/x-ndjson');
      expect(lines.headers.get('content-type')).toBe('application/x-ndjson');
      const things = (await lines.text())
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Row);
      expect(things.at(-1)).toMatchObject({ manifest: { count: things.length - 1 } });
      expect(JSON.stringify(things)).not.toContain(PERSONAS.researcher);
    }
    const codes = (await eventsOf('audit.exported')).map(({ reasonCodes }) => reasonCodes);
    expect(codes).toContainEqual([
      'GET /api/v1/audit/reports/disclosures',
      'csv',
      `datasetId=${datasetId}`,
    ]);
  });

  it('8: what lapses or is to be reviewed', async () => {
    const { items } = await ask<Page>('expiries');
    expect(items).toContainEqual(
      expect.objectContaining({ cause: 'grant', subject: { type: 'grant', id: grant.id } }),
    );
  });

  it('9: what ends if the agreement stops, and whom to tell by when', async () => {
    const found = await ask<Row>(`impact?type=agreement&id=${agreementId}`);
    expect(found).toMatchObject({
      isComplete: true,
      affected: [{ id: grant.id, person: pseudonym }],
    });
    expect(found['tell']).toHaveLength(2);
    expect(await ask(`impact?type=person&id=${pseudonym}`)).toMatchObject({
      id: pseudonym,
      affected: [{ id: grant.id }],
    });
  });

  it('10: who changed the agreement, and what it was before', async () => {
    const { items } = await ask<Page>(`changes?type=agreement&id=${agreementId}`);
    const types = items.map(({ type }) => type);
    expect(types).toEqual(
      expect.arrayContaining(['agreement.activated', 'agreement.signed', 'agreement.drafted']),
    );
    expect(types.filter((type) => /^(grant|object)/.test(String(type)))).toEqual([]);
  });

  it('11: what was unusual, which a worker finds and an officer closes, once', async () => {
    const forbidden = ['integrity', 'closures', 'alerts', 'disclosures'];
    for (const report of forbidden) {
      const path = `/api/v1/audit/reports/${report}`;
      expect((await world.callers.researcher.fetch(path)).status).toBe(403);
    }
    const open = 'alerts?rule=refusals&status=open';
    await waitFor('An alert', 20_000, async () => (await ask<Page>(open)).items.length > 0);
    const [alert = {}] = (await ask<Page>(open)).items;
    expect(alert).toMatchObject({ kind: 'alert', subject: { kind: 'person', pseudonym } });
    expect(await text('alerts?kind=refused')).toContain('GET /api/v1/audit/reports/closures');
    await waitFor('A mail about it', 20_000, async () => {
      const mails = await world.db.dataSource.query<unknown[]>(
        `SELECT FROM mail_outbox WHERE dedupe_key LIKE 'alerts:%' AND body LIKE '%' || $1 || '%'`,
        [alert['id']],
      );
      return mails.length > 0;
    });
    const path = `/api/v1/audit/alerts/${String(alert['id'])}/close`;
    const reason = 'They had followed a link.';
    await expect(world.callers.officer.post(path, {})).rejects.toThrow('input_invalid');
    await expect(world.callers.researcher.post(path, { reason })).rejects.toThrow(
      'operation_denied',
    );
    const { officer } = world.callers;
    await expect(officer.post(path.replace(/[^/]+\/close/, 'x/close'), { reason })).rejects.toThrow(
      'not_found',
    );
    expect(await officer.post(path, { reason })).toMatchObject({ status: 'closed' });
    await expect(officer.post(path, { reason })).rejects.toThrow('transition_not_allowed');
    expect(await text('alerts?status=closed')).toContain(reason);
    const csv = parse<Record<string, string>>(await (await fetchAs('alerts', 'text/csv')).text(), {
      ...{ bom: true, columns: true },
    });
    const closed = { kind: 'alert', rule: 'refusals', person: pseudonym, closedReason: reason };
    expect(csv).toContainEqual(expect.objectContaining(closed));
    const refused = { kind: 'refused', type: 'access.denied', person: pseudonym };
    expect(csv).toContainEqual(expect.objectContaining(refused));
  });

  it('12: which data should be destroyed and is not', async () => {
    expect(await ask<Page>('closures')).toMatchObject({ items: [] });
    await world.callers.researcher.post(`/api/v1/grants/${grant.id}/revoke`, { reason: 'Done' });
    const { items } = await ask<Page>(`closures?agreementId=${agreementId}&state=due`);
    expect(items).toMatchObject([{ state: 'due', isFetched: true, datasets: [{ id: datasetId }] }]);
  });

  it('13: whether the log is intact, and how to prove one event', async () => {
    const found = await ask<Row>('integrity');
    expect(found).toMatchObject({
      state: 'intact',
      origin: world.config.log.origin,
      stallsAfterSeconds: 900,
      halts: [],
      // Nobody has compared all of it yet: what was published is another thing.
      lastVerification: null,
      lastCheck: null,
      lastPublication: { size: expect.any(Number) as number },
      proof: { receipt: '/api/v1/audit/events/{id}/receipt' },
    });
    expect(found['checks']).toHaveLength(3);
    const checkpoint = await fetch(new URL('/log/vkey', world.config.publicUrl));
    expect((await checkpoint.text()).trim().split('\n')).toEqual(found['verifierKeys']);
  });

  it.each([
    ['expiries?days=0', '/days'],
    ['expiries?days=400', '/days'],
    ['expiries?cause=rain', '/cause'],
    ['expiries?organisationId=x', '/organisationId'],
    ['impact?id=01990000-0000-7000-8000-00000000dead', '/type'],
    ['impact?type=store', '/id'],
    ['impact?type=store&id=x', '/id'],
    ['impact?type=project_member&part=x&id=01990000-0000-7000-8000-00000000dead', '/part'],
    ['changes?type=store', '/id'],
    ['changes?type=rain&id=01990000-0000-7000-8000-00000000dead', '/type'],
    ['changes?type=store&id=P-22222222', '/id'],
    ['alerts?kind=none', '/kind'],
    ['alerts?kind=refused&status=open', '/kind'],
    ['alerts?rule=x', '/rule'],
    ['alerts?person=Ada', '/person'],
    ['alerts?from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z', '/to'],
    ['closures?state=verified', '/state'],
    ['closures?organisationId=x', '/organisationId'],
    ['closures?pageSize=0', '/pageSize'],
  ])('%s is refused, and says that %s is wrong', async (report, pointer) => {
    const answer = await world.callers.officer.fetch(`/api/v1/audit/reports/${report}`);
    expect(answer.status).toBe(422);
    expect(await answer.json()).toMatchObject({ code: 'input_invalid', errors: [{ pointer }] });
  });

  it('and accounts to the owner for what went to whom', async () => {
    expect(await text(accounting)).toContain(datasetId);
  });

  it('and says who is behind a pseudonym, for a reason', async () => {
    const path = `/api/v1/audit/people/${pseudonym}/reveal`;
    const reason = 'The owner of the store asks who read this.';
    const seen = await world.callers.officer.post<Row>(path, { reason });
    expect(seen).toMatchObject({ pseudonym, name: PERSONAS.researcher, isErased: false });
    const bodies = [{}, { reason: ' ' }, { reason: 'x'.repeat(2_001) }, { reason, more: 1 }];
    for (const body of bodies) {
      const answer = await world.callers.officer.fetch(path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      expect(answer.status).toBe(422);
    }
    const { items } = await world.callers.officer.get<Page>(
      '/api/v1/audit/events?type=audit.identity-revealed',
    );
    expect(items).toHaveLength(1);
    expect(items).toMatchObject([{ targetId: pseudonym, reasonText: reason }]);
  });

  it('gives no file to who is no officer, nor where a page is as good', async () => {
    const list = `disclosures?datasetId=${datasetId}`;
    for (const accept of ['*/*', 'text/html', 'application/json, text/csv;q=0.9']) {
      const { headers } = await fetchAs(list, accept);
      expect(headers.get('content-type')).toContain('application/json');
    }
    const refused = await fetchAs(list, 'text/csv', world.callers.researcher);
    expect(refused.status).toBe(403);
    expect(refused.headers.get('content-type')).toContain('application/problem+json');
    const bad = await fetchAs(`${list}&from=yesterday`, 'text/csv');
    expect(bad.status).toBe(422);
  });

  it('goes on when somebody leaves in the middle of a file', async () => {
    const { officer } = world.callers;
    const path = '/api/v1/audit/reports/disclosures';
    for (let n = 0; n < 20; n += 1) {
      const leaving = new AbortController();
      const headers = { accept: 'text/csv' };
      await officer.fetch(path, { headers, signal: leaving.signal });
      leaving.abort();
    }
    await until(async () => (await fetchAs('disclosures', 'text/csv')).status === 200);
  });

  it('shows nobody by name, and nothing to who is no officer', async () => {
    const reports = [
      `access?datasetId=${datasetId}`,
      `people/${pseudonym}/activity`,
      `disclosures?datasetId=${datasetId}`,
      accounting,
      'expiries',
      `changes?type=agreement&id=${agreementId}`,
      `impact?type=agreement&id=${agreementId}`,
      `access-requests/${world.seeded.accessRequestId}/decision`,
      'alerts',
      'closures',
      'integrity',
    ];
    for (const report of reports) {
      const path = `/api/v1/audit/reports/${report}`;
      expect((await world.callers.researcher.fetch(path)).status).toBe(403);
      expect((await world.outsider.fetch(path)).status).toBe(403);
      expect(await text(report)).not.toContain(PERSONAS.researcher);
    }
  });

  it('is in the trail with each question', async () => {
    expect(JSON.stringify(await eventsOf('audit.searched'))).toContain(
      '/api/v1/audit/reports/accounting',
    );
  });
});
