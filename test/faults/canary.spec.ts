import { randomBytes, randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { ApiClient } from '../../sandbox/api-client.js';
import type { IssuedGrant } from '../../sandbox/demo/reading.js';
import { startS3Server, type S3Server } from '../../sandbox/s3-server/s3-server.js';
import type { CredentialsView } from '../../src/delivery/sts/credential-issuing.service.js';
import { Database } from '../../src/platform/database/database.js';
import { databaseText } from '../support/database-text.js';
import { deliveryWorld, type DeliveryWorld } from '../support/delivery-world.js';
import { httpWorld, type HttpWorld } from '../support/http-world.js';
import { logTap } from '../support/log-tap.js';
import { proofKey } from '../support/proof-key.js';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * GD-23: a secret that the broker holds or hands out stands in no log line, no stored row and no refusal. Each test takes
 * secrets through the broker, the ways that work and the ways that fail, and then looks for them everywhere.
 */
describe('GD-23: secrets', () => {
  /** One for both: the logger of a process is made once. */
  const tap = logTap();
  /** The part of a secret that is nowhere by chance. */
  const secrets = new Map<string, string>();
  const refusals: string[] = [];
  const keep = (name: string, secret: string): string => {
    expect(secret.length).toBeGreaterThan(15);
    secrets.set(name, secret);
    return secret;
  };
  const foundIn = (text: string): string[] =>
    [...secrets].filter(([, secret]) => text.includes(secret)).map(([name]) => name);

  beforeEach(() => {
    secrets.clear();
    refusals.length = 0;
  });

  describe('of callers and of owners', () => {
    let world: HttpWorld;

    beforeAll(async () => {
      world = await httpWorld({}, [], tap);
    }, 120_000);
    afterAll(() => world.close(), 30_000);

    const attempt = async (
      token: string,
      method: string,
      path: string,
      body?: unknown,
      headers: Readonly<Record<string, string>> = {},
    ): Promise<unknown> => {
      const caller = new ApiClient(world.config.publicUrl, () => Promise.resolve(token));
      const answer = await caller.try<unknown>(method, path, body, {
        'idempotency-key': randomUUID(),
        ...headers,
      });
      if (answer.status >= 400) {
        refusals.push(JSON.stringify(answer.body));
      }
      return answer.body;
    };

    it('leave no trace', async () => {
      const { provider, seeded } = world;
      const access = keep('access token', await provider.issueAccessToken('researcher'));
      keep('client secret', world.config.oidc.clientSecret);
      const created = (await attempt(access, 'POST', '/api/v1/tokens', {
        name: 'Canary',
        scopes: ['grant:issue', 'grant:read'],
      })) as { token: string };
      const personal = keep('personal token', created.token);
      const body = { accessRequestId: seeded.accessRequestId };
      const grant = (await attempt(personal, 'POST', '/api/v1/grants', body)) as IssuedGrant;
      keep('grant token', grant.token);
      const objects = new URL(grant.objectsUrl).pathname;
      await attempt(grant.token, 'GET', objects);
      await attempt(grant.token, 'GET', objects.replace(grant.id, randomUUID()));
      await attempt(grant.token, 'GET', '/api/v1/grants');
      await attempt(`${grant.token.slice(0, -3)}AAA`, 'GET', objects);
      await attempt(personal, 'GET', objects);
      await attempt(personal, 'POST', '/api/v1/tokens', { name: 'x', scopes: ['grant:read'] });
      await attempt(access, 'POST', `/api/v1/grants?token=${access}`, {
        accessRequestId: personal,
      });
      await attempt(access, 'GET', '/api/v1/grants', undefined, { dpop: access });

      const owner = keep('owner’s access token', await provider.issueAccessToken('owner'));
      const store = `/api/v1/stores/${seeded.stores[0]?.id ?? ''}`;
      const secretAccessKey = keep('store secret', randomBytes(24).toString('hex'));
      const accessKeyId = keep('store key id', `CANARY${randomBytes(8).toString('hex')}`);
      const credentials = { accessKeyId, secretAccessKey };
      await attempt(owner, 'POST', `${store}/rotate`, { credentials });
      await attempt(owner, 'POST', `${store}/probe`, {});
      await attempt(owner, 'POST', `${store}/rotate`, { credentials: { ...credentials, more: 1 } });
      await attempt(owner, 'GET', store);

      // What a driver's error carries beside its message: the statement and its parameters.
      const secret = keep('parameter', randomBytes(24).toString('hex'));
      const query = world.app.get(Database).manager.query('SELECT $1::text, 1 / 0', [secret]);
      const err: unknown = await query.catch((fault: unknown) => fault);
      new Logger('Canary').error({ msg: 'A statement failed', err });

      expect(refusals.length).toBeGreaterThan(6);
      expect(tap.text()).toContain('request completed');
      expect(tap.text()).toContain('A statement failed');
      expect(foundIn(tap.text())).toEqual([]);
      expect(foundIn(refusals.join('\n'))).toEqual([]);
      const stored = await databaseText(world.db.urlFor('postgres'));
      expect(stored).toContain(grant.id);
      expect(foundIn(stored)).toEqual([]);
    });
  });

  describe('that open a partner’s store', () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'concordat-canary-'));
    const broker = {
      accessKeyId: 'BROKERKEYOFTHESTORE',
      secretAccessKey: 'the broker’s own secret',
    };
    const roleArn = 'arn:aws:iam:::role/concordat-read';
    let server: S3Server;
    let world: DeliveryWorld;

    beforeAll(async () => {
      const region = 'eu-west-2';
      const buckets = ['partner'];
      const roles = [{ arn: roleArn, accessKeyId: broker.accessKeyId }];
      server = await startS3Server({
        dataDir,
        port: 0,
        region,
        buckets,
        credentials: [broker],
        roles,
      });
      const { endpoint } = server;
      const place = { endpoint, publicEndpoint: endpoint, region, bucket: 'partner' };
      const sts = { endpoint, roleArn };
      world = await deliveryWorld({ ...place, addressing: 'path', ...broker, sts }, {}, tap);
    }, 60_000);
    afterAll(async () => {
      await world.close();
      await server.close();
      rmSync(dataDir, { recursive: true });
    });

    const call = async (
      path: string,
      headers: Readonly<Record<string, string>>,
      method = 'GET',
    ) => {
      const init = { method, headers, redirect: 'manual' } as const;
      const answer = await fetch(world.nodes[0].url + path, init);
      const text = await answer.text();
      if (answer.status >= 400) {
        refusals.push(text);
      }
      return { location: answer.headers.get('location') ?? '', text };
    };

    it('leave no trace', async () => {
      const object = { name: 'counts.csv', body: Buffer.from('08:00,12') };
      keep('broker’s secret', broker.secretAccessKey);

      const presigned = await world.grant([object], { delivery: 'presign' });
      const bearer = { authorization: `Bearer ${keep('grant token', presigned.token)}` };
      const { location } = await call(`${presigned.path}/counts.csv`, bearer);
      keep('signature', new URL(location).searchParams.get('X-Amz-Signature') ?? '');
      await call(`${presigned.path}/absent.csv`, bearer);

      const key = proofKey();
      const { id } = await world.grant([object], { delivery: 'sts', jkt: key.jkt });
      const held = await world.tokenFor(id, 1, key.jkt);
      const path = `/api/v1/grants/${id}/credentials`;
      const iat = Math.floor(world.clock.now().getTime() / 1000);
      const url = world.nodes[0].url + path;
      const dpop = keep('proof', key.prove({ method: 'POST', url, token: held.token, iat }));
      const bound = { authorization: `DPoP ${keep('bound token', held.token)}`, dpop };
      const view = JSON.parse((await call(path, bound, 'POST')).text) as CredentialsView;
      keep('session secret', view.secretAccessKey);
      keep('session token', view.sessionToken);
      await call(path, bound, 'POST');
      await server.close();
      const streamed = await world.grantOf(await world.seal([object]));
      await call(`${streamed.path}/counts.csv`, { authorization: `Bearer ${streamed.token}` });

      expect(refusals.length).toBeGreaterThan(2);
      expect(tap.text()).toContain('store_unreachable');
      expect(foundIn(tap.text())).toEqual([]);
      expect(foundIn(refusals.join('\n'))).toEqual([]);
      const stored = await databaseText(world.db.urlFor('postgres'));
      expect(stored).toContain(presigned.id);
      expect(foundIn(stored)).toEqual([]);
    });
  });
});
