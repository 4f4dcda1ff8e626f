import type { ChildProcess } from 'node:child_process';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import pg from 'pg';
import { waitFor } from '../../sandbox/processes/wait-for.js';
import { startProvider, type SandboxProvider } from '../../sandbox/provider/provider.js';
import { AuditService } from '../../src/audit/audit.service.js';
import { systemClock } from '../../src/kernel/clock.js';
import { migrateJobs } from '../../src/platform/jobs/daily-job.js';
import { ExportDownloads } from '../../src/review/exports/export-downloads.service.js';
import { AT_ONCE } from '../../src/review/exports/export-limits.js';
import { Exports } from '../../src/review/exports/exports.service.js';
import type { ExportFormat, ExportView } from '../../src/review/exports/export.types.js';
import {
  killConcordat,
  runConcordat,
  startConcordat,
  type ProcessGround,
} from '../support/concordat-process.js';
import { PARTY, reviewWorld, type ReviewWorld } from '../support/review-world.js';
import { freeOrigin } from '../support/sign-in-app.js';

const CLIENT = { clientId: 'concordat', clientSecret: 'a-long-enough-client-secret' } as const;
const DONE_MS = 30_000;
/** More than are made while somebody waits, and more than two parts of any format. */
const EVENTS = AT_ONCE + 200;
/** Two parts of the file are there for good, and the third is on its way. */
const PART = 2;
const TRACE = '0'.repeat(32);

describe('a worker that is killed while it makes a large export', () => {
  let world: ReviewWorld;
  let ground: ProcessGround;
  let provider: SandboxProvider;
  let superuser: pg.Client;
  let holder: pg.Client;
  const workers: ChildProcess[] = [];

  beforeAll(async () => {
    world = await reviewWorld();
    // The workers go by the real time.
    world.clock.add(systemClock.now().getTime() - world.clock.now().getTime());
    await migrateJobs(world.db.urlFor('concordat_owner'));
    const folder = mkdtempSync(join(tmpdir(), 'concordat-export-'));
    const publicUrl = await freeOrigin();
    provider = await startProvider({
      ...{ port: 0, stateDir: folder, publicUrl, personas: [] },
      ...CLIENT,
    });
    ground = {
      db: world.db,
      kek: world.config.kek,
      logKey: randomBytes(32),
      publicUrl,
      oidc: { issuer: provider.issuer, ...CLIENT },
      folder,
    };
    [superuser, holder] = [0, 1].map(() => new pg.Client(world.db.urlFor('postgres'))) as [
      pg.Client,
      pg.Client,
    ];
    await Promise.all([superuser.connect(), holder.connect()]);
    await superuser.query(
      `CREATE FUNCTION wait_here() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN PERFORM pg_advisory_xact_lock(4711); RETURN NULL; END $$;
       CREATE TRIGGER waits AFTER INSERT ON audit_export_chunk FOR EACH ROW WHEN (NEW.n = ${String(PART)})
       EXECUTE FUNCTION wait_here()`,
    );
    const inputs = Array.from({ length: EVENTS }, (_, n) => ({
      actorKind: 'person' as const,
      actorPersonId: PARTY.owner,
      actorOrganisationId: PARTY.id,
      organisationIds: [PARTY.id],
      reasonText: `The ${String(n)}th time, for reasons that are told at some length: ${'because '.repeat(20)}`,
    }));
    await world.database.transaction((tx) =>
      world.app.get(AuditService).recordAll(tx, 'store.suspended', inputs),
    );
  }, 60_000);

  afterAll(async () => {
    await Promise.all(workers.map(killConcordat));
    await Promise.all([superuser.end(), holder.end()]);
    await world.close();
    await provider.close();
    rmSync(ground.folder, { recursive: true, force: true });
  });

  const one = async <T extends object>(
    sql: string,
    params: readonly unknown[] = [],
  ): Promise<T> => {
    const { rows } = await superuser.query<T>(sql, [...params]);
    return rows[0] as T;
  };
  const view = (id: string): Promise<ExportView> =>
    world.app.get(Exports).get(world.as(PARTY.officer), id);
  const exported = async (id: string): Promise<number> => {
    const { count } = await one<{ count: number }>(
      `SELECT count(*)::int AS count FROM audit_event WHERE type = 'audit.exported' AND reason_codes @> ARRAY[$1]`,
      [`exportId=${id}`],
    );
    return count;
  };
  const startWorker = (): ChildProcess => {
    const child = startConcordat(['worker'], ground);
    workers.push(child);
    return child;
  };
  async function ask(format: ExportFormat): Promise<ExportView> {
    const question = { format, type: ['store.suspended'] };
    const call = { key: randomUUID(), traceId: TRACE };
    const asked = await world.app.get(Exports).create(world.as(PARTY.officer), question, call);
    expect(asked).toMatchObject({ status: 'queued', count: EVENTS, written: 0 });
    return asked;
  }
  /** Until a worker is in the middle of the third part. */
  async function killWhoMakesIt(): Promise<void> {
    await waitFor('A worker in the middle of it', DONE_MS, async () => {
      const { waits } = await one<{ waits: boolean }>(
        `SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = 4711 AND NOT granted) AS waits`,
      );
      return waits;
    });
    await Promise.all(workers.splice(0).map(killConcordat));
  }
  async function fetched(id: string): Promise<Buffer> {
    const download = await world.app.get(ExportDownloads).fetch(world.as(PARTY.officer), id, TRACE);
    const bytes = Buffer.concat((await Readable.from(download.parts).toArray()) as Buffer[]);
    expect(bytes).toHaveLength(download.bytes);
    expect(createHash('sha256').update(bytes).digest()).toEqual(download.sha256);
    return bytes;
  }

  const whole: Readonly<Record<ExportFormat, (bytes: Buffer) => Promise<void>>> = {
    csv: () => Promise.reject(new Error('Not asked for')),
    jsonl: (bytes) => {
      const lines = bytes.toString('utf8').trimEnd().split('\n');
      const ids = lines.map((line) => (JSON.parse(line) as { id?: string }).id);
      expect(lines).toHaveLength(EVENTS + 1);
      expect(new Set(ids).size).toBe(EVENTS + 1);
      return Promise.resolve();
    },
    pack: async (bytes) => {
      const file = join(ground.folder, 'pack.zip');
      writeFileSync(file, bytes);
      const vkey = readFileSync(join(ground.folder, 'log/vkey'), 'utf8').trim();
      const ran = await runConcordat(['verify', 'pack', file, '--vkey', vkey], ground);
      expect(ran).toMatchObject({
        code: 0,
        out: expect.stringContaining(String(EVENTS)) as string,
      });
    },
  };

  it.each(['jsonl', 'pack'] as const)(
    'leaves nothing half-done: a %s is made again from its beginning, whole, and audited once',
    async (format) => {
      await holder.query('BEGIN; SELECT pg_advisory_xact_lock(4711)');
      const { id } = await ask(format);
      startWorker();
      await killWhoMakesIt();
      const half = await view(id);
      expect(half).toMatchObject({ status: 'running', sha256: null });
      expect(half.written).toBeLessThan(EVENTS);
      await expect(fetched(id)).rejects.toMatchObject({ code: 'export_not_ready' });
      // The next worker finds it once the dead one's claim has run out, which this one has not waited for.
      await holder.query('COMMIT');
      await superuser.query('UPDATE audit_export SET due_at = now() WHERE id = $1', [id]);
      startWorker();
      await waitFor('The export', DONE_MS, async () => (await view(id)).status === 'ready');
      expect(await view(id)).toMatchObject({ written: EVENTS, progress: 1, reason: null });
      const row = await one(
        `SELECT x.attempts, x.chunks - (SELECT count(*) FROM audit_export_chunk c WHERE c.export_id = x.id)::int AS lacks,
           (SELECT max(n) FROM audit_export_chunk c WHERE c.export_id = x.id) - x.chunks + 1 AS more
         FROM audit_export x WHERE x.id = $1`,
        [id],
      );
      expect(row).toEqual({ attempts: 2, lacks: 0, more: 0 });
      expect(await exported(id)).toBe(1);
      await whole[format](await fetched(id));
      expect(await exported(id)).toBe(2);
    },
    2 * DONE_MS,
  );
});
