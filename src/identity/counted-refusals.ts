import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { AuditService } from '../audit/audit.service.js';
import { Database } from '../platform/database/database.js';
import { BROKER_ACTOR } from './actor.js';

export type CountedType = 'auth.sign-in-failed' | 'auth.token-rejected' | 'access.denied';

const FLUSH_MS = 60_000;
/** Distinct (type, reason, route) triples in one minute; a route is a pattern, so there are few. */
const MAX_COUNTERS = 1_000;

interface Counter {
  readonly type: CountedType;
  readonly reason: string;
  readonly route: string;
  count: number;
}

/**
 * Refusals of callers nobody knows, and every 429: counted, one event per type, reason, route and minute (R5.3), so that a
 * flood of them cannot flood the log.
 */
@Injectable()
export class CountedRefusals implements OnModuleInit, OnApplicationShutdown {
  private readonly log = new Logger(CountedRefusals.name);
  private counters = new Map<string, Counter>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly database: Database,
    private readonly audit: AuditService,
  ) {}

  onModuleInit(): void {
    this.timer = setInterval(() => void this.flush(), FLUSH_MS);
    this.timer.unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.flush();
  }

  count(type: CountedType, reason: string, route: string): void {
    const key = `${type}\0${reason}\0${route}`;
    const counter = this.counters.get(key);
    if (counter) {
      counter.count += 1;
    } else if (this.counters.size < MAX_COUNTERS) {
      this.counters.set(key, { type, reason, route, count: 1 });
    }
  }

  /** Writes what was counted. What cannot be written is kept for the next time. */
  async flush(): Promise<void> {
    const due = [...this.counters.values()];
    this.counters = new Map();
    try {
      await this.database.transaction(async (tx) => {
        for (const { type, reason, route, count } of due) {
          await this.audit.record(tx, type, {
            ...BROKER_ACTOR,
            organisationIds: [],
            outcome: 'refused',
            reasonCodes: [reason],
            route,
            count,
          });
        }
      });
    } catch (error) {
      this.log.error({ msg: 'counted refusals not written', err: error });
      due.forEach(({ type, reason, route, count }) => {
        this.count(type, reason, route);
        const counter = this.counters.get(`${type}\0${reason}\0${route}`);
        if (counter) {
          counter.count += count - 1;
        }
      });
    }
  }
}
