import { randomUUID } from 'node:crypto';
import { parse } from 'csv-parse/sync';
import { csvLine } from '../../src/platform/web/csv/csv.rules.js';
import { httpWorld, type HttpWorld } from '../support/http-world.js';
import { until } from '../support/policy-node.js';

interface Profile {
  readonly id: string;
  readonly status: string;
  readonly fault: string | null;
  readonly proposal: { readonly columns: readonly { readonly name: string }[] } | null;
}

interface Report {
  readonly counts: Readonly<Record<string, number>>;
  readonly rows: readonly { readonly id: string | null; readonly outcome: string }[];
}

describe('what spares an owner typing', () => {
  let world: HttpWorld;
  let organisationId: string;

  beforeAll(async () => {
    world = await httpWorld();
    const { memberships } = await world.callers.owner.get<{
      memberships: readonly { organisationId: string }[];
    }>('/api/v1/me');
    organisationId = memberships[0]?.organisationId ?? '';
  }, 120_000);

  afterAll(async () => {
    await world.close();
  }, 30_000);

  it('is a profile: asked for, read by the worker, confirmed', async () => {
    const { owner, researcher } = world.callers;
    const at = `/api/v1/access-requests/${world.seeded.accessRequestId}`;
    const { datasetId } = await researcher.get<{ datasetId: string }>(at);
    const path = `/api/v1/datasets/${datasetId}/profile`;
    expect((await researcher.try('POST', path, {})).status).toBe(403);
    expect((await world.outsider.try('GET', path)).status).toBe(404);
    expect(await owner.try('POST', path, {})).toMatchObject({
      status: 202,
      body: { status: 'due', proposal: null },
    });
    await until(async () => (await owner.get<Profile>(path)).status !== 'due');
    const { id, fault, proposal } = await owner.get<Profile>(path);
    expect({ fault, columns: (proposal?.columns.length ?? 0) > 0 }).toEqual({
      fault: null,
      columns: true,
    });
    const body = { profileId: id };
    expect((await owner.try('POST', `${path}/confirm`, body)).status).toBe(428);
    const match = await owner.ifMatch(`/api/v1/datasets/${datasetId}`);
    const confirmed = await owner.try<{ fields: readonly { name: string }[]; rowCount: unknown }>(
      'POST',
      `${path}/confirm`,
      body,
      match,
    );
    expect(confirmed.status).toBe(200);
    expect(confirmed.body.fields.map(({ name }) => name)).toEqual(
      proposal?.columns.map(({ name }) => name),
    );
    expect(confirmed.body.rowCount).not.toBeNull();
    expect((await owner.try('GET', path)).status).toBe(404);
  }, 30_000);

  const table = (): string => `/api/v1/organisations/${organisationId}/datasets`;
  const send = async (text: string, { query = '', type = 'text/csv', key = randomUUID() } = {}) =>
    world.callers.owner.fetch(`${table()}/import${query}`, {
      method: 'POST',
      body: text,
      headers: { 'content-type': type, 'idempotency-key': key },
    });

  it('is a table: exported, changed in a spreadsheet, tried, imported', async () => {
    const response = await world.callers.owner.fetch(`${table()}/export`);
    expect(response.headers.get('content-type')).toContain('text/csv');
    const text = await response.text();
    const [header = [], first = []] = parse(text, { bom: true });
    const named = header.indexOf('qualityNotes');
    const line = csvLine(first.map((cell, at) => (at === named ? '=Checked' : cell)));
    const file = csvLine(header) + line;
    const tried = (await (await send(file, { query: '?dryRun=true' })).json()) as Report;
    expect(tried).toMatchObject({ isDryRun: true, counts: { updated: 1 } });
    const done = (await (await send(file)).json()) as Report;
    expect(done).toMatchObject({ isDryRun: false, counts: { updated: 1, refused: 0 } });
    const at = `/api/v1/datasets/${done.rows[0]?.id ?? ''}`;
    expect(await world.callers.owner.get(at)).toMatchObject({ qualityNotes: '=Checked' });
    const again = await (await world.callers.owner.fetch(`${table()}/export`)).text();
    expect(again).toContain(`"'=Checked"`);
  });

  it.each([
    ['JSON', '{}', { type: 'application/json' }, 415],
    ['more than 1 MiB', `title\n${'a'.repeat(1024 * 1024)}\n`, {}, 413],
    ['nothing', '', {}, 422],
    ['columns that are unknown', 'colour\nred\n', {}, 422],
    ['a word for a dry run that is none', 'title\na\n', { query: '?dryRun=maybe' }, 422],
    ['a NUL', 'title\n\u0000\n', {}, 422],
  ])('refuses %s', async (_, text, how, status) => {
    const response = await send(text, how);
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
  });

  it('is no way into another organisation', async () => {
    const paths = [
      ['GET', `${table()}/export`],
      ['POST', `${table()}/import`],
    ] as const;
    for (const [method, path] of paths) {
      const init = { method, headers: { 'content-type': 'text/csv' } };
      const body = method === 'POST' ? { body: 'title\na\n' } : {};
      expect((await world.outsider.fetch(path, { ...init, ...body })).status).toBe(404);
    }
  });
});
