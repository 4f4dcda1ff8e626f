import { parse } from 'csv-parse/sync';
import { REGISTER_FIELDS } from '../../src/review/forms/register.types.js';
import { httpWorld, type HttpWorld } from '../support/http-world.js';
import { validateOdrl } from '../support/odrl-schema.js';

interface RegisterPage {
  readonly items: readonly Readonly<Record<string, string | null>>[];
  readonly nextPageToken: string | null;
}

describe('standard forms over HTTP', () => {
  let world: HttpWorld;

  beforeAll(async () => {
    world = await httpWorld();
  }, 120_000);

  afterAll(async () => {
    await world.close();
  }, 30_000);

  /** As anybody: no token, no cookie. */
  const anonymously = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(new URL(path, world.config.publicUrl), init);
  const agreementId = (): string => world.seeded.agreements[0]?.id ?? '';
  const record = (): string =>
    `/api/v1/access-requests/${world.seeded.accessRequestId}/decision-record`;
  const csv = { headers: { accept: 'text/csv' } };

  describe('an agreement in ODRL', () => {
    it('is JSON-LD that keeps to the schema', async () => {
      const response = await world.callers.owner.fetch(`/api/v1/agreements/${agreementId()}/odrl`);
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toBe('application/ld+json');
      expect(response.headers.get('cache-control')).toBe('private, no-store');
      validateOdrl(await response.json());
      expect(validateOdrl.errors ?? []).toEqual([]);
    });

    it.each([
      ['nobody', 401],
      ['an outsider', 404],
    ])('is refused to %s with %i', async (who, status) => {
      const path = `/api/v1/agreements/${agreementId()}/odrl`;
      const response = await (who === 'nobody' ? anonymously(path) : world.outsider.fetch(path));
      expect(response.status).toBe(status);
      expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    });
  });

  describe('a decision record', () => {
    it('is JSON for whoever does not ask for CSV', async () => {
      const response = await world.callers.owner.fetch(record());
      expect(response.headers.get('content-type')).toMatch(/^application\/json/);
      expect(response.headers.get('vary')).toMatch(/accept/i);
      expect(await response.json()).toMatchObject({ decision: { outcome: 'approved' } });
    });

    it('is CSV by Accept: a BOM, CRLF, and a file name', async () => {
      const response = await world.callers.dpo.fetch(record(), csv);
      expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present');
      expect(response.headers.get('content-disposition')).toMatch(
        /^attachment; filename="REQ-\d{4}-\d{4,}-decision\.csv"$/,
      );
      const text = Buffer.from(await response.arrayBuffer()).toString('utf8');
      expect(text.startsWith('\uFEFF"Reference",')).toBe(true);
      expect(text.endsWith('"\r\n')).toBe(true);
      expect(parse(text, { bom: true })).toHaveLength(2);
    });

    it.each([
      ['researcher', 403],
      ['admin', 403],
      ['officer', 200],
      ['partnerDpo', 200],
    ] as const)('%s: %i', async (persona, status) => {
      expect((await world.callers[persona].fetch(record())).status).toBe(status);
    });

    it('is not found by an outsider, as nothing is', async () => {
      expect((await world.outsider.fetch(record())).status).toBe(404);
    });
  });

  describe('the disclosure register', () => {
    it('is read by anybody, and by caches', async () => {
      const response = await anonymously('/api/v1/register');
      expect(response.status).toBe(200);
      expect(response.headers.get('cache-control')).toBe('public, max-age=300');
      expect(response.headers.get('set-cookie')).toBeNull();
      const { items } = (await response.json()) as RegisterPage;
      expect(items.length).toBeGreaterThan(0);
      expect(Object.keys(items[0] ?? {}).sort()).toEqual([...REGISTER_FIELDS].sort());
    });

    it.each([
      ['/api/v1/register', csv],
      ['/api/v1/register.csv', {}],
    ])('is a whole CSV at %s', async (path, init) => {
      const response = await anonymously(path, init);
      expect(response.headers.get('content-type')).toMatch(/^text\/csv/);
      expect(response.headers.get('cache-control')).toBe('public, max-age=300');
      const text = Buffer.from(await response.arrayBuffer()).toString('utf8');
      expect(text.startsWith('\uFEFF"project_title",')).toBe(true);
      const [header, ...rows] = parse(text, { bom: true });
      expect(header).toEqual(REGISTER_FIELDS);
      expect(rows.length).toBeGreaterThan(0);
    });

    it('names nobody', async () => {
      const text = await (await anonymously('/api/v1/register.csv')).text();
      const people = await world.db.database.manager.query<Record<string, string | null>[]>(
        'SELECT id::text, email, pseudonym FROM person',
      );
      expect(people.length).toBeGreaterThan(5);
      for (const { id, email, pseudonym } of people) {
        for (const secret of [id, email, pseudonym].filter((one) => typeof one === 'string')) {
          expect(text).not.toContain(secret);
        }
      }
    });

    it('answers HEAD without a body', async () => {
      const response = await anonymously('/api/v1/register.csv', { method: 'HEAD' });
      expect(response.status).toBe(200);
      expect(await response.text()).toBe('');
    });

    it.each([
      ['a token of another list', '?pageToken=abc', 400],
      ['a page too large', '?pageSize=101', 422],
      ['a parameter it does not have', '?name=x', 422],
    ])('refuses %s', async (_, query, status) => {
      const response = await anonymously(`/api/v1/register${query}`);
      expect(response.status).toBe(status);
      expect(response.headers.get('cache-control')).toBe('private, no-store');
    });

    // Last: it uses up the minute's share of this address.
    it('answers one address so many times a minute', async () => {
      let response = await anonymously('/api/v1/register?pageSize=1');
      for (let asked = 0; response.status === 200 && asked < 100; asked += 1) {
        await response.arrayBuffer();
        response = await anonymously('/api/v1/register?pageSize=1');
      }
      expect(response.status).toBe(429);
      expect(response.headers.get('retry-after')).toBe('60');
      expect((await anonymously('/api/v1/register.csv')).status).toBe(429);
    });
  });
});
