import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { waitFor } from '../../sandbox/processes/wait-for.js';
import { startProvider, type SandboxProvider } from '../../sandbox/provider/provider.js';
import { HarvestSources } from '../../src/catalogue/harvest/harvest-sources.service.js';
import { migrateJobs } from '../../src/platform/jobs/daily-job.js';
import { aPackage } from '../support/ckan-packages.js';
import { killConcordat, startConcordat, type ProcessGround } from '../support/concordat-process.js';
import { OWNER, dataWorld, type DataWorld } from '../support/data-world.js';
import { freeOrigin } from '../support/sign-in-app.js';
import { startSourceCatalogue, type SourceCatalogue } from '../support/source-catalogue.js';

const OIDC = { clientId: 'concordat', clientSecret: 'a-long-enough-client-secret' } as const;
const DONE_MS = 60_000;
const [RECORDS, ROWS] = [25, 10];

describe('a worker that is killed while it reads another catalogue', () => {
  let folder: string;
  let world: DataWorld;
  let source: SourceCatalogue;
  let provider: SandboxProvider;
  let superuser: pg.Client;
  let holder: pg.Client;
  let ground: ProcessGround;
  const workers: ChildProcess[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'concordat-harvest-'));
    const [kek, publicUrl] = [randomBytes(32), await freeOrigin()];
    provider = await startProvider({ port: 0, stateDir: folder, publicUrl, personas: [], ...OIDC });
    world = await dataWorld({ kek });
    await migrateJobs(world.db.urlFor('concordat_owner'));
    source = await startSourceCatalogue();
    [superuser, holder] = [0, 1].map(() => new pg.Client(world.db.urlFor('postgres'))) as [
      pg.Client,
      pg.Client,
    ];
    await Promise.all([superuser.connect(), holder.connect()]);
    const oidc = { issuer: provider.issuer, ...OIDC };
    ground = { db: world.db, kek, logKey: randomBytes(32), publicUrl, oidc, folder };
  }, 120_000);
  afterAll(async () => {
    await Promise.all(workers.map(killConcordat));
    await Promise.all([superuser.end(), holder.end()]);
    await source.close();
    await world.close();
    await provider.close();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  const count = async (from: string): Promise<number> => {
    const { rows } = await superuser.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM ${from}`,
    );
    return rows[0]?.count ?? -1;
  };
  const taken = (): Promise<number> => count('dataset WHERE origin_source_id IS NOT NULL');
  function start(): ChildProcess {
    const worker = startConcordat(['worker'], ground);
    workers.push(worker);
    return worker;
  }

  it('has taken whole pages in, and the next one goes on with the page that it was in', async () => {
    Array.from({ length: RECORDS }, (_, at) => aPackage(at + 1)).forEach((one) => {
      source.put(one);
    });
    source.maxRows = ROWS;
    // The second page is answered once nobody can write an event.
    source.misbehave = (request, response) => {
      if (request.url?.includes('start=10') !== true) {
        return false;
      }
      source.misbehave = undefined;
      void holder.query('BEGIN; LOCK TABLE audit_event IN EXCLUSIVE MODE').then(() => {
        source.answer(request, response);
      });
      return true;
    };
    await world.app.get(HarvestSources).register(world.as(OWNER), {
      ...{ organisationId: OWNER, name: 'Portal', format: 'ckan', url: source.url },
      ...{ everyHours: 24, visibility: 'public' },
    });
    const killed = start();
    await waitFor('The worker to be in the middle of a page', DONE_MS, async () => {
      const waiting = `pg_locks WHERE NOT granted AND relation = 'audit_event'::regclass`;
      return source.misbehave === undefined && (await count(waiting)) > 0;
    });
    await killConcordat(killed);
    await holder.query('COMMIT');
    await waitFor('Its sessions to be over', DONE_MS, async () => {
      const others = `pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'`;
      return (await count(others)) === 0;
    });
    expect(await taken()).toBe(ROWS);
    expect(await count('harvest_run WHERE ended_at IS NULL AND pages = 1')).toBe(1);

    source.asked.length = 0;
    // As if its claim had grown old.
    await superuser.query('UPDATE harvest_source SET due_at = now()');
    start();
    await waitFor('The next worker to finish', DONE_MS, async () => {
      return (await count(`harvest_run WHERE outcome = 'completed'`)) === 1;
    });
    expect(source.asked.map((path) => /start=(\d+)/.exec(path)?.[1])).toEqual(['10', '20']);
    expect(await taken()).toBe(RECORDS);
    const registered = `audit_event WHERE type = 'dataset.registered'`;
    expect(await count(registered)).toBe(RECORDS);
    expect(await count(`harvest_run WHERE added = ${String(RECORDS)} AND vanished = 0`)).toBe(1);
    expect(await count('harvest_seen')).toBe(0);
  }, 180_000);
});
