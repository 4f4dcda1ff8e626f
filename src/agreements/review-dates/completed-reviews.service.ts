import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { Principal } from '../../identity/principal.js';
import { londonDay } from '../../kernel/london-day.js';
import type { Tx } from '../../platform/database/database.js';
import type { ReviewCompletion } from '../agreement.types.js';
import { AgreementGate, agreementEvent } from '../lifecycle/agreement-gate.js';
import { OverdueReviews } from './overdue-reviews.service.js';
import { lastDayOverdueOn, requireNextReview } from './review-date.rules.js';
import { ReviewDatesRepository } from './review-dates.repository.js';

/** Reviews of an agreement in force, and of its DPIA: done, and when they are due again (R3.18). */
@Injectable()
export class CompletedReviews {
  constructor(
    private readonly gate: AgreementGate,
    private readonly reviewDates: ReviewDatesRepository,
    private readonly overdue: OverdueReviews,
    private readonly audit: AuditService,
  ) {}

  /** By a dpo or ig_officer of the lead. A suspended version stays suspended: it takes two to resume it. */
  async complete(
    tx: Tx,
    principal: Principal,
    id: string,
    { review = 'agreement', nextReviewOn, reason }: ReviewCompletion,
  ): Promise<void> {
    const current = await this.gate.lockVersion(tx, principal, id);
    const live = await this.reviewDates.findLive(tx, id);
    const { agreement, actor } = this.gate.judge(
      principal,
      live === undefined ? current : await this.gate.read(tx, principal, id, live),
      'complete',
      'agreement:review',
    );
    const today = londonDay(this.gate.now());
    // Late is late, also when the sweep is later: what the new date would hide is written first (R3.25).
    await this.overdue.suspendIfDue(tx, agreement, lastDayOverdueOn(today));
    const next = requireNextReview(nextReviewOn, { today, endsOn: agreement.terms.endsOn });
    await this.audit.record(tx, 'agreement.review-completed', {
      ...agreementEvent(principal, agreement, actor),
      reasonCodes: [review, `next_review_on:${next}`],
      reasonText: reason,
    });
    await this.reviewDates.setNext(tx, agreement, review, next);
  }
}
