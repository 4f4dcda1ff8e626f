import { Inject, Injectable } from '@nestjs/common';
import { Authorisation } from '../../identity/authorisation.service.js';
import { fillsDutyOf } from '../../identity/deputy.js';
import type { Operation } from '../../identity/operations.js';
import type { Principal } from '../../identity/principal.js';
import { Clock } from '../../kernel/clock.js';
import { addDays, endOfDay, londonDay } from '../../kernel/london-day.js';
import { Approvals, type ApprovalView } from '../../organisations/approvals/approvals.service.js';
import { WaitingRepository, type DutyRow, type WaitingRow } from './waiting.repository.js';

const GRANT_DAYS = 14;
const AGREEMENT_DAYS = 60;
/** Open proposals that are looked through for those that the caller may answer. */
const APPROVALS = 50;

/** What waits for the caller, by what it is that they would do. */
export interface Waiting {
  readonly approve: readonly ApprovalView[];
  readonly review: readonly WaitingRow[];
  readonly sign: readonly WaitingRow[];
  readonly decide: readonly WaitingRow[];
  readonly correct: readonly WaitingRow[];
  readonly take: readonly WaitingRow[];
  readonly renewGrant: readonly WaitingRow[];
  readonly renewAgreement: readonly WaitingRow[];
  readonly completeReview: readonly WaitingRow[];
  readonly mendStore: readonly WaitingRow[];
  readonly attest: readonly WaitingRow[];
  readonly verify: readonly WaitingRow[];
  readonly lookInto: readonly WaitingRow[];
}

/** Reads what waits for somebody, in all of their organisations. */
@Injectable()
export class WaitingService {
  constructor(
    private readonly repository: WaitingRepository,
    private readonly authorisation: Authorisation,
    private readonly approvals: Approvals,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  async read(principal: Principal): Promise<Waiting> {
    const now = this.clock.now();
    const today = londonDay(now);
    const { personId } = principal;
    const where = (operation: Operation): readonly string[] => this.allowed(principal, operation);
    const { repository } = this;
    const [approve, review, sign, decide, correct, take, renewGrant] = await Promise.all([
      this.toApprove(principal),
      this.ifAny(where('agreement:review'), (ids) => repository.toReview(ids)),
      this.ifAny(where('agreement:sign'), (ids) => repository.toSign(ids)),
      this.ifAny(where('access_request:decide'), (ids) => repository.toDecide(ids)),
      repository.returned(personId),
      repository.toTake(personId),
      repository.endingGrants(personId, now, endOfDay(addDays(today, GRANT_DAYS))),
    ]);
    const [renewAgreement, completeReview, mendStore, attest, verify, lookInto] = await Promise.all(
      [
        this.ifAny(where('agreement:amend'), (ids) =>
          repository.endingAgreements(ids, now, endOfDay(addDays(today, AGREEMENT_DAYS))),
        ),
        this.ifAny(where('agreement:amend'), (ids) => repository.reviewsDue(ids, today)),
        this.ifAny(where('store:probe'), (ids) => repository.failedStores(ids)),
        this.ifAny(where('closure:attest'), (ids) => repository.toAttest(ids)),
        this.ifAny(where('closure:verify'), (ids) => repository.toVerify(ids)),
        this.openAlerts(principal),
      ],
    );
    const theirs = (rows: readonly DutyRow[], duty: 'dpo' | 'signatory'): readonly DutyRow[] =>
      rows.filter((row) => fillsDutyOf(principal, row.organisationId, duty, row.personId));
    return {
      approve,
      review: theirs(review, 'dpo'),
      sign: theirs(sign, 'signatory'),
      decide,
      correct,
      take,
      renewGrant,
      renewAgreement,
      completeReview,
      mendStore,
      attest,
      verify,
      lookInto,
    };
  }

  private async toApprove(principal: Principal): Promise<readonly ApprovalView[]> {
    const open = await this.approvals.list(principal, null, APPROVALS);
    return open.filter((approval) => this.approvals.mayApprove(principal, approval));
  }

  /** An officer of the operator's sees every organisation's. */
  private async openAlerts(principal: Principal): Promise<readonly WaitingRow[]> {
    if (this.authorisation.allows(principal, 'alert:close', { organisationIds: [] })) {
      return this.repository.alerts(null);
    }
    return this.ifAny(this.allowed(principal, 'alert:close'), (ids) => this.repository.alerts(ids));
  }

  /** Roles count only inside their membership's organisation (R1.1). */
  private allowed(principal: Principal, operation: Operation): readonly string[] {
    return principal.memberships
      .map(({ organisationId }) => organisationId)
      .filter((id) => this.authorisation.allows(principal, operation, { organisationIds: [id] }));
  }

  private async ifAny<Row>(
    organisationIds: readonly string[],
    read: (ids: readonly string[]) => Promise<Row[]>,
  ): Promise<Row[]> {
    return organisationIds.length === 0 ? [] : read(organisationIds);
  }
}
