import { GROUND, grantWorld, type GrantWorld } from '../../test/support/grant-world.js';
import { Signing } from '../platform/signing/signing.service.js';
import { WellKnownApi } from './well-known.api.js';

const parse = (segment = ''): Record<string, unknown> =>
  JSON.parse(Buffer.from(segment, 'base64url').toString()) as Record<string, unknown>;
const claimsOf = (token: string): Record<string, unknown> => parse(token.split('.')[1]);

describe('grant tokens', () => {
  let world: GrantWorld;
  let token: string;
  let grantId: string;

  beforeAll(async () => {
    world = await grantWorld();
    ({ token, id: grantId } = await world.issue());
  }, 60_000);
  afterAll(() => world.close());

  it('say what the row says, in one RFC 9396 element, and are small', () => {
    expect(claimsOf(token)).toEqual({
      iss: 'http://127.0.0.1:3000',
      aud: 'http://127.0.0.1:3000/api/v1/grants',
      sub: expect.stringMatching(/^[\w-]{43}$/) as string,
      client_id: 'concordat-person',
      iat: expect.any(Number) as number,
      exp: expect.any(Number) as number,
      jti: expect.any(String) as string,
      authorization_details: [
        {
          type: 'urn:concordat:grant:v1',
          identifier: GROUND.dataset,
          actions: ['dataset:read'],
          grant_id: grantId,
          epoch: 1,
          delivery: 'stream',
        },
      ],
    });
    expect(token.length).toBeLessThanOrEqual(2_048);
    expect(Object.keys(parse(token.split('.')[0]))).toEqual(['typ', 'alg', 'kid']);
  });

  it('name the key of a grant that is bound to one, and only of such a grant', async () => {
    const jkt = 'k'.repeat(43);
    const bound = await world.tokens.issue({ ...tokenGrant(), jkt });
    expect(claimsOf(bound.token)['cnf']).toEqual({ jkt });
    expect(await world.tokens.verify(bound.token)).toMatchObject({ jkt });
    expect(await world.tokens.verify(token)).toMatchObject({ jkt: null });
  });

  it('are verified by the keys that the broker publishes', () => {
    const { keys } = world.app.get(WellKnownApi, { strict: false }).jwks();
    const { kid } = parse(token.split('.')[0]);
    expect(keys.map((key) => key.kid)).toContain(kid);
    expect(Object.keys(keys[0] ?? {}).sort()).toEqual([
      'alg',
      'crv',
      'kid',
      'kty',
      'use',
      'x',
      'y',
    ]);
  });

  it('the metadata of the resource names their provider, keys and type', () => {
    const wellKnown = world.app.get(WellKnownApi, { strict: false });
    expect(wellKnown.grants()).toMatchObject({
      resource: claimsOf(token)['aud'],
      authorization_servers: ['http://127.0.0.1:1'],
      jwks_uri: 'http://127.0.0.1:3000/.well-known/jwks.json',
      authorization_details_types_supported: ['urn:concordat:grant:v1'],
      dpop_signing_alg_values_supported: ['ES256'],
    });
    expect(wellKnown.resource().resource).toBe('http://127.0.0.1:3000');
  });

  describe('GD-3', () => {
    it('live ten minutes, and no longer than their row', async () => {
      const { iat, exp } = claimsOf(token) as { iat: number; exp: number };
      expect(exp - iat).toBe(600);
      const now = world.clock.now();
      const grant = { ...tokenGrant(), expiresAt: new Date(now.getTime() + 90_500) };
      const short = await world.tokens.issue(grant);
      expect(short.tokenExpiresAt.getTime()).toBeLessThanOrEqual(grant.expiresAt.getTime());
      expect(claimsOf(short.token)['exp']).toBe(Math.floor(grant.expiresAt.getTime() / 1000));
    });

    it('are refused from their last second on', async () => {
      const { token: fresh, tokenExpiresAt } = await world.tokens.issue(tokenGrant());
      const before = world.clock.now();
      world.clock.set(new Date(tokenExpiresAt.getTime() - 1).toISOString());
      await expect(world.tokens.verify(fresh)).resolves.toMatchObject({ epoch: 1 });
      world.clock.set(tokenExpiresAt.toISOString());
      await expect(world.tokens.verify(fresh)).rejects.toMatchObject({ code: 'unauthenticated' });
      world.clock.set(before.toISOString());
    });
  });

  describe('GD-4', () => {
    it('hold no location and nothing personal', () => {
      const text = JSON.stringify(claimsOf(token));
      const never = [GROUND.researcher, GROUND.recipient, GROUND.provider, GROUND.project];
      const more = [
        GROUND.agreement,
        GROUND.store,
        GROUND.request,
        'footfall',
        '127.0.0.1:1"',
        'The ',
      ];
      for (const secret of [...never, ...more]) {
        expect(text).not.toContain(secret);
      }
    });

    it('two owners see two sub values of one person, and one owner sees one', async () => {
      const subOf = async (providerId: string, personId: string): Promise<unknown> => {
        const issued = await world.tokens.issue({ ...tokenGrant(), providerId, personId });
        return claimsOf(issued.token)['sub'];
      };
      const sub = await subOf(GROUND.provider, GROUND.researcher);
      expect(sub).toBe(claimsOf(token)['sub']);
      expect(await subOf(GROUND.recipient, GROUND.researcher)).not.toBe(sub);
      expect(await subOf(GROUND.provider, GROUND.colleague)).not.toBe(sub);
    });
  });

  const tokenGrant = () => ({
    id: grantId,
    personId: GROUND.researcher,
    datasetId: GROUND.dataset,
    providerId: GROUND.provider,
    delivery: 'stream',
    epoch: 1,
    jkt: null,
    expiresAt: new Date(world.clock.now().getTime() + 3_600_000),
  });

  describe('of anybody else’s making are refused', () => {
    const segment = (value: object): string =>
      Buffer.from(JSON.stringify(value)).toString('base64url');
    const altered = (changes: object): string => {
      const [header, , signature] = token.split('.');
      return [header, segment({ ...claimsOf(token), ...changes }), signature].join('.');
    };

    it.each<[string, () => string]>([
      ['nothing', () => ''],
      ['no token', () => 'a.b.c'],
      ['no signature', () => token.slice(0, token.lastIndexOf('.') + 1)],
      [
        'alg none',
        () => `${segment({ typ: 'at+jwt', alg: 'none' })}.${token.split('.')[1] ?? ''}.`,
      ],
      ['a later end', () => altered({ exp: 4_000_000_000 })],
      ['another grant', () => altered({ authorization_details: [{ grant_id: GROUND.request }] })],
      ['a changed signature', () => `${token.slice(0, -2)}${token.endsWith('AA') ? 'BA' : 'AA'}`],
      [
        'a header with one space',
        () => {
          const [header = '', ...rest] = token.split('.');
          const text = Buffer.from(header, 'base64url').toString().replace(',', ', ');
          return [Buffer.from(text).toString('base64url'), ...rest].join('.');
        },
      ],
      ['padding', () => `${token}=`],
      ['a fourth part', () => `${token}.x`],
      ['9 KiB', () => `${token}${'A'.repeat(9_000)}`],
    ])('%s', async (_name, forge) => {
      await expect(world.tokens.verify(forge())).rejects.toMatchObject({ code: 'unauthenticated' });
    });

    it.each<[string, (claims: Record<string, unknown>) => object]>([
      ['for another audience', (claims) => ({ ...claims, aud: 'http://127.0.0.1:3000' })],
      ['of another issuer', (claims) => ({ ...claims, iss: 'http://127.0.0.1:3001' })],
      ['without an end', (claims) => ({ ...claims, exp: undefined })],
      [
        'that lives longer than ten minutes',
        (claims) => ({ ...claims, exp: Number(claims['iat']) + 601 }),
      ],
      [
        'from the future',
        (claims) => ({
          ...claims,
          iat: Number(claims['iat']) + 100,
          exp: Number(claims['exp']) + 90,
        }),
      ],
      ['not good before later', (claims) => ({ ...claims, nbf: Number(claims['iat']) + 100 })],
      ['good from a text on', (claims) => ({ ...claims, nbf: '0' })],
      ['of fractions of seconds', (claims) => ({ ...claims, exp: Number(claims['exp']) - 0.5 })],
      ['bound to no key', (claims) => ({ ...claims, cnf: {} })],
      ['bound to null', (claims) => ({ ...claims, cnf: null })],
      ['bound to what is no thumbprint', (claims) => ({ ...claims, cnf: { jkt: 'k' } })],
      [
        'bound to something else as well',
        (claims) => ({ ...claims, cnf: { jkt: 'k'.repeat(43), 'x5t#S256': 'x' } }),
      ],
      ['of nobody', (claims) => ({ ...claims, sub: undefined })],
      ['without a name of its own', (claims) => ({ ...claims, jti: '' })],
      [
        'of a grant that is none',
        (claims) => {
          const [detail] = claims['authorization_details'] as object[];
          return { ...claims, authorization_details: [{ ...detail, grant_id: 'x' }] };
        },
      ],
      [
        'of half an epoch',
        (claims) => {
          const [detail] = claims['authorization_details'] as object[];
          return { ...claims, authorization_details: [{ ...detail, epoch: 0.5 }] };
        },
      ],
      ['without details', (claims) => ({ ...claims, authorization_details: undefined })],
      ['with null for details', (claims) => ({ ...claims, authorization_details: [null] })],
      [
        'with two details',
        (claims) => {
          const [detail] = claims['authorization_details'] as object[];
          return { ...claims, authorization_details: [detail, detail] };
        },
      ],
      [
        'with an epoch of text',
        (claims) => {
          const [detail] = claims['authorization_details'] as object[];
          return { ...claims, authorization_details: [{ ...detail, epoch: '1' }] };
        },
      ],
      [
        'of another type',
        (claims) => {
          const [detail] = claims['authorization_details'] as object[];
          return { ...claims, authorization_details: [{ ...detail, type: 'urn:x' }] };
        },
      ],
    ])('signed by the broker’s own key, but %s', async (_name, change) => {
      const payload = Buffer.from(JSON.stringify(change(claimsOf(token))));
      const forged = await world.app.get(Signing).sign('token', 'at+jwt', payload);
      await expect(world.tokens.verify(forged)).rejects.toMatchObject({ code: 'unauthenticated' });
    });

    it('signed by the key of sign-offs, or of another type', async () => {
      const payload = Buffer.from(JSON.stringify(claimsOf(token)));
      const signing = world.app.get(Signing);
      for (const forged of [
        await signing.sign('signoff', 'at+jwt', payload),
        await signing.sign('token', 'jwt', payload),
      ]) {
        await expect(world.tokens.verify(forged)).rejects.toMatchObject({
          code: 'unauthenticated',
        });
      }
    });
  });
});
