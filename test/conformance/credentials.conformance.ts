import { GetObjectCommand, S3Client, type S3ServiceException } from '@aws-sdk/client-s3';
import type { CredentialsView } from '../../src/delivery/sts/credential-issuing.service.js';
import type { DeliveryWorld, HeldGrant } from '../support/delivery-world.js';
import { proofKey, type ProofKey } from '../support/proof-key.js';

/** Mode `sts` as its holder sees it: from a bound grant's token to the partner's own gateway (GD-21). */
export function credentialsConformance(worldOf: () => DeliveryWorld): void {
  describe('credentials of the store itself', () => {
    const key = proofKey();
    const body = Buffer.from('time,count\n08:00,12\n');
    let world: DeliveryWorld;
    let held: HeldGrant;

    beforeEach(async () => {
      world = worldOf();
      const { id } = await world.grant([{ name: 'sts/counts.csv', body }], {
        delivery: 'sts',
        jkt: key.jkt,
      });
      await world.put('beside/counts.csv', body);
      held = await world.tokenFor(id, 1, key.jkt);
    });

    const ask = (by: ProofKey | null = key): Promise<Response> => {
      const url = `${world.nodes[0].url}/api/v1/grants/${held.id}/credentials`;
      const iat = Math.floor(world.clock.now().getTime() / 1000);
      const dpop = by?.prove({ method: 'POST', url, token: held.token, iat });
      const authorization = `${by ? 'DPoP' : 'Bearer'} ${held.token}`;
      return fetch(url, { method: 'POST', headers: { authorization, ...(dpop ? { dpop } : {}) } });
    };
    const statusOf = async (view: CredentialsView, objectKey: string): Promise<number> => {
      const { accessKeyId, secretAccessKey, sessionToken } = view;
      const client = new S3Client({
        endpoint: view.endpoint,
        region: view.region,
        forcePathStyle: view.addressing === 'path',
        credentials: { accessKeyId, secretAccessKey, sessionToken },
      });
      try {
        const command = new GetObjectCommand({ Bucket: view.bucket, Key: objectKey });
        const { Body, $metadata } = await client.send(command);
        expect(await Body?.transformToString()).toBe(body.toString());
        return $metadata.httpStatusCode ?? 0;
      } catch (error) {
        return (error as S3ServiceException).$metadata.httpStatusCode ?? 0;
      } finally {
        client.destroy();
      }
    };

    it('read the prefix of the grant and nothing beside it; their event commits first', async () => {
      const answer = await ask();
      expect([answer.status, answer.headers.get('cache-control')]).toEqual([
        200,
        'private, no-store',
      ]);
      const view = (await answer.json()) as CredentialsView;
      expect(Date.parse(view.expiresAt)).toBeLessThanOrEqual(
        world.clock.now().getTime() + 3_600_000,
      );
      expect(await statusOf(view, `${world.prefix}sts/counts.csv`)).toBe(200);
      expect(await statusOf(view, 'beside/counts.csv')).toBe(403);
      expect((await world.eventsOf(held.id)).map(({ type }) => type)).toEqual([
        'grant.activated',
        'object.credential-issued',
      ]);
    });

    it.each<[string, () => Promise<Response>]>([
      ['the token alone', () => ask(null)],
      ['another’s key', () => ask(proofKey())],
    ])('are not given for %s', async (_, attempt) => {
      expect((await attempt()).status).toBe(401);
      expect(await world.eventsOf(held.id)).toEqual([]);
    });

    it('are not given once the grant has ended', async () => {
      await world.revoke(held.id);
      expect((await ask()).status).toBe(403);
    });
  });
}
