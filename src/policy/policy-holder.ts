import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import pg from 'pg';
import { Config } from '../config/config.js';
import { Clock } from '../kernel/clock.js';
import { Database } from '../platform/database/database.js';
import { PolicyRepository } from './policy.repository.js';
import { buildSnapshot, type Snapshot } from './snapshot.js';

const POLL_MS = 1_000;
const STALE_MS = 5_000;
const RECONNECT_MS = 1_000;

/**
 * The node's snapshot: read at boot, again when a publication is announced, and polled each second, for a NOTIFY may
 * never come. A snapshot nobody has confirmed for 5 seconds decides nothing.
 */
@Injectable()
export class PolicyHolder implements OnApplicationShutdown {
  private readonly log = new Logger(PolicyHolder.name);
  private snapshot: Snapshot | undefined;
  private confirmedAt = -Infinity;
  private timer: NodeJS.Timeout | undefined;
  private listener: pg.Client | undefined;
  private loading: Promise<void> | undefined;
  private isClosed = false;

  constructor(
    private readonly database: Database,
    private readonly repository: PolicyRepository,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(Config) private readonly config: Config,
  ) {}

  /** Loads the first snapshot and starts to follow the head. */
  async start(): Promise<void> {
    await this.refresh();
    await this.listen();
    this.timer = setInterval(() => void this.poll(), POLL_MS);
    this.timer.unref();
  }

  /** The snapshot, unless it is missing or was not confirmed within 5 s. */
  current(): Snapshot | undefined {
    const isFresh = this.clock.now().getTime() - this.confirmedAt <= STALE_MS;
    return isFresh ? this.snapshot : undefined;
  }

  /** Reads the head and, if it moved, the rules. Concurrent callers share one read. */
  async refresh(): Promise<void> {
    this.loading ??= this.load().finally(() => (this.loading = undefined));
    await this.loading;
  }

  async onApplicationShutdown(): Promise<void> {
    this.isClosed = true;
    clearInterval(this.timer);
    await this.listener?.end().catch(() => undefined);
  }

  private async load(): Promise<void> {
    const askedAt = this.clock.now().getTime();
    const head = await this.repository.headVersion(this.database.manager);
    if (head !== this.snapshot?.version) {
      const { version, rules } = await this.repository.openRules(this.database.manager);
      // Never backwards: an older read that arrives late must not undo a newer one.
      if (version >= (this.snapshot?.version ?? 0)) {
        this.snapshot = buildSnapshot(version, rules);
      }
    }
    this.confirmedAt = askedAt;
  }

  private async poll(): Promise<void> {
    try {
      await this.refresh();
      if (!this.listener) {
        await this.listen();
      }
    } catch (error) {
      this.log.warn({ msg: 'The policy head could not be read', error: String(error) });
    }
  }

  private async listen(): Promise<void> {
    if (this.isClosed) {
      return;
    }
    const client = new pg.Client({
      connectionString: this.config.databaseUrl,
      connectionTimeoutMillis: RECONNECT_MS,
      keepAlive: true,
      application_name: 'concordat-policy-listener',
    });
    this.listener = client;
    const drop = (): void => {
      this.listener = this.listener === client ? undefined : this.listener;
    };
    client.on('error', drop);
    client.on('end', drop);
    client.on('notification', () => void this.poll());
    try {
      await client.connect();
      await client.query('LISTEN concordat_policy');
    } catch (error) {
      drop();
      await client.end().catch(() => undefined);
      throw error;
    }
  }
}
