import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Module } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { startProvider } from '../../sandbox/provider/provider.js';
import { AuditModule } from '../../src/audit/audit.module.js';
import { AuditService } from '../../src/audit/audit.service.js';
import { CascadeModule } from '../../src/cascade/cascade.module.js';
import { ConfigModule } from '../../src/config/config.module.js';
import type { Config } from '../../src/config/config.js';
import { DeliveryModule } from '../../src/delivery/delivery.module.js';
import { LostStreams } from '../../src/delivery/stream/lost-streams.service.js';
import { STREAM_LIMITS, StreamLimits } from '../../src/delivery/stream/stream-limits.js';
import { GrantTokens } from '../../src/grants/grant-token.service.js';
import { IdentityModule } from '../../src/identity/identity.module.js';
import { systemClock } from '../../src/kernel/clock.js';
import { Database, type Tx } from '../../src/platform/database/database.js';
import { DatabaseModule } from '../../src/platform/database/database.module.js';
import { ObjectStoreModule } from '../../src/platform/object-store/object-store.module.js';
import type { StoreLocation } from '../../src/platform/object-store/store-location.js';
import { SecretsModule } from '../../src/platform/secrets/secrets.module.js';
import { migrateSecrets } from '../../src/platform/secrets/subject-keys.js';
import { SigningModule } from '../../src/platform/signing/signing.module.js';
import { TelemetryModule } from '../../src/platform/telemetry/telemetry.module.js';
import { configureApp, HTTP_APP_OPTIONS } from '../../src/platform/web/http-app.js';
import { WebModule } from '../../src/platform/web/web.module.js';
import { PolicyModule } from '../../src/policy/policy.module.js';
import { PolicyService } from '../../src/policy/policy.service.js';
import { StoreVault } from '../../src/stores/store-credentials.js';
import { testConfig } from './config.js';
import { testDatabase, type TestDatabase } from './database.js';
import {
  DATASET,
  insertDeliveryData,
  insertGrant,
  OWNER,
  publication,
  RESEARCHER,
  STORE,
  type GrantShape,
  type Place,
} from './delivery-data.js';
import { HandClock } from './hand-clock.js';
import { tapped, type LogTap } from './log-tap.js';
import { until } from './policy-node.js';
import { freeOrigin } from './sign-in-app.js';

@Module({
  imports: [
    DatabaseModule,
    SecretsModule,
    ObjectStoreModule,
    SigningModule,
    TelemetryModule,
    WebModule,
    AuditModule,
    PolicyModule,
    IdentityModule,
    CascadeModule,
    DeliveryModule,
  ],
})
class WorldModule {}

export const RESEARCHER_LOGIN = {
  email: 'researcher@sandbox.example',
  password: 'correct horse',
} as const;
const ENDS: readonly string[] = ['object.cut', 'object.delivered'];
const CLIENT_SECRET = 'a-long-enough-client-secret';

export interface SealedObject {
  readonly name: string;
  readonly body: Buffer;
  /** What the seal says where it is not what the store has. */
  readonly etag?: string;
  readonly sha256?: string | null;
}

export interface HeldGrant {
  readonly id: string;
  readonly token: string;
  /** `/api/v1/grants/{id}/objects` */
  readonly path: string;
}

interface AuditRow {
  readonly type: string;
  readonly bytes: number | null;
  readonly reasonCodes: readonly string[];
}

/** One process of the broker that delivers. */
export interface DeliveryNode {
  readonly url: string;
  readonly app: NestExpressApplication;
}

export interface DeliveryWorld {
  readonly nodes: readonly [DeliveryNode, DeliveryNode];
  readonly clock: HandClock;
  readonly db: TestDatabase;
  readonly prefix: string;
  /** Moves the clock, on or back, and lets each process confirm its policy at the new time. */
  move(milliseconds: number): Promise<void>;
  /** One more process on the same databases, with a configuration of its own. */
  addNode(overrides: Partial<Config>, limits?: Partial<StreamLimits>): Promise<DeliveryNode>;
  /** Puts an object into the store, as its owner does. */
  put(key: string, body: Buffer): Promise<void>;
  /** Seals objects, which need not be in the store. @returns the dataset's new version. */
  seal(objects: readonly SealedObject[]): Promise<string>;
  /** Puts and seals objects, and grants them. */
  grant(objects: readonly SealedObject[], shape?: GrantShape): Promise<HeldGrant>;
  grantOf(version: string | null, shape?: GrantShape): Promise<HeldGrant>;
  /** A fresh token, as a refresh gives it. */
  tokenFor(grantId: string, epoch?: number, jkt?: string | null): Promise<HeldGrant>;
  /** An access token with which the researcher calls the API. */
  bearer(): Promise<string>;
  /** As a revocation does: status, epoch and one notification in one transaction. */
  revoke(grantId: string): Promise<void>;
  /** In the order of the alphabet: the clock stands still. */
  eventsOf(grantId: string): Promise<readonly AuditRow[]>;
  /** How a read ended, once that is written. */
  endOf(grantId: string): Promise<AuditRow>;
  /** One row of what is stored of the grant. */
  row(grantId: string): Promise<Record<string, unknown>>;
  settleLost(): Promise<void>;
  close(): Promise<void>;
}

/** A dataset in a store, an agreement over it, and two replicas of the broker on one real database. */
export async function deliveryWorld(
  location: StoreLocation,
  limits: Partial<StreamLimits> = {},
  tap?: LogTap,
): Promise<DeliveryWorld> {
  const db = await testDatabase();
  await migrateSecrets(db.urlFor('postgres'));
  const clock = new HandClock(systemClock.now());
  const publicUrl = await freeOrigin();
  const provider = await startProvider({
    port: 0,
    stateDir: mkdtempSync(join(tmpdir(), 'concordat-provider-')),
    publicUrl,
    clientSecret: CLIENT_SECRET,
    personas: [
      { subject: 'researcher', role: 'researcher', name: 'The researcher', ...RESEARCHER_LOGIN },
    ],
  });
  const config = testConfig({
    publicUrl,
    databaseUrl: db.url,
    sessionDatabaseUrl: db.urlFor('concordat_session'),
    secretsDatabaseUrl: db.urlFor('concordat_secrets'),
    databasePoolSize: 10,
    oidc: { issuer: provider.issuer, clientId: 'concordat', clientSecret: CLIENT_SECRET },
  });
  const running: NestExpressApplication[] = [];
  const addNode: DeliveryWorld['addNode'] = async (overrides, changed = {}) => {
    const own = Object.freeze({ ...config, ...overrides });
    const app = await startNode(own, clock, { ...STREAM_LIMITS, ...limits, ...changed }, tap);
    running.push(app);
    return { url: await app.getUrl(), app };
  };
  const first = await addNode({ port: Number(new URL(publicUrl).port) });
  const second = await addNode({});

  const database = first.app.get(Database);
  const audit = first.app.get(AuditService);
  const prefix = `run-${randomBytes(6).toString('hex')}/`;
  const write = <T>(work: (place: Place) => Promise<T>): Promise<T> =>
    database.transaction(async (tx: Tx) => {
      const event = await audit.record(tx, 'organisation.registered', { actorKind: 'broker' });
      return work({ tx, event, now: clock.now() });
    });
  const owner = { id: STORE, organisationId: OWNER, credentialVersion: 1 };
  const sealedKey = first.app.get(StoreVault, { strict: false }).seal(owner, location);
  await write((place) => insertDeliveryData(place, location, sealedKey, prefix, provider.issuer));
  await database.transaction((tx) =>
    first.app.get(PolicyService).publishAgreement(tx, publication(clock.now())),
  );
  await Promise.all(running.map((app) => app.get(PolicyService).catchUp()));

  const s3 = new S3Client({
    endpoint: location.endpoint,
    region: location.region,
    forcePathStyle: true,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    credentials: location,
  });
  await s3.send(new CreateBucketCommand({ Bucket: location.bucket })).catch(() => undefined);

  const world: DeliveryWorld = {
    nodes: [first, second],
    clock,
    db,
    prefix,
    move: async (milliseconds) => {
      clock.add(milliseconds);
      await Promise.all(running.map((app) => app.get(PolicyService).catchUp()));
    },
    addNode,
    put: async (key, body) => {
      await s3.send(new PutObjectCommand({ Bucket: location.bucket, Key: key, Body: body }));
    },
    seal: (objects) => write((place) => insertManifest(place, objects)),
    grant: async (objects, shape) => {
      for (const { name, body } of objects) {
        await world.put(prefix + name, body);
      }
      return world.grantOf(await world.seal(objects), shape);
    },
    grantOf: async (version, shape = {}) => {
      const id = await write((place) => insertGrant(place, version, shape));
      return world.tokenFor(id);
    },
    tokenFor: async (id, epoch = 1, jkt = null) => {
      const { token } = await first.app.get(GrantTokens, { strict: false }).issue({
        id,
        personId: RESEARCHER,
        datasetId: DATASET,
        providerId: OWNER,
        delivery: 'stream',
        epoch,
        jkt,
        expiresAt: new Date(clock.now().getTime() + 3_600_000),
      });
      return { id, token, path: `/api/v1/grants/${id}/objects` };
    },
    bearer: () => provider.issueAccessToken('researcher'),
    revoke: (grantId) =>
      database.transaction(async (tx) => {
        await tx.query(
          `UPDATE grants SET status = 'revoked', epoch = epoch + 1, ended_at = $2, end_reason = 'test' WHERE id = $1`,
          [grantId, clock.now()],
        );
        await tx.query('NOTIFY concordat_grants');
      }),
    eventsOf: async (grantId) => {
      const rows = await database.manager.query<
        (Omit<AuditRow, 'bytes'> & { readonly bytes: string | null })[]
      >(
        `SELECT type, bytes, reason_codes AS "reasonCodes" FROM audit_event WHERE grant_id = $1 ORDER BY type, id`,
        [grantId],
      );
      return rows.map((row) => ({ ...row, bytes: row.bytes === null ? null : Number(row.bytes) }));
    },
    endOf: async (grantId) => {
      let end: AuditRow | undefined;
      await until(async () => {
        end = (await world.eventsOf(grantId)).find(({ type }) => ENDS.includes(type));
        return end !== undefined;
      });
      return end as unknown as AuditRow;
    },
    row: async (grantId) => {
      const [row = {}] = await database.manager.query<Record<string, unknown>[]>(
        'SELECT * FROM grants WHERE id = $1',
        [grantId],
      );
      return row;
    },
    settleLost: () => first.app.get(LostStreams, { strict: false }).settleAll(),
    close: async () => {
      s3.destroy();
      await Promise.all(running.map((app) => app.close()));
      await provider.close();
      await db.close();
    },
  };
  return world;
}

async function startNode(
  config: Config,
  clock: HandClock,
  limits: StreamLimits,
  tap?: LogTap,
): Promise<NestExpressApplication> {
  const builder = Test.createTestingModule({
    imports: [ConfigModule.with(config, clock), WorldModule],
  })
    .overrideProvider(StreamLimits)
    .useValue(limits);
  const module = await tapped(builder, tap).compile();
  const app = module.createNestApplication<NestExpressApplication>(HTTP_APP_OPTIONS);
  configureApp(app, config);
  try {
    await app.listen(config.port, '127.0.0.1');
  } catch (error) {
    await app.close();
    throw error;
  }
  return app;
}

async function insertManifest(
  { tx, event, now }: Place,
  objects: readonly SealedObject[],
): Promise<string> {
  const version = randomBytes(32).toString('hex');
  await tx.query(
    `INSERT INTO dataset_version (dataset_id, version, object_count, size_bytes, skipped, sealed_at, audit_event_id)
     VALUES ($1, $2, $3, $4, '[]', $5, $6)`,
    [
      DATASET,
      version,
      objects.length,
      objects.reduce((sum, { body }) => sum + body.length, 0),
      now,
      event,
    ],
  );
  const columns = objects.map(({ name, body, etag, sha256 }) => ({
    name,
    size: body.length,
    etag: etag ?? etagOf(body),
    sha256: sha256 === undefined ? sha256Of(body) : sha256,
  }));
  await tx.query(
    `INSERT INTO manifest_entry (dataset_id, version, name, size, etag, last_modified, sha256)
     SELECT $1, $2, x.name, x.size, x.etag, '2026-05-01T09:00:00Z', x.sha256
     FROM jsonb_to_recordset($3) AS x(name text, size bigint, etag text, sha256 text)`,
    [DATASET, version, JSON.stringify(columns)],
  );
  return version;
}

/** As S3 makes it for an object put in one piece. */
export function etagOf(body: Buffer): string {
  return `"${createHash('md5').update(body).digest('hex')}"`;
}

export function sha256Of(body: Buffer): string {
  return createHash('sha256').update(body).digest('hex');
}
