import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import { Cascade } from '../../cascade/cascade.service.js';
import type { Cause } from '../../cascade/cause.js';
import type { Tx } from '../../platform/database/database.js';
import type { AgreementVersion } from '../agreement.types.js';
import { AgreementsRepository } from '../agreements.repository.js';
import { brokerEvent } from '../lifecycle/agreement-gate.js';
import { moveVersion } from '../lifecycle/version-lifecycle.rules.js';
import { ReviewDatesRepository } from '../review-dates/review-dates.repository.js';
import { VersionsRepository } from './versions.repository.js';

/** The next version takes the place of the one in force: both change, and what rests on the old one is judged anew (R3.1). */
@Injectable()
export class Supersession {
  constructor(
    private readonly repository: AgreementsRepository,
    private readonly versions: VersionsRepository,
    private readonly reviewDates: ReviewDatesRepository,
    private readonly cascade: Cascade,
    private readonly audit: AuditService,
  ) {}

  /** Takes the old version out of force. One that ended before keeps its end. */
  async leave(tx: Tx, base: AgreementVersion, now: Date): Promise<void> {
    await this.versions.endDeparted(tx, base);
    if (base.status !== 'active') {
      return;
    }
    const status = moveVersion(base.status, 'supersede');
    const auditEventId = await this.audit.record(tx, 'agreement.superseded', brokerEvent(base));
    await this.repository.setStatus(tx, base, { status, auditEventId, endedAt: now });
  }

  /**
   * Requests follow, and grants end or go on under the new terms.
   * @param lapsed what stopped with the old version besides, ended in the same cascade.
   */
  async judgeGrants(
    tx: Tx,
    base: AgreementVersion,
    next: AgreementVersion,
    lapsed: readonly Cause[],
  ): Promise<void> {
    await this.versions.makeCurrent(tx, next);
    await this.reviewDates.carry(tx, base, next);
    await this.cascade.apply(tx, ...lapsed, {
      code: 'version_superseded',
      agreementId: base.id,
      version: base.version,
      nextVersion: next.version,
    });
  }
}
