import { Inject, Injectable, Logger } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import { Cascade } from '../../cascade/cascade.service.js';
import { Clock } from '../../kernel/clock.js';
import { londonDay } from '../../kernel/london-day.js';
import { Database, type Tx } from '../../platform/database/database.js';
import { tryLock } from '../../platform/database/locks.js';
import { AgreementsRepository } from '../agreements.repository.js';
import { brokerEvent } from '../lifecycle/agreement-gate.js';
import { moveVersion } from '../lifecycle/version-lifecycle.rules.js';
import { lastDayOverdueOn } from './review-date.rules.js';
import type { VersionKey } from '../versions/versions.repository.js';
import { ReviewDatesRepository } from './review-dates.repository.js';

const AT_ONCE = 100;

/** Suspends what nobody reviewed for 30 days after it was due, with every grant under it (R3.19). */
@Injectable()
export class OverdueReviews {
  private readonly log = new Logger(OverdueReviews.name);

  // eslint-disable-next-line max-params -- rows, events and cascade, and the clock
  constructor(
    private readonly database: Database,
    private readonly repository: AgreementsRepository,
    private readonly reviewDates: ReviewDatesRepository,
    private readonly cascade: Cascade,
    private readonly audit: AuditService,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** One transaction per version; one that fails is logged and stops no other. @returns how many it suspended. */
  async sweep(): Promise<number> {
    const lastDay = lastDayOverdueOn(londonDay(this.clock.now()));
    const { manager } = this.database;
    let suspended = 0;
    for (const { id, version } of await this.reviewDates.findOverdue(manager, lastDay, AT_ONCE)) {
      suspended += (await this.trySuspend(id, version, lastDay)) ? 1 : 0;
    }
    return suspended;
  }

  private async trySuspend(id: string, version: number, lastDay: string): Promise<boolean> {
    try {
      return await this.suspend(id, version, lastDay);
    } catch (error) {
      const code = 'review_suspension_failed';
      this.log.error({ msg: 'A suspension failed', code, id, version, err: error });
      return false;
    }
  }

  private async suspend(id: string, version: number, lastDay: string): Promise<boolean> {
    return this.database.transaction(async (tx) => {
      if (!(await tryLock(tx, { kind: 'agreement', id }))) {
        return false;
      }
      return this.suspendIfDue(tx, { id, version }, lastDay);
    });
  }

  /** The caller holds the agreement's lock. @param lastDay see `lastDayOverdueOn`. @returns false when nothing changed. */
  async suspendIfDue(tx: Tx, { id, version }: VersionKey, lastDay: string): Promise<boolean> {
    const agreement = await this.repository.find(tx, id, version);
    const isDue = await this.reviewDates.isOverdue(tx, { id, version }, lastDay);
    if (agreement?.status !== 'active' || !isDue) {
      return false;
    }
    const auditEventId = await this.audit.record(tx, 'agreement.suspended', {
      ...brokerEvent(agreement),
      reasonCodes: ['review_overdue'],
    });
    const status = moveVersion(agreement.status, 'suspend');
    await this.repository.setStatus(tx, agreement, { status, auditEventId });
    await this.cascade.apply(tx, { code: 'version_stopped', agreementId: id, version });
    return true;
  }
}
