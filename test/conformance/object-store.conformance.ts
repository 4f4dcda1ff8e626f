import { createHash, randomBytes } from 'node:crypto';
import {
  CreateBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import type { Config } from '../../src/config/config.js';
import { systemClock } from '../../src/kernel/clock.js';
import { isConcordatError } from '../../src/kernel/errors.js';
import { EgressGuard } from '../../src/platform/object-store/egress-guard.js';
import { presignGet } from '../../src/platform/object-store/presigner.js';
import { StoreClient } from '../../src/platform/object-store/store-client.js';
import type { StoreLocation } from '../../src/platform/object-store/store-location.js';
import { StoreProbe } from '../../src/platform/object-store/store-probe.js';
import { StsClient } from '../../src/platform/object-store/sts-client.js';
import { StsProbe } from '../../src/platform/object-store/sts-probe.js';

/** Lets tests reach a store on this machine, as a sandbox does. */
function localGuard(): EgressGuard {
  return new EgressGuard({
    environment: 'test',
    storeEndpointHosts: ['127.0.0.1'],
    egressAllowCidrs: ['127.0.0.0/8'],
  } as unknown as Config);
}

const KEYS = [
  'a b',
  'ü/é.csv',
  'plus+sign',
  "quote's(1)*!~",
  'per%cent',
  'semi;colon&amp=1',
  'deep/er/still',
];
const BODY = randomBytes(100_000);
/** A gateway with STS says less of why. */
const WRONG_KEY = /^403 (SignatureDoesNotMatch|InvalidAccessKeyId|AccessDenied)$/;

/** What the broker needs of a partner store, asked over the wire. Runs unchanged on every implementation. */
export function objectStoreConformance(name: string, open: () => Promise<StoreLocation>): void {
  describe(`the ${name} store`, () => {
    const guard = localGuard();
    const client = new StoreClient(guard);
    const prefix = `run-${randomBytes(6).toString('hex')}/`;
    let location: StoreLocation;
    let sdk: S3Client;

    beforeAll(async () => {
      location = await open();
      const { accessKeyId, secretAccessKey } = location;
      sdk = new S3Client({
        endpoint: location.endpoint,
        region: location.region,
        forcePathStyle: true,
        requestChecksumCalculation: 'WHEN_REQUIRED',
        credentials: { accessKeyId, secretAccessKey },
      });
      await sdk.send(new CreateBucketCommand({ Bucket: location.bucket })).catch(() => undefined);
      for (const key of KEYS) {
        await sdk.send(
          new PutObjectCommand({ Bucket: location.bucket, Key: prefix + key, Body: BODY }),
        );
      }
    }, 60_000);

    afterAll(() => {
      sdk.destroy();
      client.onApplicationShutdown();
    });

    const read = async (key: string, range?: string): Promise<Buffer> => {
      const { body } = await client.get(location, { key: prefix + key, range });
      return Buffer.concat((await body.toArray()) as Buffer[]);
    };
    const url = (key: string, ttlSeconds = 60, now = systemClock.now()): string =>
      presignGet({ location, key: prefix + key, now, ttlSeconds });
    const errorOf = async (address: string): Promise<string> => {
      const response = await fetch(address);
      const code = /<Code>(\w+)<\/Code>/.exec(await response.text())?.[1] ?? '';
      return `${String(response.status)} ${code}`;
    };

    it.each(KEYS)('keeps and serves %j by signed header and by signed URL', async (key) => {
      expect((await read(key)).equals(BODY)).toBe(true);
      const response = await fetch(url(key));
      expect(response.status).toBe(200);
      expect(response.headers.get('content-disposition')).toBe('attachment');
      expect(Buffer.from(await response.arrayBuffer()).equals(BODY)).toBe(true);
    });

    it('serves exactly one range', async () => {
      expect((await read('a b', 'bytes=10-19')).equals(BODY.subarray(10, 20))).toBe(true);
      expect((await read('a b', 'bytes=-7')).equals(BODY.subarray(-7))).toBe(true);
      const error: unknown = await read('a b', 'bytes=100000-').catch((fault: unknown) => fault);
      expect(isConcordatError(error, 'range_not_satisfiable')).toBe(true);
    });

    it('gives a strong ETag and refuses another in If-Match', async () => {
      const { etag, size } = await client.head(location, `${prefix}a b`);
      expect(etag).toBe(`"${createHash('md5').update(BODY).digest('hex')}"`);
      expect(size).toBe(BODY.length);
      const again = await client.get(location, { key: `${prefix}a b`, ifMatch: etag });
      again.body.destroy();
      const error: unknown = await client
        .get(location, { key: `${prefix}a b`, ifMatch: '"other"' })
        .catch((fault: unknown) => fault);
      expect(isConcordatError(error, 'object_changed')).toBe(true);
    });

    it('answers HEAD without a body', async () => {
      const head = await sdk.send(
        new HeadObjectCommand({ Bucket: location.bucket, Key: `${prefix}a b` }),
      );
      expect(head.ContentLength).toBe(BODY.length);
    });

    it('lists in pages that join to the whole, in byte order', async () => {
      const seen: string[] = [];
      let token: string | undefined;
      do {
        const page = await client.list(location, prefix, { token, limit: 2 });
        expect(page.objects.length).toBeLessThanOrEqual(2);
        seen.push(...page.objects.map(({ key }) => key.slice(prefix.length)));
        token = page.nextToken;
      } while (token !== undefined);
      const expected = [...KEYS].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
      expect(seen).toEqual(expected);
    });

    it('folds keys at a delimiter', async () => {
      const answer = await sdk.send(
        new ListObjectsV2Command({ Bucket: location.bucket, Prefix: prefix, Delimiter: '/' }),
      );
      expect(answer.CommonPrefixes?.map(({ Prefix }) => Prefix)).toEqual([
        `${prefix}deep/`,
        `${prefix}ü/`,
      ]);
      expect(answer.Contents).toHaveLength(KEYS.length - 2);
    });

    it('refuses a missing object', async () => {
      const error: unknown = await read('no-such').catch((fault: unknown) => fault);
      expect(isConcordatError(error, 'not_found')).toBe(true);
    });

    it('refuses an unsigned request', async () => {
      const { origin, pathname } = new URL(url('a b'));
      expect(await errorOf(origin + pathname)).toBe('403 AccessDenied');
    });

    it('refuses a forged signature', async () => {
      const forged = url('a b').replace(/Signature=[0-9a-f]{4}/, (found) =>
        found.endsWith('0000') ? 'Signature=1111' : 'Signature=0000',
      );
      expect(await errorOf(forged)).toMatch(WRONG_KEY);
    });

    it('refuses a signature moved to another key', async () => {
      const moved = url('plus+sign').replace('plus%2Bsign', 'a%20b');
      expect(await errorOf(moved)).toMatch(WRONG_KEY);
    });

    it('refuses an unknown access key', async () => {
      const stranger = presignGet({
        location: { ...location, accessKeyId: 'NOSUCHKEY' },
        key: `${prefix}a b`,
        now: systemClock.now(),
        ttlSeconds: 60,
      });
      expect(await errorOf(stranger)).toMatch(WRONG_KEY);
    });

    it('refuses an expired URL', async () => {
      const anHourAgo = new Date(systemClock.now().getTime() - 3_600_000);
      expect(await errorOf(url('a b', 120, anHourAgo))).toBe('403 AccessDenied');
    });

    it('refuses a wrong secret, and its name reaches nobody', async () => {
      const wrong = { ...location, secretAccessKey: 'wrong-secret' };
      const error: unknown = await client.list(wrong, prefix).catch((fault: unknown) => fault);
      expect(isConcordatError(error, 'store_failed')).toBe(true);
      const shown = JSON.stringify(isConcordatError(error) ? [error.fields, error.message] : []);
      expect(shown).not.toContain(location.accessKeyId);
      expect(shown).not.toContain(location.bucket);
    });

    describe('GD-21: a session of its STS', () => {
      const sts = new StsClient(guard);
      const assume = async (inside: string): Promise<StoreLocation> => {
        const { expiresAt, ...session } = await sts.assumeRole(location, {
          sessionName: 'conformance',
          prefix: inside,
        });
        expect(expiresAt.getTime()).toBeGreaterThan(systemClock.now().getTime() + 890_000);
        return { ...location, ...session };
      };
      const statusOf = (work: Promise<{ body?: { destroy(): void } }>): Promise<number> =>
        work.then(
          ({ body }) => {
            body?.destroy();
            return 200;
          },
          (error: unknown) => {
            const { cause } = error as { cause?: { $metadata?: { httpStatusCode?: number } } };
            return cause?.$metadata?.httpStatusCode ?? 0;
          },
        );

      it('reads and lists its prefix; outside it and beside it is AccessDenied', async () => {
        const session = await assume(`${prefix}deep/`);
        const get = (key: string) => statusOf(client.get(session, { key: prefix + key }));
        expect(await get('deep/er/still')).toBe(200);
        expect((await client.list(session, `${prefix}deep/`)).objects).toHaveLength(1);
        expect(await get('a b')).toBe(403);
        // RADOS Gateway looks whether an object is there before it judges.
        expect([403, 404]).toContain(await get('deeper/sibling'));
        for (const listed of ['', prefix, `${prefix}deep`, `${prefix}deeper/`]) {
          const answer = statusOf(client.list(session, listed).then(() => ({})));
          expect([listed, await answer]).toEqual([listed, 403]);
        }
      });

      it('writes nothing', async () => {
        const { accessKeyId, secretAccessKey, sessionToken = '' } = await assume(`${prefix}deep/`);
        const writer = new S3Client({
          endpoint: location.endpoint,
          region: location.region,
          forcePathStyle: true,
          requestChecksumCalculation: 'WHEN_REQUIRED',
          credentials: { accessKeyId, secretAccessKey, sessionToken },
        });
        const put = writer.send(
          new PutObjectCommand({ Bucket: location.bucket, Key: `${prefix}deep/new`, Body: 'x' }),
        );
        await expect(put).rejects.toMatchObject({ name: 'AccessDenied' });
        writer.destroy();
      });

      it('is worth nothing without its token', async () => {
        const { sessionToken, ...bare } = await assume(`${prefix}deep/`);
        expect(sessionToken).toBeDefined();
        const status = await statusOf(client.get(bare, { key: `${prefix}deep/er/still` }));
        expect(status).toBe(403);
      });
    });

    it('passes the probe (GD-24)', async () => {
      const probe = new StoreProbe(
        client,
        guard,
        new StsProbe(client, new StsClient(guard), systemClock),
        systemClock,
      );
      const result = await probe.run(location, prefix);
      expect(result.checks.filter(({ result: outcome }) => outcome === 'fail')).toEqual([]);
      expect(result.passed).toBe(true);
      const sts = result.checks.filter(({ name: check }) => check.startsWith('sts_'));
      expect(sts.map(({ name: check, result: outcome }) => [check, outcome])).toEqual([
        ['sts_inside_allowed', 'pass'],
        ['sts_outside_refused', 'pass'],
        ['sts_sibling_refused', 'pass'],
        ['sts_expired_refused', 'skip'],
      ]);
      const latency = result.checks.find(({ name: check }) => check === 'revocation_latency');
      expect(latency?.detail).toMatch(/^presign: \d+\.\d s after its end$/);
    });

    it('fails the probe with a wrong secret', async () => {
      const probe = new StoreProbe(
        client,
        guard,
        new StsProbe(client, new StsClient(guard), systemClock),
        systemClock,
      );
      const result = await probe.run({ ...location, secretAccessKey: 'wrong-secret' }, prefix);
      expect(result.passed).toBe(false);
    });
  });
}
