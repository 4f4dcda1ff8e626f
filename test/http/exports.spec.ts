import { createHash, randomUUID } from 'node:crypto';
import { parse } from 'csv-parse/sync';
import type { ApiClient } from '../../sandbox/api-client.js';
import { callerFor } from '../../sandbox/callers.js';
import { listObjects, readObject, type IssuedGrant } from '../../sandbox/demo/reading.js';
import type { PersonaName } from '../../sandbox/personas.js';
import { ZipFile } from '../../src/verify/pack/zip-file.js';
import { httpWorld, type HttpWorld } from '../support/http-world.js';
import { NEIGHBOUR, neighbourJoins } from '../support/neighbour.js';
import { until } from '../support/policy-node.js';
import { Desk, run } from '../verify/running.js';

const EXPORTS = '/api/v1/audit/exports';

interface Export {
  readonly id: string;
  readonly status: string;
  readonly count: number;
  readonly sha256: string | null;
  readonly bytes: number | null;
}

/** A grant's story, as an officer takes it out of the broker. */
describe('exports of the trail, over HTTP', () => {
  let world: HttpWorld;
  let grant: IssuedGrant;
  let officer: ApiClient;
  let neighbour: ApiClient;

  beforeAll(async () => {
    world = await httpWorld({}, [NEIGHBOUR]);
    ({ officer } = world.callers);
    await neighbourJoins(world);
    neighbour = callerFor(world.config.publicUrl, world.provider, NEIGHBOUR as PersonaName);
    const { researcher } = world.callers;
    grant = await researcher.post<IssuedGrant>(
      '/api/v1/grants',
      { accessRequestId: world.seeded.accessRequestId },
      { 'idempotency-key': randomUUID() },
    );
    const [object] = await listObjects(researcher, grant);
    if (!object) {
      throw new Error('The grant lists no object');
    }
    await readObject(researcher, object, grant.token);
    // The end of the stream is an event of its own.
    await until(async () => (await typesOf(`grantId=${grant.id}`)).includes('object.delivered'));
  }, 120_000);

  afterAll(async () => {
    await world.close();
  }, 30_000);

  const typesOf = async (query: string): Promise<readonly string[]> => {
    const { items } = await officer.get<{ items: readonly { type: string }[] }>(
      `/api/v1/audit/events?${query}`,
    );
    return items.map(({ type }) => type);
  };
  const ask = (body: object, who = officer, key: string = randomUUID()) =>
    who.try<Export>('POST', EXPORTS, body, { 'idempotency-key': key });
  const contentOf = (id: string, who = officer): Promise<Response> =>
    who.fetch(`${EXPORTS}/${id}/content`);
  async function file(format: string): Promise<{ response: Response; bytes: Buffer }> {
    const { status, body } = await ask({ format, grantId: grant.id });
    expect({ status, is: body.status }).toEqual({ status: 202, is: 'ready' });
    const response = await contentOf(body.id);
    const bytes = Buffer.from(await response.arrayBuffer());
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(body.sha256);
    expect(response.headers.get('repr-digest')).toBe(
      `sha-256=:${Buffer.from(body.sha256 ?? '', 'hex').toString('base64')}:`,
    );
    expect(response.headers.get('cache-control')).toBe('private, no-store');
    expect(response.headers.get('content-length')).toBe(String(body.bytes));
    return { response, bytes };
  }

  it('gives the story of a grant as a table', async () => {
    const { response, bytes } = await file('csv');
    expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present');
    expect(response.headers.get('content-disposition')).toMatch(
      /^attachment; filename="audit-[0-9a-f-]{36}\.csv"$/,
    );
    const rows = parse<Record<string, string>>(bytes, { bom: true, columns: true });
    const types = rows.map(({ type }) => type);
    expect(types[0]).toBe('grant.issued');
    expect(types).toEqual(expect.arrayContaining(['object.listed', 'object.delivered']));
    expect(rows.every(({ grantId }) => grantId === grant.id)).toBe(true);
  });

  it('gives it as JSON Lines, with the checkpoint of the log', async () => {
    const { response, bytes } = await file('jsonl');
    expect(response.headers.get('content-type')).toBe('application/x-ndjson');
    const lines = bytes.toString('utf8').trimEnd().split('\n');
    const { manifest } = JSON.parse(lines.at(-1) ?? '') as {
      manifest: { count: number; checkpoint: string };
    };
    expect(manifest.count).toBe(lines.length - 1);
    expect(manifest.checkpoint.startsWith(`${world.config.log.origin}\n`)).toBe(true);
  });

  describe('an evidence pack', () => {
    let desk: Desk;
    let vkey: string;

    beforeAll(async () => {
      desk = new Desk();
      vkey = (await (await fetch(`${world.config.publicUrl}/log/vkey`)).text()).trim();
    });
    afterAll(() => {
      desk.clear();
    });

    /** Made by the worker once the log has published what is in it. */
    async function pack(filters: object): Promise<Buffer> {
      const { status, body } = await ask({ format: 'pack', ...filters });
      expect(status).toBe(202);
      await until(
        async () => (await officer.get<Export>(`${EXPORTS}/${body.id}`)).status === 'ready',
      );
      const response = await contentOf(body.id);
      expect(response.headers.get('content-type')).toBe('application/zip');
      expect(response.headers.get('content-disposition')).toMatch(/audit-[0-9a-f-]{36}\.zip"$/);
      return Buffer.from(await response.arrayBuffer());
    }
    const verifyPack = (bytes: Buffer) =>
      run('pack', desk.write('pack.zip', bytes), '--vkey', vkey, '--json');

    it('proves a grant to somebody without a network', async () => {
      const bytes = await pack({ grantId: grant.id });
      const { code, said, out } = await verifyPack(bytes);
      expect({ code, said }).toEqual({ code: 0, said: [] });
      const facts = JSON.parse(out[0] ?? '') as Record<string, number>;
      expect(facts).toMatchObject({ verified: true, signOffs: 2 });
      expect(facts['idsProven']).toBe(facts['events']);
      const names = bytes.toString('latin1');
      for (const file of ['grant', 'access-request', 'ro-crate-metadata', 'jwks']) {
        expect(names).toContain(`data/${file}.json`);
      }
    });

    it('proves an agreement', async () => {
      const [agreement] = world.seeded.agreements;
      const { code, said } = await verifyPack(await pack({ agreementId: agreement?.id }));
      expect({ code, said }).toEqual({ code: 0, said: [] });
    });

    it('proves what was done to people, and names none of them (R5.7)', async () => {
      const bytes = await pack({});
      const { code, said } = await verifyPack(bytes);
      expect({ code, said }).toEqual({ code: 0, said: [] });
      const people = await world.db.dataSource.query<{ id: string; email: string | null }[]>(
        'SELECT id, email FROM person',
      );
      const personal = people.flatMap(({ id, email }) => (email === null ? [id] : [id, email]));
      const zip = await ZipFile.open(desk.write('everything.zip', bytes));
      const found: string[] = [];
      for (const name of zip.names) {
        const text = String(await zip.read(name, 16_777_216));
        found.push(...personal.filter((value) => text.includes(value)).map(() => name));
      }
      await zip.close();
      expect(personal.length).toBeGreaterThan(10);
      expect(found).toEqual([]);
    });

    it('holds the sign-offs that carried over, with the text that they are of (R3.2)', async () => {
      const { owner, dpo, partnerDpo, ownerSignatory } = world.callers;
      const at = `/api/v1/agreements/${world.seeded.agreements[0]?.id ?? ''}`;
      const { terms } = await owner.get<{ terms: { parties: readonly object[] } }>(at);
      await owner.post(`${at}/amend`, {}, await owner.ifMatch(at));
      const open = (): Promise<Readonly<Record<string, string>>> =>
        owner.ifMatch(`${at}?version=2`);
      const parties = terms.parties.map((one) => ({ ...one, queryContact: 'new@sandbox.example' }));
      expect((await owner.try('PATCH', at, { parties }, await open())).status).toBe(200);
      const { versionHash } = await owner.post<{ versionHash: string }>(
        `${at}/submit`,
        {},
        await open(),
      );
      for (const who of [dpo, partnerDpo]) {
        await who.post(`${at}/reviews`, { decision: 'accept', versionHash });
      }
      await ownerSignatory.post(`${at}/signatures`, { decision: 'sign', versionHash });
      const bytes = await pack({ grantId: grant.id });
      const { code, out } = await verifyPack(bytes);
      expect(code).toBe(0);
      // The lead's of version 2, and of version 1 its own and the other party's.
      expect(JSON.parse(out[0] ?? '')).toMatchObject({ signOffs: 3 });
      const names = bytes.toString('latin1');
      for (const version of ['1', '2']) {
        expect(names).toContain(`data/agreement/${version}/document.json`);
      }
    });

    it('is refused when nothing is found, as to an officer elsewhere', async () => {
      const refused = await ask({ format: 'pack', grantId: grant.id }, neighbour);
      expect(refused).toMatchObject({
        status: 422,
        body: { type: 'urn:concordat:problem:input_invalid' },
      });
    });
  });

  it('answers a repeated key with the same export', async () => {
    const key = randomUUID();
    const [one, two] = [
      await ask({ format: 'csv' }, officer, key),
      await ask({ format: 'csv' }, officer, key),
    ];
    expect(two.body.id).toBe(one.body.id);
    expect((await ask({ format: 'jsonl' }, officer, key)).status).toBe(409);
  });

  it('lists and shows them to who asked, and to another organisation they are absent', async () => {
    const { body } = await ask({ format: 'csv', grantId: grant.id });
    const { items } = await officer.get<{ items: readonly Export[] }>(`${EXPORTS}?pageSize=1`);
    expect(items).toEqual([body]);
    expect(await officer.get(`${EXPORTS}/${body.id}`)).toEqual(body);
    for (const path of [body.id, `${body.id}/content`]) {
      expect(await neighbour.try('GET', `${EXPORTS}/${path}`)).toMatchObject({ status: 404 });
      expect((await world.outsider.try('GET', `${EXPORTS}/${path}`)).status).toBe(403);
    }
    expect((await neighbour.try('DELETE', `${EXPORTS}/${body.id}`)).status).toBe(404);
    expect((await ask({ format: 'csv', grantId: grant.id }, neighbour)).body.count).toBe(0);
  });

  it('gives no content of what was deleted', async () => {
    const { body } = await ask({ format: 'csv', grantId: grant.id });
    expect((await officer.try('DELETE', `${EXPORTS}/${body.id}`)).status).toBe(204);
    expect(await officer.try('GET', `${EXPORTS}/${body.id}/content`)).toMatchObject({
      status: 409,
      body: { type: 'urn:concordat:problem:export_not_ready', exportStatus: 'expired' },
    });
  });

  it.each([
    ['no format', {}, '/format'],
    ['another format', { format: 'pdf' }, '/format'],
    ['an unknown filter', { format: 'csv', colour: 'red' }, '/colour'],
    ['an unknown type', { format: 'csv', type: ['no.such'] }, '/type'],
    [
      'no time at all',
      { format: 'csv', from: '2026-01-02T00:00:00Z', to: '2026-01-01T00:00:00Z' },
      '/to',
    ],
  ])('refuses %s', async (_, body, pointer) => {
    expect(await ask(body)).toMatchObject({
      status: 422,
      body: { errors: [expect.objectContaining({ pointer })] },
    });
  });

  it('asks for a key', async () => {
    expect((await officer.try('POST', EXPORTS, { format: 'csv' })).status).toBe(400);
  });
});
