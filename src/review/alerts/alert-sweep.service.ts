import { Inject, Injectable } from '@nestjs/common';
import { Config } from '../../config/config.js';
import { Clock } from '../../kernel/clock.js';
import { addDays, londonDay } from '../../kernel/london-day.js';
import { Database, type Tx } from '../../platform/database/database.js';
import { AlertRaising } from './alert-raising.service.js';
import { AlertSourcesRepository, type Places } from './alert-sources.repository.js';
import type { Finding } from './alert.types.js';
import { judgeRefusals } from './refusals.rules.js';
import { addUp } from './uses.rules.js';
import { judgeHours, judgeVolume, PAST_DAYS } from './volume.rules.js';

/** Places of the log in one transaction. */
export const ALERT_BATCH = 1_000;
/** Longer than any past, for what comes late. */
const KEPT_DAYS = PAST_DAYS * 2;

/**
 * Looks at each event once it has its place in the log: by place, and so in an order in which nothing comes in between. What was
 * added up, the alerts with their events, and how far it was read commit together, a batch at a time.
 */
@Injectable()
export class AlertSweep {
  constructor(
    private readonly database: Database,
    private readonly sources: AlertSourcesRepository,
    private readonly raising: AlertRaising,
    @Inject(Config) private readonly config: Config,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** To the end of the log. @returns how many alerts were raised. */
  async sweep(signal?: AbortSignal): Promise<number> {
    let raised = 0;
    let more = true;
    while (more && signal?.aborted !== true) {
      const batch = await this.database.transaction((tx) => this.readNext(tx));
      raised += batch?.raised ?? 0;
      more = batch?.isFull ?? false;
    }
    return raised;
  }

  private async readNext(
    tx: Tx,
  ): Promise<{ readonly raised: number; readonly isFull: boolean } | undefined> {
    const places = await this.sources.take(tx, ALERT_BATCH);
    if (!places) {
      return undefined;
    }
    const findings = [
      ...(await this.judgeUses(tx, places)),
      ...(await this.judgeRefusals(tx, places)),
    ];
    const raised = await this.raising.raise(tx, findings);
    await this.sources.leave(tx, places);
    return { raised, isFull: BigInt(places.to) - BigInt(places.from) === BigInt(ALERT_BATCH) };
  }

  private async judgeUses(tx: Tx, places: Places): Promise<readonly Finding[]> {
    const { hours, limits } = this.config.alerts;
    const added = addUp(await this.sources.uses(tx, places), hours);
    if (added.length === 0) {
      return [];
    }
    await this.sources.add(tx, added);
    await this.sources.forget(tx, addDays(londonDay(this.clock.now()), -KEPT_DAYS));
    const findings: Finding[] = [];
    for (const [day, uses] of Map.groupBy(added, (use) => use.day)) {
      const grantIds = uses.map(({ grantId }) => grantId);
      const days = await this.sources.volumes(tx, grantIds, day);
      findings.push(...judgeVolume(days, day, limits), ...judgeHours(days, day));
    }
    return findings;
  }

  private async judgeRefusals(tx: Tx, places: Places): Promise<readonly Finding[]> {
    const refusals = await this.sources.refusals(tx, places);
    return judgeRefusals(refusals, this.config.alerts.limits.refusals);
  }
}
