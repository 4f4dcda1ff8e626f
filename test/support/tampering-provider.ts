import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { systemClock } from '../../src/kernel/clock.js';

type Members = Record<string, unknown>;

/** What one sign-in's answers are changed to; nothing set: an honest provider. */
export interface Tampering {
  readonly header?: Members;
  readonly claims?: Members | ((claims: Members) => Members);
  /** Takes the finished ID token. */
  readonly token?: (compact: string) => string;
  readonly tokenAnswer?: Members;
  readonly signWith?: KeyObject;
  /** Answers the token call itself. */
  readonly tokenCall?: (response: ServerResponse) => void;
  readonly jwks?: Members;
  readonly discovery?: Members;
}

export interface TamperingProvider {
  readonly issuer: string;
  readonly tampering: { current: Tampering };
  readonly otherKey: KeyObject;
  /** How often the keys were fetched. */
  readonly jwksReads: { count: number };
  /** Signs any header and payload text with the provider's key. */
  signText(header: string, payload: string): string;
  close(): Promise<void>;
}

const KID = 'provider-key-1';

/** An OpenID provider that says yes to everyone and lies as told. Independent of the library under test. */
export async function startTamperingProvider(clientId: string): Promise<TamperingProvider> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const otherKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const tampering: { current: Tampering } = { current: {} };
  const jwksReads = { count: 0 };
  const nonces = new Map<string, string>();
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const issuer = `http://127.0.0.1:${String(typeof address === 'object' && address ? address.port : 0)}`;

  const idToken = (nonce: string, accessToken: string): string => {
    const { header, claims, token, signWith } = tampering.current;
    const now = Math.floor(systemClock.now().getTime() / 1000);
    const honest: Members = {
      iss: issuer,
      aud: clientId,
      sub: 'person-1',
      nonce,
      iat: now,
      exp: now + 300,
      auth_time: now,
      acr: 'urn:concordat:acr:mfa',
      at_hash: createHash('sha256')
        .update(accessToken)
        .digest()
        .subarray(0, 16)
        .toString('base64url'),
    };
    const changed = typeof claims === 'function' ? claims(honest) : { ...honest, ...claims };
    const text = signCompactText(
      JSON.stringify({ alg: 'ES256', kid: KID, ...header }),
      JSON.stringify(changed),
      signWith ?? privateKey,
    );
    return token ? token(text) : text;
  };

  const routes: Record<
    string,
    (request: IncomingMessage, response: ServerResponse) => void | Promise<void>
  > = {
    '/.well-known/openid-configuration': (_request, response) => {
      json(response, {
        issuer,
        authorization_endpoint: `${issuer}/auth`,
        token_endpoint: `${issuer}/token`,
        jwks_uri: `${issuer}/jwks`,
        ...tampering.current.discovery,
      });
    },
    '/jwks': (_request, response) => {
      jwksReads.count += 1;
      const key = { ...publicKey.export({ format: 'jwk' }), kid: KID, use: 'sig' };
      json(response, tampering.current.jwks ?? { keys: [key] });
    },
    '/auth': (request, response) => {
      const { searchParams } = new URL(request.url ?? '', issuer);
      const code = randomBytes(8).toString('hex');
      nonces.set(code, searchParams.get('nonce') ?? '');
      const back = new URL(searchParams.get('redirect_uri') ?? issuer);
      back.searchParams.set('code', code);
      back.searchParams.set('state', searchParams.get('state') ?? '');
      response.writeHead(303, { location: back.href }).end();
    },
    '/token': async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) {
        chunks.push(chunk as Buffer);
      }
      const code = new URLSearchParams(Buffer.concat(chunks).toString()).get('code') ?? '';
      const accessToken = randomBytes(8).toString('hex');
      if (tampering.current.tokenCall) {
        tampering.current.tokenCall(response);
        return;
      }
      json(response, {
        access_token: accessToken,
        token_type: 'Bearer',
        id_token: idToken(nonces.get(code) ?? '', accessToken),
        ...tampering.current.tokenAnswer,
      });
    },
  };
  server.on('request', (request, response) => {
    const route = routes[(request.url ?? '').split('?')[0] ?? ''];
    if (route) {
      void route(request, response);
    } else {
      response.writeHead(404).end();
    }
  });
  return {
    issuer,
    tampering,
    otherKey,
    jwksReads,
    signText: (header, payload) => signCompactText(header, payload, privateKey),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function signCompactText(header: string, payload: string, key: KeyObject): string {
  const input = `${base64url(header)}.${base64url(payload)}`;
  const signature = sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' });
  return `${input}.${signature.toString('base64url')}`;
}

function base64url(text: string): string {
  return Buffer.from(text).toString('base64url');
}

function json(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}
