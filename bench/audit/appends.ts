import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import type pg from 'pg';
import { waitFor } from '../../sandbox/processes/wait-for.js';
import type { RunningSandbox } from '../../sandbox/sandbox.js';
import { readState } from '../../sandbox/state/state.js';
import { AuditService } from '../../src/audit/audit.service.js';
import type { Config } from '../../src/config/config.js';
import { systemClock } from '../../src/kernel/clock.js';
import { uuidV7Factory } from '../../src/kernel/ids.js';
import { dataSourceOptions } from '../../src/platform/database/data-source.js';
import { Database } from '../../src/platform/database/database.js';
import { SubjectKeys } from '../../src/platform/secrets/subject-keys.js';

const LIMIT_MS = 120_000;

/** The broker's way of writing an event, in a process that does nothing else. */
export class Appends {
  private readonly database: Database;

  private constructor(
    private readonly dataSource: DataSource,
    private readonly audit: AuditService,
    private readonly keys: SubjectKeys,
    private readonly personId: string,
  ) {
    this.database = new Database(dataSource);
  }

  static async open(sandbox: RunningSandbox, clients: number): Promise<Appends> {
    const state = await readState(sandbox.folder);
    const secrets = sandbox.adminDatabaseUrl.replace(/\/concordat$/, '/concordat_secrets');
    const keys = new SubjectKeys({
      kek: Buffer.from(state?.kek ?? '', 'base64'),
      secretsDatabaseUrl: secrets,
    } as Config);
    const dataSource = new DataSource(dataSourceOptions(sandbox.databaseUrl, clients));
    await dataSource.initialize();
    const [person] = await dataSource.query<{ id: string }[]>('SELECT id FROM person LIMIT 1');
    const audit = new AuditService(systemClock, uuidV7Factory(systemClock), keys);
    return new Appends(dataSource, audit, keys, person?.id ?? '');
  }

  /**
   * Commits events, each in a transaction of its own, so many at a time, until the worker has given each its place.
   * @returns events a second.
   */
  async run(admin: pg.Client, events: number, clients: number): Promise<number> {
    const before = await placed(admin);
    const startedAt = performance.now();
    let left = events;
    const work = async (): Promise<void> => {
      while (left > 0) {
        left -= 1;
        await this.append();
      }
    };
    await Promise.all(Array.from({ length: clients }, work));
    await waitFor('The place of every event', LIMIT_MS, async () => {
      return (await placed(admin)) >= before + events;
    });
    return events / ((performance.now() - startedAt) / 1000);
  }

  async close(): Promise<void> {
    await this.dataSource.destroy();
    await this.keys.onApplicationShutdown();
  }

  private append(): Promise<string> {
    return this.database.transaction((tx) =>
      this.audit.record(tx, 'object.listed', {
        actorPersonId: this.personId,
        actorOrganisationId: randomUUID(),
        organisationIds: [randomUUID()],
        datasetId: randomUUID(),
        agreementId: randomUUID(),
        grantId: randomUUID(),
        decisionId: randomUUID(),
        delivery: 'stream',
        bytes: 0,
      }),
    );
  }
}

async function placed(admin: pg.Client): Promise<number> {
  const { rows } = await admin.query<{ size: string }>('SELECT size FROM log_state');
  return Number(rows[0]?.size ?? 0);
}
