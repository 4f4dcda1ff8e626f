import type { AgreementVersion, Party } from '../agreement.types.js';
import { londonDay } from '../../kernel/london-day.js';
import { lastDayOverdueOn } from '../review-dates/review-date.rules.js';
import { hasRun, noticeOf } from '../notices/notice.rules.js';
import { moveParty, PARTY_TRANSITIONS } from '../parties/party-lifecycle.rules.js';
import type { VersionStatus } from './version-lifecycle.rules.js';

/** In force, or suspended, past its end: that of its terms, or sooner by notice. */
export function isOver({ status, endsAt }: AgreementVersion, now: Date): boolean {
  return (status === 'active' || status === 'suspended') && endsAt !== null && endsAt <= now;
}

/** It is over because notice has run. */
export function isOverByNotice(agreement: AgreementVersion, now: Date): boolean {
  return isOver(agreement, now) && hasRun(noticeOf(agreement, null), now);
}

/** R3.19: in force, and not reviewed for so long that it is suspended. */
export function isReviewOverdue({ status, nextReviewOn }: AgreementVersion, now: Date): boolean {
  const lastDay = lastDayOverdueOn(londonDay(now));
  return status === 'active' && nextReviewOn !== null && nextReviewOn <= lastDay;
}

/** R3.25: the agreement as it stands at an instant, whether or not the sweep has written that yet. */
export function asOf(agreement: AgreementVersion, now: Date): AgreementVersion {
  return {
    ...agreement,
    status: statusAt(agreement, now),
    parties: agreement.parties.map((party) => partyAt(agreement, party, now)),
  };
}

function statusAt(agreement: AgreementVersion, now: Date): VersionStatus {
  if (!isOver(agreement, now)) {
    return isReviewOverdue(agreement, now) ? 'suspended' : agreement.status;
  }
  return isOverByNotice(agreement, now) ? 'terminated' : 'expired';
}

function partyAt(agreement: AgreementVersion, party: Party, now: Date): Party {
  const notice = noticeOf(agreement, party.id);
  if (notice === undefined || notice.act === 'terminate' || !hasRun(notice, now)) {
    return party;
  }
  const mayLeave: readonly string[] = PARTY_TRANSITIONS[notice.act].from;
  return mayLeave.includes(party.status)
    ? { ...party, status: moveParty(party.status, notice.act) }
    : party;
}
