import {
  Inject,
  Injectable,
  Logger,
  Module,
  type BeforeApplicationShutdown,
  type DynamicModule,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { WorkerConfig } from '../config/config.js';
import { Clock } from '../kernel/clock.js';
import type { LoginSession, Session } from '../platform/database/login-session.js';
import { RepeatedJob } from '../platform/jobs/repeated-job.js';
import { ConditionsIgnored } from '../platform/object-folder/prove-conditions.js';
import { LogCheckJob } from './check/log-check.job.js';
import { LogCheck } from './check/log-check.service.js';
import { TrailCheck } from './check/trail-check.service.js';
import { HaltMail } from './publisher/halt-mail.js';
import { LogHalt } from './publisher/log-halt.js';
import { LogHalts } from './publisher/log-halts.service.js';
import { LogParts } from './publisher/log-parts.js';
import { LogRecovery } from './publisher/log-recovery.service.js';
import { LogStubs } from './publisher/log-stubs.service.js';
import { BATCH } from './sequencer/sequencer.js';

const SEQUENCE_MS = 100;
const PUBLISH_MS = 1_000;
const PARTIALS_MS = 600_000;
/** So that several workers do the work once; the fences are the row lock and the compare-and-swap. */
const LOCKS = { sequencer: 7_190_101, publisher: 7_190_102, partials: 7_190_104 } as const;

const PARTS = [
  HaltMail,
  LogCheck,
  LogHalts,
  LogRecovery,
  LogStubs,
  TrailCheck,
  {
    provide: LogParts,
    inject: [WorkerConfig, Clock],
    useFactory: (config: WorkerConfig, clock: Clock) => new LogParts(config, clock),
  },
];

/** Sequences and publishes until the worker stops; a halt stops both, on every worker. */
@Injectable()
class LogJobs implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log = new Logger(LogJobs.name);
  private readonly jobs: readonly RepeatedJob[];
  private readonly leading = new WeakSet<Session>();

  constructor(
    @Inject(LogParts) private readonly parts: LogParts,
    private readonly halts: LogHalts,
  ) {
    const { sequencerSession, publisherSession, partialsSession } = parts;
    this.jobs = [
      new RepeatedJob('sequencer_failed', SEQUENCE_MS, (signal) =>
        this.lead(sequencerSession, LOCKS.sequencer, () => this.sequence(signal)),
      ),
      new RepeatedJob('publisher_failed', PUBLISH_MS, () =>
        this.lead(publisherSession, LOCKS.publisher, () => this.publish()),
      ),
      new RepeatedJob('partial_tiles_failed', PARTIALS_MS, (signal) =>
        this.lead(partialsSession, LOCKS.partials, () => parts.partials.remove(signal)),
      ),
    ];
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.requireConditions();
    for (const job of this.jobs) {
      job.start();
    }
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(this.jobs.map((job) => job.stop()));
    await this.parts.close();
  }

  /** A place that ignores conditions stops the boot; one that is away just now may come back. */
  private async requireConditions(): Promise<void> {
    try {
      await this.parts.proveFolders();
    } catch (error) {
      if (error instanceof ConditionsIgnored) {
        throw error;
      }
      this.log.error({ msg: 'The log cannot be stored', code: 'log_not_stored', err: error });
    }
  }

  private async publish(): Promise<void> {
    await this.parts.proveFolders();
    await this.parts.publisher.publish();
  }

  private async sequence(signal: AbortSignal): Promise<void> {
    // One look costs a fifth of a transaction, and most of the time nothing waits.
    let placed = (await this.parts.sequencerSession.use(hasPending)) ? BATCH : 0;
    while (placed === BATCH && !signal.aborted) {
      placed = await this.parts.sequencer.sequence();
    }
  }

  private async lead(
    session: LoginSession,
    lock: number,
    work: () => Promise<unknown>,
  ): Promise<void> {
    try {
      if (await session.use((connection) => this.mayLead(connection, lock))) {
        await work();
      }
    } catch (error) {
      if (!(error instanceof LogHalt)) {
        throw error;
      }
      await this.halts.halt(error);
    }
  }

  private async mayLead(session: Session, lock: number): Promise<boolean> {
    const { rows } = await session.query<{ isOpen: boolean }>(
      'SELECT EXISTS (SELECT FROM log_halt WHERE resumed_at IS NULL) AS "isOpen"',
    );
    if (rows[0]?.isOpen !== false) {
      return false;
    }
    if (!this.leading.has(session)) {
      const { rows: locks } = await session.query<{ has: boolean }>(
        'SELECT pg_try_advisory_lock($1) AS has',
        [lock],
      );
      if (locks[0]?.has !== true) {
        return false;
      }
      this.leading.add(session);
    }
    return true;
  }
}

async function hasPending(session: Session): Promise<boolean> {
  const { rows } = await session.query<{ waits: boolean }>(
    'SELECT EXISTS (SELECT FROM audit_pending) AS waits',
  );
  return rows[0]?.waits !== false;
}

/** For the worker alone: what makes the log. */
@Module({ providers: [...PARTS, LogJobs, LogCheckJob] })
export class AuditJobsModule {
  /** The same without its clockwork, for `concordat log`. */
  static parts(): DynamicModule {
    return {
      module: LogPartsModule,
      providers: PARTS,
      exports: [LogCheck, LogHalts, LogParts, LogRecovery],
    };
  }
}

@Module({})
class LogPartsModule {}
