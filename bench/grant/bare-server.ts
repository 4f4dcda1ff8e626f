import { createPrivateKey, randomUUID, sign } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import pg from 'pg';
import { systemClock } from '../../src/kernel/clock.js';
import { uuidV7Factory } from '../../src/kernel/ids.js';
import type { Statement } from '../statements/recorded-statements.js';

/** What the peer needs, as its parent sends it. */
export interface BareSetup {
  readonly databaseUrl: string;
  readonly poolSize: number;
  readonly statements: readonly Statement[];
  /** Private key, PKCS 8 in PEM. */
  readonly signingKey: string;
  readonly issuer: string;
}

// The peer of the benchmark: no framework, no checks, no policy, no encryption, no event made. It sends the statements
// that the broker sends for one grant, in the same transaction, signs with node:crypto and answers.
process.once('message', (setup: BareSetup) => {
  const pool = new pg.Pool({ connectionString: setup.databaseUrl, max: setup.poolSize });
  const key = createPrivateKey(setup.signingKey);
  const ids = uuidV7Factory(systemClock);
  const header = base64url({ typ: 'at+jwt', alg: 'ES256', kid: randomUUID() });

  const issue = async (accessRequestId: string, idempotencyKey: string): Promise<object> => {
    const values: Readonly<Record<string, string>> = {
      accessRequestId,
      idempotencyKey,
      grantId: ids.next(),
      eventId: ids.next(),
      decisionId: ids.next(),
    };
    await run(pool, setup.statements, values);
    const { grantId } = values;
    return { id: grantId, status: 'issued', token: token(String(grantId)) };
  };

  const token = (grantId: string): string => {
    const iat = Math.floor(systemClock.now().getTime() / 1000);
    const claims = { iss: setup.issuer, iat, exp: iat + 600, jti: ids.next(), grant_id: grantId };
    const input = `${header}.${base64url(claims)}`;
    const signature = sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' });
    return `${input}.${signature.toString('base64url')}`;
  };

  const server = createServer((request, response) => {
    handle(request, response, issue).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });
  server.listen(0, '127.0.0.1', () => {
    process.send?.((server.address() as AddressInfo).port);
  });
});

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  issue: (accessRequestId: string, key: string) => Promise<object>,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) {
    chunks.push(chunk as Buffer);
  }
  const { accessRequestId } = JSON.parse(Buffer.concat(chunks).toString()) as {
    accessRequestId: string;
  };
  const answer = await issue(accessRequestId, String(request.headers['idempotency-key']));
  response.writeHead(201, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
}

async function run(
  pool: pg.Pool,
  statements: readonly Statement[],
  values: Readonly<Record<string, string>>,
): Promise<void> {
  let client: pg.PoolClient | undefined;
  try {
    for (const { name, sql, params, inTransaction } of statements) {
      client ??= inTransaction ? await pool.connect() : undefined;
      const filled = params.map((value) => (value === null ? null : fill(value, values)));
      const target = inTransaction && client ? client : pool;
      // Without parameters by the simple protocol, as the broker's driver sends it too.
      await (filled.length > 0
        ? target.query({ text: sql, values: filled, ...(name !== undefined && { name }) })
        : target.query(sql));
      if (client && /^COMMIT/i.test(sql)) {
        client.release();
        client = undefined;
      }
    }
  } catch (error) {
    client?.release(true);
    throw error;
  }
}

function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.includes('{{')
    ? text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => values[name] ?? '')
    : text;
}

function base64url(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
