import { Injectable, Module, type OnModuleInit } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import { Metrics } from '../../platform/telemetry/metrics.js';

const OPEN = `SELECT count(*) AS value FROM audit_alert WHERE status = 'open'`;
const BEHIND = `SELECT (SELECT coalesce(max(idx) + 1, 0) FROM log_leaf) - next_idx AS value FROM audit_alert_cursor`;

/** How the alerts are, for the operator's alarms: a sweep that stands still raises none. */
@Injectable()
class AlertGauges implements OnModuleInit {
  constructor(
    private readonly metrics: Metrics,
    private readonly database: Database,
  ) {}

  onModuleInit(): void {
    const read = (sql: string) => () => this.value(sql);
    this.metrics.gauge('concordat_alerts_open', 'Alerts that nobody has closed', read(OPEN));
    this.metrics.gauge(
      'concordat_alerts_behind',
      'Events with a place in the log that were not looked at for alerts',
      read(BEHIND),
    );
  }

  private async value(sql: string): Promise<number> {
    const [row] = await this.database.manager.query<{ value: string }[]>(sql);
    return Number(row?.value);
  }
}

@Module({ providers: [AlertGauges] })
export class AlertGaugesModule {}
