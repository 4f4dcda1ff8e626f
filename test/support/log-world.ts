import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WorkerConfig } from '../../src/config/config.js';
import { LogParts } from '../../src/audit/publisher/log-parts.js';
import { systemClock } from '../../src/kernel/clock.js';
import { testConfig } from './config.js';
import { testDatabase, type TestDatabase } from './database.js';
import { HandClock } from './hand-clock.js';

/** A database with events, a folder with the log and another with its head, and what makes the one of the other. */
export interface LogWorld {
  readonly db: TestDatabase;
  readonly clock: HandClock;
  readonly config: WorkerConfig;
  readonly parts: LogParts;
  /** The folder of the tiles. */
  readonly tiles: string;
  /** More of what makes the log, as on another machine. */
  moreParts(overrides?: Partial<WorkerConfig>): LogParts;
  /** Commits events that nobody has placed yet. */
  write(count: number): Promise<void>;
  /** Places everything. */
  sequence(): Promise<void>;
  close(): Promise<void>;
}

export async function logWorld(): Promise<LogWorld> {
  const db = await testDatabase();
  const clock = new HandClock(systemClock.now());
  const folder = mkdtempSync(join(tmpdir(), 'concordat-log-'));
  const config: WorkerConfig = {
    ...testConfig({
      log: { origin: 'concordat.test/log', tiles: { kind: 'disk', path: join(folder, 'log') } },
    }),
    sequencerDatabaseUrl: db.urlFor('concordat_sequencer'),
    publisherDatabaseUrl: db.urlFor('concordat_publisher'),
    eraserDatabaseUrl: db.urlFor('concordat_eraser'),
    logHead: { kind: 'disk', path: join(folder, 'head') },
    logKeys: [randomBytes(32)],
  };
  const opened: LogParts[] = [];
  const moreParts = (overrides: Partial<WorkerConfig> = {}): LogParts => {
    const parts = new LogParts({ ...config, ...overrides }, clock);
    opened.push(parts);
    return parts;
  };
  const parts = moreParts();
  return {
    db,
    clock,
    config,
    parts,
    tiles: join(folder, 'log'),
    moreParts,
    write: (count) => writeEvents(db, count),
    sequence: async () => {
      let placed = 1;
      while (placed > 0) {
        placed = await parts.sequencer.sequence();
      }
    },
    close: async () => {
      await Promise.all(opened.map((one) => one.close()));
      rmSync(folder, { recursive: true, force: true });
      await db.close();
    },
  };
}

/** Events as the application's role writes them, each with a leaf of its own. */
export async function writeEvents({ dataSource }: TestDatabase, count: number): Promise<void> {
  await dataSource.query(
    `INSERT INTO audit_event (id, type, occurred_at, outcome, person_ids, organisation_ids, reason_codes, leaf, digests)
     SELECT gen_random_uuid(), 'grant.issued', now(), 'success', '{}', '{}', '{}',
       convert_to('{"c":"' || rpad(replace(replace(encode(sha256(convert_to(gen_random_uuid()::text, 'UTF8')), 'base64'),
         '+', '-'), '/', '_'), 43, 'A') || '","k":"grant.issued","t":1795444800,"v":1}', 'UTF8'), sha256('')
     FROM generate_series(1, $1)`,
    [count],
  );
}
