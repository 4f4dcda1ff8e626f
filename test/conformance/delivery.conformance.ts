import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { ObjectsPage } from '../../src/delivery/delivery.dto.js';
import { LiveWatch } from '../../src/delivery/live/live-watch.js';
import type { StoreLocation } from '../../src/platform/object-store/store-location.js';
import {
  deliveryWorld,
  etagOf,
  sha256Of,
  type DeliveryWorld,
  type HeldGrant,
  type SealedObject,
} from '../support/delivery-world.js';
import { until } from '../support/policy-node.js';
import { rawGet } from '../support/raw-request.js';
import { credentialsConformance } from './credentials.conformance.js';
import { openReader } from '../support/slow-reader.js';

/** More than the sockets between a store and a reader hold, so that a slow reader keeps it under way. */
const BIG_BYTES = 24 * 1024 * 1024;
const HEARD_ONLY = { heartbeatMs: 3_600_000 };

const body = randomBytes(100_000);
const big = randomBytes(BIG_BYTES);
const csv: SealedObject = { name: 'counts/2026 ü.csv', body };
const csvPath = 'counts/2026%20%C3%BC.csv';

/** What a grant's holder can do with it over HTTP, on a real database and a real store. Runs unchanged on every store. */
export function deliveryConformance(name: string, open: () => Promise<StoreLocation>): void {
  describe(`delivery from the ${name} store`, () => {
    let world: DeliveryWorld;
    let bigVersion: string;

    beforeAll(async () => {
      world = await deliveryWorld(await open(), HEARD_ONLY);
      await world.put(`${world.prefix}big.bin`, big);
      bigVersion = await world.seal([{ name: 'big.bin', body: big }]);
    }, 60_000);
    afterAll(() => world.close());

    const get = (
      { path, token }: HeldGrant,
      rest: string,
      headers: Readonly<Record<string, string>> = {},
      method = 'GET',
    ): Promise<Response> =>
      fetch(`${world.nodes[0].url}${path}${rest}`, {
        method,
        redirect: 'manual',
        headers: { authorization: `Bearer ${token}`, ...headers },
      });
    const codeOf = async (answer: Response): Promise<unknown> =>
      ((await answer.json()) as { code: unknown }).code;
    const typesOf = async ({ id }: HeldGrant): Promise<readonly string[]> =>
      (await world.eventsOf(id)).map(({ type }) => type);

    describe('reading', () => {
      let grant: HeldGrant;
      beforeEach(async () => {
        grant = await world.grant([csv]);
      });

      it('gives the sealed bytes with headers of our own, and counts them exactly (GD-14)', async () => {
        const answer = await get(grant, `/${csvPath}`);
        const received = Buffer.from(await answer.arrayBuffer());
        expect(answer.status).toBe(200);
        expect(sha256Of(received)).toBe(sha256Of(body));
        expect(Object.fromEntries(answer.headers)).toMatchObject({
          etag: etagOf(body),
          'content-length': String(body.length),
          'accept-ranges': 'bytes',
          'cache-control': 'private, no-store',
          'x-content-type-options': 'nosniff',
          'content-disposition': `attachment; filename="2026 _.csv"; filename*=UTF-8''2026%20%C3%BC.csv`,
        });
        expect([...answer.headers.keys()].filter((key) => key.startsWith('x-amz'))).toEqual([]);
        await world.endOf(grant.id);
        expect(await world.eventsOf(grant.id)).toEqual([
          { type: 'grant.activated', bytes: null, reasonCodes: [] },
          { type: 'object.delivered', bytes: body.length, reasonCodes: [] },
          { type: 'object.opened', bytes: body.length, reasonCodes: [] },
        ]);
        expect(await world.row(grant.id)).toMatchObject({ status: 'active', epoch: 1 });
      });

      it.each([
        ['bytes=10-19', 10, 20],
        ['bytes=99990-', 99_990, 100_000],
        ['bytes=-5', 99_995, 100_000],
        ['bytes=99990-200000', 99_990, 100_000],
      ])('gives one range: %s', async (range, from, to) => {
        const answer = await get(grant, `/${csvPath}`, { range });
        expect(answer.status).toBe(206);
        expect(answer.headers.get('content-range')).toBe(
          `bytes ${String(from)}-${String(to - 1)}/100000`,
        );
        expect(Buffer.from(await answer.arrayBuffer())).toEqual(body.subarray(from, to));
      });

      it.each(['bytes=0-1,5-6', 'bytes=100000-', 'bytes=5-4', 'bytes=-0', 'bytes=x'])(
        'refuses the range %s with 416 and the size',
        async (range) => {
          const answer = await get(grant, `/${csvPath}`, { range });
          expect(answer.status).toBe(416);
          expect(answer.headers.get('content-range')).toBe('bytes */100000');
          expect(await codeOf(answer)).toBe('range_not_satisfiable');
        },
      );

      it('answers conditions: 412, 304, and the whole object to a stale If-Range', async () => {
        const etag = etagOf(body);
        const failed = await get(grant, `/${csvPath}`, { 'if-match': '"other"' });
        expect([failed.status, await codeOf(failed)]).toEqual([412, 'if_match_failed']);
        const date = { 'if-unmodified-since': 'Thu, 01 Jan 2026 00:00:00 GMT' };
        const newer = await get(grant, `/${csvPath}`, date);
        expect([newer.status, await codeOf(newer)]).toEqual([412, 'if_match_failed']);
        const same = await get(grant, `/${csvPath}`, { 'if-none-match': etag });
        expect([same.status, same.headers.get('etag'), await same.text()]).toEqual([304, etag, '']);
        const range = 'bytes=0-9';
        const stale = await get(grant, `/${csvPath}`, { range, 'if-range': '"other"' });
        expect([stale.status, (await stale.arrayBuffer()).byteLength]).toEqual([200, body.length]);
        const fresh = await get(grant, `/${csvPath}`, { range, 'if-range': etag });
        expect([fresh.status, (await fresh.arrayBuffer()).byteLength]).toEqual([206, 10]);
      });

      it('answers HEAD like GET, without a byte and without a charge', async () => {
        const tight = await world.grant([csv], { maxDownloads: 1, maxBytes: 1 });
        const answer = await get(tight, `/${csvPath}`, {}, 'HEAD');
        expect(answer.status).toBe(200);
        expect(answer.headers.get('content-length')).toBe(String(body.length));
        expect(answer.headers.get('etag')).toBe(etagOf(body));
        expect(await world.eventsOf(tight.id)).toEqual([]);
        expect(await world.row(tight.id)).toMatchObject({ downloads: 0, bytes_reserved: '0' });
      });

      it('refuses an object that changed since it was sealed with 409 and no byte (GD-16)', async () => {
        const changing = { name: 'changing.csv', body };
        const held = await world.grant([changing], { maxBytes: 1_000_000 });
        await world.put(`${world.prefix}changing.csv`, randomBytes(body.length));
        const answer = await get(held, '/changing.csv');
        expect([answer.status, await codeOf(answer)]).toEqual([409, 'object_changed']);
        expect(await world.endOf(held.id)).toEqual({
          type: 'object.cut',
          bytes: 0,
          reasonCodes: ['object_changed'],
        });
        expect(await world.row(held.id)).toMatchObject({
          bytes_reserved: '0',
          bytes_delivered: '0',
        });
      });

      it('withholds the end of an object whose digest is not the sealed one', async () => {
        const held = await world.grant([{ name: 'wrong.csv', body, sha256: '0'.repeat(64) }]);
        const reading = get(held, '/wrong.csv').then((answer) => answer.arrayBuffer());
        await expect(reading).rejects.toThrow();
        expect((await world.endOf(held.id)).reasonCodes).toEqual(['checksum_mismatch']);
      });

      it('keeps to the prefix whatever is asked for (GD-19)', async () => {
        await world.put(`${world.prefix.slice(0, -1)}2/secret.csv`, body);
        await world.put('outside.csv', body);
        const sibling = `..%2f${world.prefix.slice(0, -1)}2/secret.csv`;
        for (const [path, status, code] of [
          ['../outside.csv', 400, 'object_name_refused'],
          ['counts/../../outside.csv', 400, 'object_name_refused'],
          ['%2e%2e/outside.csv', 400, 'object_name_refused'],
          ['%252e%252e/outside.csv', 400, 'object_name_refused'],
          ['..%2foutside.csv', 400, 'object_name_refused'],
          ['..%5coutside.csv', 400, 'object_name_refused'],
          ['..\\outside.csv', 400, 'object_name_refused'],
          [sibling, 400, 'object_name_refused'],
          ['./counts', 400, 'object_name_refused'],
          ['counts//x', 400, 'object_name_refused'],
          ['counts/', 400, 'object_name_refused'],
          ['a%00b', 400, 'object_name_refused'],
          ['a%0d%0ab', 400, 'object_name_refused'],
          ['a'.repeat(2_000), 400, 'object_name_refused'],
          ['a%ff', 400, 'request_malformed'],
          ['outside.csv', 404, 'not_found'],
          ['counts', 404, 'not_found'],
        ] as const) {
          const headers = { authorization: `Bearer ${grant.token}` };
          const answer = await rawGet(world.nodes[0].url, `${grant.path}/${path}`, headers);
          const problem = JSON.parse(answer.text) as { code: string; reason?: string };
          expect([path, answer.status, problem.code]).toEqual([path, status, code]);
          expect(code === 'object_name_refused' ? problem.reason : 'x').toEqual(expect.any(String));
        }
        expect(await world.eventsOf(grant.id)).toEqual([]);
      });
    });

    describe('who may read', () => {
      it('is the token alone, and only for its own grant', async () => {
        const [mine, other] = [await world.grant([csv]), await world.grant([csv])];
        const swapped = await get({ ...mine, token: other.token }, `/${csvPath}`);
        expect([swapped.status, await codeOf(swapped)]).toEqual([404, 'not_found']);
        for (const token of ['none', `${mine.token.slice(0, -4)}AAAA`]) {
          const answer = await get({ ...mine, token }, '');
          expect([answer.status, await codeOf(answer)]).toEqual([401, 'unauthenticated']);
          const [, metadata = ''] =
            /resource_metadata="([^"]+)"/.exec(answer.headers.get('www-authenticate') ?? '') ?? [];
          expect(await (await fetch(metadata)).json()).toMatchObject({
            resource: new URL('/api/v1/grants', metadata).href,
          });
        }
      });

      it('nobody once the grant has ended, and that is recorded', async () => {
        const grant = await world.grant([csv]);
        await world.revoke(grant.id);
        for (const rest of ['', `/${csvPath}`]) {
          const answer = await get(grant, rest);
          expect([answer.status, await codeOf(answer)]).toEqual([403, 'grant_not_live']);
        }
        expect(await world.eventsOf(grant.id)).toMatchObject([
          { type: 'grant.refused', reasonCodes: ['grant_not_live'] },
          { type: 'grant.refused', reasonCodes: ['grant_not_live'] },
        ]);
      });

      it('no token from before a change; it is told to refresh', async () => {
        const { id } = await world.grant([csv]);
        const answer = await get(await world.tokenFor(id, 2), `/${csvPath}`);
        expect(answer.status).toBe(403);
        expect(await answer.json()).toMatchObject({
          code: 'grant_not_live',
          detail: expect.stringContaining('Refresh it.') as string,
        });
      });

      it('nobody without a proof where the grant is bound to a key', async () => {
        const answer = await get(await world.grant([csv], { jkt: 'a'.repeat(43) }), `/${csvPath}`);
        expect([answer.status, await codeOf(answer)]).toEqual([401, 'dpop_required']);
      });
    });

    describe('ending', () => {
      it('cuts a transfer on another replica when the grant is revoked (R3.15, GD-12)', async () => {
        const grant = await world.grantOf(bigVersion);
        const reader = await openReader(world.nodes[1].url, grant, 'big.bin');
        await reader.take(1_000_000);
        await world.revoke(grant.id);
        const { received, isCut } = await reader.rest();
        expect(isCut).toBe(true);
        expect(received).toBeLessThan(BIG_BYTES);
        const cut = await world.endOf(grant.id);
        expect(cut).toMatchObject({ type: 'object.cut', reasonCodes: ['grant_ended'] });
        expect(cut.bytes).toBeGreaterThanOrEqual(received);
        expect((await get(grant, '/big.bin')).status).toBe(403);
      });

      it('cuts it at the next heartbeat when no notification comes', async () => {
        const grant = await world.grantOf(bigVersion);
        const reader = await openReader(world.nodes[1].url, grant, 'big.bin');
        await reader.take(1_000_000);
        await world.db.database.manager.query(
          `UPDATE grants SET status = 'revoked', epoch = 2, ended_at = issued_at WHERE id = $1`,
          [grant.id],
        );
        world.nodes[1].app.get(LiveWatch, { strict: false }).beat();
        expect(await reader.rest()).toMatchObject({ isCut: true });
      });

      it('cuts it when the grant expires, though nothing was written', async () => {
        const expiresAt = new Date(world.clock.now().getTime() + 1_000);
        const grant = await world.grantOf(bigVersion, { expiresAt });
        const reader = await openReader(world.nodes[0].url, grant, 'big.bin');
        await reader.take(1_000_000);
        world.clock.add(1_000);
        world.nodes[0].app.get(LiveWatch, { strict: false }).beat();
        expect(await reader.rest()).toMatchObject({ isCut: true });
        expect((await world.endOf(grant.id)).reasonCodes).toEqual(['grant_expired']);
      });

      it('notices a reader that goes away, and counts no less than it got (GD-14)', async () => {
        const grant = await world.grantOf(bigVersion, { maxBytes: 2 * BIG_BYTES });
        const reader = await openReader(world.nodes[0].url, grant, 'big.bin');
        await reader.take(1_000_000);
        reader.leave();
        const cut = await world.endOf(grant.id);
        expect(cut.reasonCodes).toEqual(['client_gone']);
        expect(cut.bytes).toBeGreaterThanOrEqual(1_000_000);
        expect(await world.row(grant.id)).toMatchObject({
          bytes_reserved: '0',
          bytes_delivered: String(cut.bytes),
        });
      });
    });

    describe('budgets', () => {
      const files = Array.from({ length: 20 }, (_, at) => ({
        name: `part-${String(at)}.csv`,
        body: randomBytes(1_000),
      }));
      // A busy broker may say 503; then one asks again.
      const readOne = async (url: string, token: string): Promise<number> => {
        const answer = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
        await answer.arrayBuffer();
        return answer.status === 503 ? readOne(url, token) : answer.status;
      };
      // Eight at once on each node: fewer than a node opens of one grant, so that none is refused for that.
      const LANES = 16;
      const readAll = async (grant: HeldGrant, names: readonly string[]): Promise<number[]> => {
        const lane = async (at: number): Promise<number[]> => {
          const statuses: number[] = [];
          for (const each of names.filter((_name, index) => index % LANES === at)) {
            const url = `${world.nodes[at % 2 === 0 ? 0 : 1].url}${grant.path}/${each}`;
            statuses.push(await readOne(url, grant.token));
          }
          return statuses;
        };
        return (await Promise.all(Array.from({ length: LANES }, (_, at) => lane(at)))).flat();
      };
      /** A node writes ten refusals of a grant in a minute and answers 429 to the others. */
      const RECORDED = 2 * 10;
      const countOf = (statuses: readonly number[], wanted: number): number =>
        statuses.filter((status) => status === wanted).length;
      const expectAnswers = async (
        grant: HeldGrant,
        statuses: readonly number[],
        delivered: number,
      ): Promise<void> => {
        const of = (wanted: number): number => countOf(statuses, wanted);
        const refused = statuses.length - delivered;
        expect([of(200), of(403), of(429)]).toEqual([delivered, RECORDED, refused - RECORDED]);
        expect((await typesOf(grant)).filter((type) => type === 'grant.refused')).toHaveLength(
          RECORDED,
        );
      };
      const manyNames = Array.from({ length: 100 }, (_, at) => `part-${String(at % 20)}.csv`);

      it('100 parallel reads on two replicas never pass maxBytes, which ends the grant (GD-13)', async () => {
        const grant = await world.grant(files, { maxBytes: 7_000 });
        const statuses = await readAll(grant, manyNames);
        await expectAnswers(grant, statuses, 7);
        await until(async () => (await typesOf(grant)).includes('grant.exhausted'));
        expect(await world.row(grant.id)).toMatchObject({
          status: 'exhausted',
          epoch: 2,
          bytes_delivered: '7000',
          bytes_reserved: '0',
        });
      });

      it('100 parallel reads never pass maxDownloads, and one object counts once (GD-13)', async () => {
        const grant = await world.grant(files, { maxDownloads: 7 });
        const statuses = await readAll(grant, manyNames);
        // Each of the seven objects that got in was asked for five times, unless all seven had come before.
        const delivered = countOf(statuses, 200);
        expect(delivered).toBeGreaterThanOrEqual(7);
        expect(delivered).toBeLessThanOrEqual(35);
        await expectAnswers(grant, statuses, delivered);
        await until(async () => (await typesOf(grant)).includes('grant.exhausted'));
        expect(await world.row(grant.id)).toMatchObject({
          downloads: 7,
          status: 'exhausted',
          epoch: 2,
          end_reason: 'budget_exhausted',
        });
      });

      it('maxDownloads ends the grant with the last byte of its last object, and cuts nothing that runs', async () => {
        const grant = await world.grantOf(bigVersion, { maxDownloads: 1 });
        const last = `bytes=${String(BIG_BYTES - 10)}-`;
        const gone = await openReader(world.nodes[0].url, grant, 'big.bin');
        await gone.take(1_000_000);
        gone.leave();
        await world.endOf(grant.id);
        expect((await get(grant, '/big.bin', { range: 'bytes=0-9' })).status).toBe(206);
        const running = await openReader(world.nodes[1].url, grant, 'big.bin');
        await running.take(1_000_000);
        expect((await get(grant, '/big.bin', { range: last })).status).toBe(206);
        await until(
          async () =>
            (await typesOf(grant)).filter((type) => type === 'object.delivered').length === 2,
        );
        expect(await world.row(grant.id)).toMatchObject({ status: 'active', downloads: 1 });
        expect(await running.rest()).toEqual({ received: BIG_BYTES, isCut: false });
        await until(async () => (await typesOf(grant)).includes('grant.exhausted'));
        expect(await world.row(grant.id)).toMatchObject({ status: 'exhausted', epoch: 2 });
        const after = await get(grant, '/big.bin');
        expect([after.status, await codeOf(after)]).toEqual([403, 'grant_not_live']);
      });

      it('maxDownloads leaves a grant that has an object to finish or one to choose', async () => {
        const grant = await world.grant(files, { maxDownloads: 2 });
        expect((await get(grant, '/part-0.csv')).status).toBe(200);
        expect((await get(grant, '/part-1.csv', { range: 'bytes=0-9' })).status).toBe(206);
        await until(
          async () =>
            (await typesOf(grant)).filter((type) => type === 'object.delivered').length === 2,
        );
        const third = await get(grant, '/part-2.csv');
        expect([third.status, await codeOf(third)]).toEqual([403, 'budget_exhausted']);
        expect(await world.row(grant.id)).toMatchObject({ status: 'active', downloads: 2 });
        expect((await get(grant, '/part-1.csv', { range: 'bytes=10-' })).status).toBe(206);
        await until(async () => (await typesOf(grant)).includes('grant.exhausted'));
      });
    });

    describe('listing', () => {
      const names = Array.from({ length: 25 }, (_, at) => `n-${String(at).padStart(2, '0')}.csv`);
      const objects = names.map((each) => ({ name: each, body }));
      const pageOf = async (grant: HeldGrant, query: string): Promise<ObjectsPage> =>
        (await (await get(grant, query)).json()) as ObjectsPage;

      it.each([
        ['application/json', 'application/json; charset=utf-8'],
        ['application/x-ndjson', 'application/x-ndjson'],
      ])(
        'answers HEAD for %s with headers alone: no list, no event, no use',
        async (accept, type) => {
          for (const delivery of ['stream', 'presign'] as const) {
            const grant = await world.grant([csv], { delivery });
            const answer = await get(grant, '', { accept }, 'HEAD');
            expect([answer.status, answer.headers.get('content-type')]).toEqual([200, type]);
            expect(answer.headers.get('vary')).toContain('Accept');
            expect((await get(grant, '?pageToken=x', { accept }, 'HEAD')).status).toBe(400);
            expect(await typesOf(grant)).toEqual([]);
            expect(await world.row(grant.id)).toMatchObject({ status: 'issued' });
            await world.revoke(grant.id);
            expect((await get(grant, '', { accept }, 'HEAD')).status).toBe(403);
          }
        },
      );

      it('pages in byte order, each entry with the broker’s own URL', async () => {
        const grant = await world.grantOf(await world.seal(objects));
        const seen: string[] = [];
        let token: string | null = '';
        while (token !== null) {
          const page: ObjectsPage = await pageOf(
            grant,
            `?pageSize=10${token === '' ? '' : `&pageToken=${token}`}`,
          );
          seen.push(...page.objects.map((each) => each.name));
          token = page.nextPageToken;
        }
        expect(seen).toEqual(names);
        const { objects: all, nextPageToken } = await pageOf(grant, '');
        expect([all.length, nextPageToken]).toEqual([25, null]);
        expect(all[0]).toEqual({
          name: 'n-00.csv',
          size: body.length,
          etag: etagOf(body),
          sha256: sha256Of(body),
          lastModified: '2026-05-01T09:00:00.000Z',
          url: expect.stringMatching(new RegExp(`${grant.path}/n-00\\.csv$`)) as string,
          urlExpiresAt: null,
        });
        expect(await typesOf(grant)).toEqual([
          'grant.activated',
          ...Array<string>(4).fill('object.listed'),
        ]);
      });

      it('goes on after the longest of names', async () => {
        const long = ['"', 'ü'].map((unit) => unit.repeat(900 / Buffer.byteLength(unit)));
        const grant = await world.grantOf(
          await world.seal(long.map((each) => ({ name: each, body }))),
        );
        const { objects: first, nextPageToken } = await pageOf(grant, '?pageSize=1');
        const { objects: second } = await pageOf(
          grant,
          `?pageSize=1&pageToken=${nextPageToken ?? ''}`,
        );
        expect([...first, ...second].map((each) => each.name)).toEqual(long);
      });

      it('gives URLs that read what they name', async () => {
        const grant = await world.grant([csv]);
        const [entry] = (await pageOf(grant, '')).objects;
        const headers = { authorization: `Bearer ${grant.token}` };
        const answer = await fetch(entry?.url ?? '', { headers });
        expect(sha256Of(Buffer.from(await answer.arrayBuffer()))).toBe(sha256Of(body));
      });

      it('streams everything as NDJSON, with a last line that counts', async () => {
        const many = Array.from({ length: 2_500 }, (_, at) => ({
          name: `m-${String(at + 1_000)}`,
          body,
        }));
        const grant = await world.grantOf(await world.seal(many));
        const answer = await get(grant, '', { accept: 'application/x-ndjson' });
        expect(answer.headers.get('content-type')).toBe('application/x-ndjson');
        const lines = (await answer.text())
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line) as Record<string, unknown>);
        expect(lines.slice(0, -1).map((line) => line['name'])).toEqual(
          many.map((each) => each.name),
        );
        expect(lines.at(-1)).toEqual({ end: true, count: 2_500, nextPageToken: null, error: null });
      });

      it('refuses a page token that is forged or of another grant (GD-17)', async () => {
        const version = await world.seal(objects);
        const [grant, other] = [await world.grantOf(version), await world.grantOf(version)];
        const token = (await pageOf(grant, '?pageSize=10')).nextPageToken ?? '';
        const foreign = (await pageOf(other, '?pageSize=10')).nextPageToken ?? '';
        const [claims = '', mac = ''] = token.split('.');
        const forged = Buffer.from(
          Buffer.from(claims, 'base64url').toString().replace('n-09', 'n-00'),
        ).toString('base64url');
        for (const bad of [`${forged}.${mac}`, foreign, `${token}x`, 'x', '.']) {
          const answer = await get(grant, `?pageToken=${bad}`);
          expect([bad, answer.status, await codeOf(answer)]).toEqual([
            bad,
            400,
            'page_token_invalid',
          ]);
        }
        expect((await get(grant, '?pageSize=1001')).status).toBe(422);
        expect((await get(grant, `?pageToken=${token}`)).status).toBe(200);
      });

      it('refuses a page token of another epoch, or over an hour old (GD-17)', async () => {
        await world.move(-3_600_000);
        const expiresAt = new Date(world.clock.now().getTime() + 7_200_000);
        const early = await world.grantOf(await world.seal(objects), { expiresAt });
        const token = (await pageOf(early, '?pageSize=10')).nextPageToken ?? '';
        await world.move(3_600_000);
        const tooOld = await get(await world.tokenFor(early.id), `?pageToken=${token}`);
        expect([tooOld.status, await codeOf(tooOld)]).toEqual([400, 'page_token_invalid']);
        await world.move(-1_000);
        const inTime = await get(await world.tokenFor(early.id), `?pageToken=${token}`);
        expect(inTime.status).toBe(200);
        await world.db.database.manager.query('UPDATE grants SET epoch = 2 WHERE id = $1', [
          early.id,
        ]);
        const outdated = await get(await world.tokenFor(early.id, 2), `?pageToken=${token}`);
        expect([outdated.status, await codeOf(outdated)]).toEqual([400, 'page_token_invalid']);
        await world.move(1_000);
      });

      it('issues and delivers without a NOTIFY (GD-32)', async () => {
        const client = new pg.Client({ connectionString: world.db.url });
        await client.connect();
        const heard: string[] = [];
        client.on('notification', ({ channel }) => heard.push(channel));
        await client.query('LISTEN concordat_grants; LISTEN concordat_policy');
        const grant = await world.grant([csv], { maxBytes: body.length });
        await get(grant, '');
        await (await get(grant, `/${csvPath}`)).arrayBuffer();
        await until(async () => (await typesOf(grant)).includes('grant.exhausted'));
        // Whatever was sent before this answer has come before it.
        await client.query('SELECT');
        await client.end();
        expect(heard).toEqual([]);
      });
    });

    credentialsConformance(() => world);

    describe('presigned URLs', () => {
      it('come as 307, read exactly one object with GET, and their event commits first (GD-18)', async () => {
        const grant = await world.grant([csv, { name: 'other.csv', body: big.subarray(0, 9) }], {
          delivery: 'presign',
        });
        const answer = await get(grant, `/${csvPath}`);
        const location = answer.headers.get('location') ?? '';
        expect(answer.status).toBe(307);
        expect(new URL(location).searchParams.get('X-Amz-Expires')).toBe('120');
        expect(await world.eventsOf(grant.id)).toMatchObject([
          { type: 'grant.activated' },
          { type: 'object.url-issued', bytes: null },
        ]);
        const direct = await fetch(location);
        expect(sha256Of(Buffer.from(await direct.arrayBuffer()))).toBe(sha256Of(body));
        expect((await fetch(location.replace(csvPath, 'other.csv'))).status).toBe(403);
        expect((await fetch(location, { method: 'HEAD' })).status).toBe(403);
        expect((await fetch(location, { method: 'PUT', body: 'x' })).status).toBe(403);
      });

      it('stand in the list, each until the same instant', async () => {
        const grant = await world.grant([csv, { name: 'other.csv', body }], {
          delivery: 'presign',
        });
        const { objects } = (await (await get(grant, '')).json()) as ObjectsPage;
        for (const { url, urlExpiresAt } of objects) {
          expect(Date.parse(urlExpiresAt ?? '') - world.clock.now().getTime()).toBeLessThanOrEqual(
            120_000,
          );
          expect(sha256Of(Buffer.from(await (await fetch(url)).arrayBuffer()))).toBe(
            sha256Of(body),
          );
        }
        expect(await typesOf(grant)).toEqual(['grant.activated', 'object.url-issued']);
      });

      it('are dead after they expire (GD-18)', async () => {
        await world.move(-125_000);
        const grant = await world.grant([csv], { delivery: 'presign' });
        const location = (await get(grant, `/${csvPath}`)).headers.get('location') ?? '';
        await world.move(125_000);
        expect(location).toContain('X-Amz-Expires=120');
        expect((await fetch(location)).status).toBe(403);
      });

      it('are refused when the grant ends in under half a minute', async () => {
        const expiresAt = new Date(world.clock.now().getTime() + 29_000);
        const grant = await world.grant([csv], { delivery: 'presign', expiresAt });
        const answer = await get(grant, `/${csvPath}`);
        expect([answer.status, await codeOf(answer)]).toEqual([409, 'grant_window_closed']);
        expect(await world.eventsOf(grant.id)).toEqual([]);
      });
    });
  });
}
