import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { startS3Server, type S3Server } from '../../sandbox/s3-server/s3-server.js';
import type { CredentialsView } from '../../src/delivery/sts/credential-issuing.service.js';
import type { ObjectsPage } from '../../src/delivery/delivery.dto.js';
import { LogSweep } from '../../src/delivery/observed/log-sweep.service.js';
import { Database } from '../../src/platform/database/database.js';
import type { StoreLocation } from '../../src/platform/object-store/store-location.js';
import { beginLog } from '../support/access-logs.js';
import { DATASET, OWNER, STORE } from '../support/delivery-data.js';
import { deliveryWorld, type DeliveryWorld, type HeldGrant } from '../support/delivery-world.js';

const LOG = { bucket: 'partner-logs', prefix: 'access/' };
const BROKER = { accessKeyId: 'BROKERKEY', secretAccessKey: 'broker-secret' };
const INSIDER = { accessKeyId: 'INSIDERKEY', secretAccessKey: 'insider-secret' };
const ROLE = 'arn:aws:iam:::role/concordat-read';
const csv = { name: 'counts/2026 ü+.csv', body: Buffer.from('a,b\n1,2\n'.repeat(500)) };

interface Observed {
  readonly id: string;
  readonly type: string;
  readonly outcome: string;
  readonly grantId: string | null;
  readonly organisationIds: readonly string[];
  readonly reasonCodes: readonly string[];
  readonly bytes: number;
  readonly fields: Readonly<Record<string, unknown>>;
}

describe('what a store says was read', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'concordat-observed-'));
  let server: S3Server;
  let location: StoreLocation;
  let world: DeliveryWorld;

  beforeAll(async () => {
    server = await startS3Server({
      dataDir,
      port: 0,
      region: 'eu-west-2',
      buckets: ['partner'],
      credentials: [BROKER, INSIDER],
      roles: [{ arn: ROLE, accessKeyId: BROKER.accessKeyId }],
      accessLog: LOG,
    });
    location = {
      endpoint: server.endpoint,
      publicEndpoint: server.endpoint,
      region: 'eu-west-2',
      bucket: 'partner',
      addressing: 'path',
      sts: { endpoint: server.endpoint, roleArn: ROLE },
      ...BROKER,
    };
    world = await deliveryWorld(location);
    await database().manager.query('UPDATE partner_store SET access_log = $2 WHERE id = $1', [
      STORE,
      LOG,
    ]);
    await beginLog(database(), STORE, world.clock.now());
  }, 60_000);
  afterAll(async () => {
    await world.close();
    await server.close();
    rmSync(dataDir, { recursive: true });
  });

  const database = (): Database => world.nodes[0].app.get(Database);
  const sweep = (): LogSweep => world.nodes[0].app.get(LogSweep, { strict: false });

  /** Lets the store write what it has, and reads all of it. */
  async function readLog(): Promise<void> {
    // The store hears of this after it has done with whatever was asked before.
    await fetch(`${server.endpoint}/partner/`);
    await server.flushLog();
    const { manager } = database();
    await manager.query('UPDATE access_log SET read_due_at = $1', [world.clock.now()]);
    await sweep().readDue();
    const [row] = await manager.query<{ fault: string | null }[]>('SELECT fault FROM access_log');
    expect(row?.fault).toBeNull();
  }

  async function events(): Promise<readonly Observed[]> {
    const rows = await database().manager.query<
      (Omit<Observed, 'bytes' | 'fields'> & {
        bytes: string;
        fields: [string, unknown][];
      })[]
    >(
      `SELECT e.id, e.type, e.outcome, e.grant_id AS "grantId", e.organisation_ids AS "organisationIds",
         e.reason_codes AS "reasonCodes", e.bytes,
         convert_from(substring(p.body FROM 33), 'UTF8')::jsonb AS fields
       FROM audit_event e JOIN audit_payload p ON p.event_id = e.id
         AND p.subject_id = '00000000-0000-0000-0000-000000000000'
       WHERE e.type LIKE 'object.read-%' ORDER BY e.id`,
    );
    return rows.map((row) => ({
      ...row,
      bytes: Number(row.bytes),
      fields: Object.fromEntries(row.fields),
    }));
  }
  const since = async (act: () => Promise<unknown>): Promise<readonly Observed[]> => {
    const before = (await events()).map(({ id }) => id);
    await act();
    await readLog();
    return (await events()).filter(({ id }) => !before.includes(id));
  };
  const get = ({ path, token }: HeldGrant, rest = ''): Promise<Response> =>
    fetch(`${world.nodes[0].url}${path}${rest}`, {
      headers: { authorization: `Bearer ${token}` },
    });
  const read = async (credentials: Partial<CredentialsView>, key: string): Promise<Buffer> => {
    const client = new S3Client({
      endpoint: server.endpoint,
      region: 'eu-west-2',
      forcePathStyle: true,
      credentials: { accessKeyId: '', secretAccessKey: '', ...credentials },
    });
    try {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: 'partner', Key: key }));
      return Buffer.from((await Body?.transformToByteArray()) ?? []);
    } finally {
      client.destroy();
    }
  };

  it('explains a stream by its own event, and says nothing more of it', async () => {
    const found = await since(async () => {
      const grant = await world.grant([csv]);
      const answer = await get(grant, `/${encodeURIComponent(csv.name).replace('%2F', '/')}`);
      expect(Buffer.from(await answer.arrayBuffer())).toEqual(csv.body);
      await world.endOf(grant.id);
    });
    expect(found).toEqual([]);
    const [row] = await database().manager.query<unknown[]>(
      `SELECT verdict, bytes FROM observed_read WHERE verdict = 'stream'`,
    );
    expect(row).toEqual({ verdict: 'stream', bytes: String(csv.body.length) });
  });

  it('tells what was read with a presigned URL, under its grant (R5.4)', async () => {
    let grantId = '';
    const found = await since(async () => {
      const grant = await world.grant([csv], { delivery: 'presign' });
      grantId = grant.id;
      const { objects } = (await (await get(grant)).json()) as ObjectsPage;
      const bytes = await (await fetch(objects[0]?.url ?? '')).arrayBuffer();
      expect(Buffer.from(bytes)).toEqual(csv.body);
    });
    expect(found).toMatchObject([
      {
        type: 'object.read-observed',
        grantId,
        bytes: csv.body.length,
        fields: { objectId: csv.name, count: 1, datasetId: DATASET },
      },
    ]);
  });

  it('tells what was read with credentials of the store, under the grant that names the session', async () => {
    let grantId = '';
    const found = await since(async () => {
      const grant = await world.grant([csv], { delivery: 'sts' });
      grantId = grant.id;
      const asked = await fetch(`${world.nodes[0].url}/api/v1/grants/${grant.id}/credentials`, {
        method: 'POST',
        headers: { authorization: `Bearer ${grant.token}` },
      });
      const credentials = (await asked.json()) as CredentialsView;
      expect(await read(credentials, credentials.prefix + csv.name)).toEqual(csv.body);
    });
    expect(found).toMatchObject([
      { type: 'object.read-observed', grantId, bytes: csv.body.length },
    ]);
  });

  it.each([
    ['keys of somebody at the store', INSIDER],
    ['the keys that the broker was given', BROKER],
  ])('raises the alarm at a read with %s behind the broker', async (_what, keys) => {
    await world.grant([csv]);
    const found = await since(async () => {
      expect(await read(keys, world.prefix + csv.name)).toEqual(csv.body);
      expect(await read(keys, world.prefix + csv.name)).toEqual(csv.body);
    });
    expect(found).toMatchObject([
      {
        type: 'object.read-unmatched',
        outcome: 'failed',
        grantId: null,
        organisationIds: [OWNER],
        bytes: 2 * csv.body.length,
        fields: {
          objectId: csv.name,
          count: 2,
          datasetId: DATASET,
          targetType: 'store',
          targetId: STORE,
          clientId: expect.stringMatching(/^[0-9a-f]{16}$/) as string,
          storeRequestId: expect.any(String) as string,
        },
      },
    ]);
    expect(found[0]?.reasonCodes).toEqual([
      'no_grant',
      expect.stringMatching(/^hour:\d{4}-\d\d-\d\dT\d\dZ$/),
    ]);
  });
});
