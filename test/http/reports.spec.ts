import { randomUUID } from 'node:crypto';
import { listObjects, readObject, type IssuedGrant } from '../../sandbox/demo/reading.js';
import { PERSONAS } from '../../sandbox/personas.js';
import { httpWorld, type HttpWorld } from '../support/http-world.js';

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
    world = await httpWorld();
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

  it('shows nobody by name, and nothing to who is no officer', async () => {
    const reports = [
      `access?datasetId=${datasetId}`,
      `people/${pseudonym}/activity`,
      `disclosures?datasetId=${datasetId}`,
      accounting,
      'expiries',
      `impact?type=agreement&id=${agreementId}`,
      `access-requests/${world.seeded.accessRequestId}/decision`,
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
    const { items } = await world.callers.officer.get<Page>(
      '/api/v1/audit/events?type=audit.searched&pageSize=100',
    );
    expect(JSON.stringify(items)).toContain('/api/v1/audit/reports/accounting');
  });
});
