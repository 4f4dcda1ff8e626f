import { Inject, Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../kernel/clock.js';
import { IdFactory } from '../../kernel/ids.js';
import { Database, type Tx } from '../../platform/database/database.js';
import { AuditService } from '../audit.service.js';
import { HaltMail } from './halt-mail.js';
import type { LogHalt } from './log-halt.js';

/** A halt that nobody has resumed. */
export interface OpenHalt {
  readonly id: string;
  readonly code: string;
  readonly detail: string;
  readonly haltedAt: Date;
}

/** The places from `from` to before `to`; `stubs` of them are events without fields. */
export interface RecoveredPlaces {
  readonly from: bigint;
  readonly to: bigint;
  readonly stubs: number;
}

/** Halts of the log: each stays until an operator resumes it, and both are events. */
@Injectable()
export class LogHalts {
  private readonly log = new Logger(LogHalts.name);

  constructor(
    private readonly database: Database,
    private readonly audit: AuditService,
    private readonly mail: HaltMail,
    @Inject(IdFactory) private readonly ids: IdFactory,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  async open(tx: Tx = this.database.manager): Promise<OpenHalt | undefined> {
    const [halt] = await tx.query<OpenHalt[]>(
      `SELECT id, code, detail, halted_at AS "haltedAt" FROM log_halt WHERE resumed_at IS NULL`,
    );
    return halt;
  }

  /** Stops the log, whoever finds the reason first. */
  async halt(reason: LogHalt): Promise<void> {
    const { code, detail } = reason;
    this.log.error({ msg: 'The log is halted: nothing is signed', code, detail });
    await this.database.transaction(async (tx) => {
      if (await this.open(tx)) {
        return;
      }
      const id = this.ids.next();
      const eventId = await this.record(tx, 'log.halted', code);
      await tx.query(
        `INSERT INTO log_halt (id, code, detail, halted_at, audit_event_id) VALUES ($1, $2, $3, $4, $5)`,
        [id, code, detail, this.clock.now(), eventId],
      );
      await this.mail.tell(tx, id, reason);
    });
  }

  /** @returns the halt that is over, or undefined when there was none. */
  async resume(): Promise<OpenHalt | undefined> {
    return this.database.transaction((tx) => this.end(tx));
  }

  /** The same without its reason being gone: what was found stays, and is no reason to halt again. */
  async accept(): Promise<OpenHalt | undefined> {
    return this.database.transaction(async (tx) => {
      const halt = await this.end(tx, ['accepted']);
      await tx.query('UPDATE log_halt SET is_accepted = true WHERE id = $1', [halt?.id ?? null]);
      return halt;
    });
  }

  /** A restored database has every published place again: says so, and lets the log go on. */
  async recovered(tx: Tx, { from, to, stubs }: RecoveredPlaces): Promise<void> {
    await this.audit.record(tx, 'log.recovered', {
      actorKind: 'broker',
      organisationIds: [],
      targetType: 'log',
      range: `${from.toString()}-${(to - 1n).toString()}`,
      count: stubs,
    });
    await this.end(tx);
  }

  private async end(tx: Tx, more: readonly string[] = []): Promise<OpenHalt | undefined> {
    const halt = await this.open(tx);
    if (halt) {
      const eventId = await this.record(tx, 'log.resumed', halt.code, more);
      await tx.query('UPDATE log_halt SET resumed_at = $1, resumed_event_id = $2 WHERE id = $3', [
        this.clock.now(),
        eventId,
        halt.id,
      ]);
    }
    return halt;
  }

  private record(
    tx: Tx,
    type: 'log.halted' | 'log.resumed',
    code: string,
    more: readonly string[] = [],
  ): Promise<string> {
    return this.audit.record(tx, type, {
      actorKind: 'broker',
      organisationIds: [],
      targetType: 'log',
      reasonCodes: [code, ...more],
    });
  }
}
