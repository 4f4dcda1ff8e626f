import { randomUUID } from 'node:crypto';
import { parse } from 'csv-parse/sync';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { listObjects, type IssuedGrant, type ObjectEntry } from '../../sandbox/demo/reading.js';
import { approveRequest, RESEARCH_PURPOSE } from '../../sandbox/seed/research.js';
import { londonDay } from '../../src/kernel/london-day.js';
import { systemClock } from '../../src/kernel/clock.js';
import type { Principal } from '../../src/identity/principal.js';
import { ReconciliationReportApi } from '../../src/review/reports/reconciliation/reconciliation.api.js';
import {
  RECONCILIATION_PARTS,
  type ReconciliationPart,
} from '../../src/review/reports/reconciliation/reconciliation.types.js';
import { httpWorld, type HttpWorld } from '../support/http-world.js';
import { requestTo } from '../support/report-world.js';
import { until } from '../support/policy-node.js';
import { asSuperuser } from '../support/superuser.js';

const REPORT = '/api/v1/audit/reports/reconciliation';
const KEY = 'stop-search/';

type Item = Readonly<Record<string, unknown>> & { readonly grantId?: string };
interface Part {
  readonly items: readonly Item[];
  readonly nextPageToken: string | null;
}
type Report = Readonly<Record<ReconciliationPart, Part>> & {
  readonly from: string;
  readonly to: string;
  readonly stores: readonly (Item & { readonly id: string })[];
};
interface StoreView {
  readonly accessLog: { readonly unmatchedReads: number; readonly fault: string | null } | null;
}

describe('issued against used, as the broker, its worker and two stores tell it', () => {
  let world: HttpWorld;
  let streamed: IssuedGrant;
  let presigned: IssuedGrant;
  let unused: IssuedGrant;
  let objects: readonly ObjectEntry[];

  beforeAll(async () => {
    world = await httpWorld({ accessLogLagSeconds: 1 }, [], undefined, true);
    const { researcher } = world.callers;
    streamed = await issue(world.seeded.accessRequestId);
    objects = await listObjects(researcher, streamed);
    for (const { url } of objects) {
      const headers = { authorization: `Bearer ${streamed.token}` };
      await (await researcher.fetch(url, { headers })).arrayBuffer();
    }
    presigned = await issue(world.seeded.direct?.accessRequestId ?? '');
    const [file] = await listObjects(researcher, presigned);
    await (await fetch(file?.url ?? '')).arrayBuffer();
    await listObjects(researcher, presigned);
    unused = await issue(await approved('Hourly air quality in London, 2025'));
    await readBehind();
    await until(async () => {
      const { unmatched, observed, unused_issues: issues } = await report();
      return unmatched.items.length > 0 && observed.items.length > 0 && issues.items.length > 0;
    });
  }, 180_000);
  afterAll(() => world.close(), 30_000);

  const issue = (accessRequestId: string): Promise<IssuedGrant> =>
    world.callers.researcher.post<IssuedGrant>(
      '/api/v1/grants',
      { accessRequestId },
      { 'idempotency-key': randomUUID() },
    );
  const approved = async (title: string): Promise<string> =>
    approveRequest(
      { callers: world.callers, today: londonDay(systemClock.now()), say: () => undefined },
      {
        projectId: world.seeded.projectId,
        datasetId: datasetOf(title),
        agreement: await world.callers.researcher.get<{ id: string; versionHash: string }>(
          `/api/v1/agreements/${world.seeded.agreements[0]?.id ?? ''}`,
        ),
        purpose: RESEARCH_PURPOSE,
      },
    );
  const datasetOf = (title: string): string =>
    world.seeded.datasets.find((one) => one.title.startsWith(title))?.id ?? '';
  const report = (query = ''): Promise<Report> =>
    world.callers.officer.get<Report>(`${REPORT}${query}`);

  /** With the keys of the store's owner, past the broker. */
  async function readBehind(): Promise<void> {
    const [{ endpoint, bucket, keys }] = world.stores;
    const client = new S3Client({
      endpoint,
      region: 'eu-west-2',
      forcePathStyle: true,
      credentials: keys.owner,
    });
    const Key = KEY + (objects[0]?.name ?? '');
    const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key }));
    await Body?.transformToByteArray();
    client.destroy();
  }

  /** What an officer of one organisation is told. */
  async function seenBy(organisationId: string) {
    const [person] = await world.db.database.manager.query<{ id: string }[]>(
      `SELECT id FROM person WHERE subject = 'officer'`,
    );
    const membership = { organisationId, isOperator: false, roles: ['ig_officer'] };
    const principal = {
      kind: 'person',
      personId: person?.id,
      memberships: [membership],
      authLevel: 2,
    } as unknown as Principal;
    const { stores, unmatched, observed } = await world.app
      .get(ReconciliationReportApi, { strict: false })
      .all(principal, { pageSize: 10 }, requestTo(REPORT));
    return {
      stores: stores.length,
      unmatched: unmatched.items.length > 0,
      observed: observed.items.length,
    };
  }

  it('says who reads a dataset past the broker, and of nothing that went through it', async () => {
    const { unmatched } = await report();
    expect(unmatched).toEqual({
      items: [
        {
          storeId: world.seeded.stores[0]?.id,
          dataset: { id: datasetOf('Stop and search'), name: 'Stop and search in London' },
          requester: expect.stringMatching(/^[0-9a-f]{16}$/) as string,
          hour: expect.stringMatching(/:00:00.000Z$/) as string,
          reads: 1,
          bytes: objects[0]?.size,
          objectName: objects[0]?.name,
          reasons: ['no_grant'],
          storeRequestId: expect.any(String) as string,
        },
      ],
      nextPageToken: null,
    });
  });

  it('says what was really read under a grant, which URLs were not used, and which grants', async () => {
    const { observed, unused_issues: issues, unused_grants: grants } = await report();
    expect(observed.items).toMatchObject([
      {
        grantId: presigned.id,
        delivery: 'presign',
        reads: 1,
        recipient: { name: expect.any(String) as string },
      },
    ]);
    expect(issues.items).toMatchObject([{ grantId: presigned.id, issued: 'urls' }]);
    expect(grants.items.map(({ grantId }) => grantId)).toEqual([unused.id]);
    expect(observed.items[0]?.['pseudonym']).toMatch(/^P-/);
  });

  it('says how far the log of each store was read', async () => {
    const { stores } = await report();
    expect(stores).toHaveLength(2);
    for (const store of stores) {
      expect(store).toMatchObject({
        isRead: true,
        unreadableLines: 0,
        unreadObjects: 0,
        fault: null,
      });
      expect(Date.parse(String(store['readAt'])) - Date.parse(String(store['completeUntil']))).toBe(
        1_000,
      );
    }
  });

  it('says which deliveries the store’s log does not tell of', async () => {
    expect((await report()).absent_from_log.items).toEqual([]);
    await asSuperuser(
      world.db,
      `DELETE FROM observed_read WHERE ctid = (SELECT ctid FROM observed_read WHERE verdict = 'stream' LIMIT 1)`,
    );
    const [absent, ...others] = (await report()).absent_from_log.items;
    expect(others).toEqual([]);
    expect(absent).toMatchObject({ grantId: streamed.id, bytes: expect.any(Number) as number });
  });

  it('answers part by part in pages, and to its filters', async () => {
    const { from, to } = await report();
    const span = `?from=${from}&to=${to}`;
    const pages = [await report(`${span}&pageSize=1`)];
    expect(pages[0]?.unmatched.items).toHaveLength(1);
    const again = await world.callers.officer.get<Part>(`${REPORT}/unmatched${span}&pageSize=1`);
    expect(again).toEqual((await report(span)).unmatched);
    const other = await report(`?datasetId=${datasetOf('Census')}`);
    expect(
      [other.unmatched, other.observed, other.unused_grants].map(({ items }) => items),
    ).toEqual([[], [], []]);
    expect(other.stores.map(({ id }) => id)).toEqual([world.seeded.stores[1]?.id]);
    const store = await report(`?storeId=${world.seeded.stores[0]?.id ?? ''}`);
    expect(store.unmatched.items).toHaveLength(1);
    await readBehind();
    const found = await world.callers.officer.try('GET', `${REPORT}/unmatched${span}&pageToken=x`);
    expect(found).toMatchObject({ status: 400, body: { code: 'page_token_invalid' } });
  });

  it('goes on in a part by the token of the first answer, and in no other part', async () => {
    await listObjects(world.callers.researcher, presigned);
    await until(async () => (await report()).unused_issues.items.length === 2);
    const { from, to, unused_issues: first } = await report('?pageSize=1');
    expect(first.items).toHaveLength(1);
    const query = `?from=${from}&to=${to}&pageSize=1&pageToken=${first.nextPageToken ?? ''}`;
    const second = await world.callers.officer.get<Part>(`${REPORT}/unused_issues${query}`);
    expect(second.nextPageToken).toBeNull();
    const { unused_issues: both } = await report(`?from=${from}&to=${to}`);
    expect([...first.items, ...second.items]).toEqual(both.items);
    expect(await world.callers.officer.try('GET', `${REPORT}/unmatched${query}`)).toMatchObject({
      status: 400,
      body: { code: 'page_token_invalid' },
    });
  });

  it('R5.6: gives each part as a file', async () => {
    for (const part of RECONCILIATION_PARTS) {
      const { items } = (await report())[part];
      const answer = await world.callers.officer.fetch(`${REPORT}/${part}`, {
        headers: { accept: 'text/csv' },
      });
      expect(answer.headers.get('content-disposition')).toContain(part.replaceAll('_', '-'));
      const rows = parse<Record<string, string>>(await answer.text(), { bom: true, columns: true });
      expect(rows).toHaveLength(items.length);
      expect(rows[0]?.['datasetId']).toBe((items[0]?.['dataset'] as { readonly id: string }).id);
    }
  });

  it.each([
    ['a span that is empty', '?from=2026-01-02T00:00:00Z&to=2026-01-02T00:00:00Z'],
    ['a span longer than reads are kept', '?from=2025-01-01T00:00:00Z&to=2026-01-02T00:00:00Z'],
    ['a dataset that is no id', '?datasetId=x'],
    ['a part that is none', '/everything'],
  ])('refuses %s', async (_what, query) => {
    expect(await world.callers.officer.try('GET', REPORT + query)).toMatchObject({
      status: 422,
      body: { code: 'input_invalid' },
    });
  });

  it('is for officers: whoever is none is refused', async () => {
    expect(await world.callers.owner.try('GET', REPORT)).toMatchObject({ status: 403 });
    expect(await world.callers.researcher.try('GET', REPORT)).toMatchObject({ status: 403 });
  });

  it('shows an officer what names their organisation, and nothing else (R5.8)', async () => {
    const [city = '', university = ''] = (await report()).stores.map(
      ({ organisation }) => (organisation as { readonly id: string }).id,
    );
    // The university reads with URLs of the city’s store; who reads past the broker there is the city’s affair.
    expect(await seenBy(city)).toEqual({ stores: 1, unmatched: true, observed: 1 });
    expect(await seenBy(university)).toEqual({ stores: 1, unmatched: false, observed: 1 });
    expect(await seenBy(randomUUID())).toEqual({ stores: 0, unmatched: false, observed: 0 });
  });

  it('is told to the owner of the data and to the officer by e-mail, and shows in the store’s health', async () => {
    const rows = await world.db.database.manager.query<{ key: string }[]>(
      `SELECT dedupe_key AS key FROM mail_outbox WHERE dedupe_key LIKE 'unmatched:%'`,
    );
    expect(rows.length).toBeGreaterThanOrEqual(2);
    const store = await world.callers.owner.get<StoreView>(
      `/api/v1/stores/${world.seeded.stores[0]?.id ?? ''}`,
    );
    expect(store.accessLog).toMatchObject({ fault: null });
    expect(store.accessLog?.unmatchedReads).toBeGreaterThanOrEqual(1);
  });

  it('is an event of its own, with what was asked', async () => {
    await report(`?datasetId=${datasetOf('Census')}`);
    const { items } = await world.callers.officer.get<{ items: readonly Item[] }>(
      '/api/v1/audit/events?type=audit.searched&pageSize=1',
    );
    expect(items[0]).toMatchObject({ route: `GET ${REPORT}` });
    expect(items[0]?.['reasonCodes']).toContain(`datasetId=${datasetOf('Census')}`);
  });

  it('turns a log off and on again over HTTP, and says so in an event', async () => {
    const path = `/api/v1/stores/${world.seeded.stores[1]?.id ?? ''}/access-log`;
    const owner = world.callers.partnerSignatory;
    const { accessLog } = world.stores[1];
    expect(await owner.try('PUT', path, { ...accessLog, prefix: '/absolute' })).toMatchObject({
      status: 422,
      body: { code: 'input_invalid' },
    });
    expect(await world.outsider.try('PUT', path, accessLog)).toMatchObject({ status: 404 });
    expect(await owner.try('DELETE', path)).toMatchObject({ status: 204 });
    expect(await owner.try('PUT', path, accessLog)).toMatchObject({
      status: 200,
      body: { accessLog },
    });
    const { stores } = await report(`?storeId=${world.seeded.stores[1]?.id ?? ''}`);
    expect(stores).toMatchObject([{ isRead: true }]);
  });
});
