import { Injectable, Module, type OnModuleInit } from '@nestjs/common';
import { Database } from '../platform/database/database.js';
import { Metrics } from '../platform/telemetry/metrics.js';

/** name, help, and what answers it; no row before there is something to say. */
const GAUGES = [
  [
    'concordat_log_size',
    'Events that have a place in the log',
    'SELECT coalesce(max(idx) + 1, 0) AS value FROM log_leaf',
  ],
  [
    'concordat_log_published_size',
    'Events that the last noted checkpoint covers',
    'SELECT published_size AS value FROM log_state',
  ],
  [
    'concordat_log_pending',
    'Events that wait for their place',
    'SELECT count(*) AS value FROM audit_pending',
  ],
  [
    'concordat_log_age_seconds',
    'How old what is published is; grants stop at 900',
    'SELECT extract(epoch FROM now() - published_at) AS value FROM log_state',
  ],
  [
    'concordat_log_verified_age_seconds',
    'How long ago the whole log was last found to be what the database has',
    `SELECT extract(epoch FROM now() - occurred_at) AS value FROM audit_event
     WHERE type = 'log.verified' ORDER BY occurred_at DESC, id DESC LIMIT 1`,
  ],
  [
    'concordat_log_halted',
    '1 while the log is halted',
    'SELECT count(*) AS value FROM log_halt WHERE resumed_at IS NULL',
  ],
] as const;

/** How the public log is, for the operator's alarms. */
@Injectable()
class LogGauges implements OnModuleInit {
  constructor(
    private readonly metrics: Metrics,
    private readonly database: Database,
  ) {}

  onModuleInit(): void {
    for (const [name, help, sql] of GAUGES) {
      this.metrics.gauge(name, help, () => this.value(sql));
    }
  }

  private async value(sql: string): Promise<number> {
    const [row] = await this.database.manager.query<{ value: string }[]>(sql);
    if (!row) {
      throw new Error('There is nothing of it yet');
    }
    return Number(row.value);
  }
}

@Module({ providers: [LogGauges] })
export class LogGaugesModule {}
