import { ConcordatError } from '../../kernel/errors.js';
import { addDays, endOfDay, londonDay } from '../../kernel/london-day.js';

/** What comes only after notice: the agreement ends, a party leaves, or it is put out. */
export type NoticeAct = 'terminate' | 'withdraw' | 'exclude';

/** Notice that was given, and neither taken back nor carried out. */
export interface Notice {
  readonly id: string;
  readonly act: NoticeAct;
  /** Who leaves; null when the agreement ends. */
  readonly partyId: string | null;
  /** In whose name it was given. */
  readonly organisationId: string;
  readonly reason: string;
  /** Of an act of two people (R3.10). */
  readonly approvalId: string | null;
  readonly proposedBy: string | null;
  /** Whose words the reason is, where nobody else proposed it. */
  readonly givenBy: string;
  /** RFC 3339. */
  readonly givenAt: string;
  readonly takesEffectAt: string;
}

interface Noticed {
  readonly notices: readonly Notice[];
}

/** When notice given now has run: at the end of the last of so many whole London days; without any, at once. */
export function takesEffectAt(noticeDays: number, now: Date): Date {
  return noticeDays === 0 ? now : endOfDay(addDays(londonDay(now), noticeDays));
}

/** @param partyId null for notice that the agreement ends. */
export function noticeOf({ notices }: Noticed, partyId: string | null): Notice | undefined {
  return notices.find((notice) => notice.partyId === partyId);
}

export function hasRun(notice: Notice | undefined, now: Date): boolean {
  return notice !== undefined && Date.parse(notice.takesEffectAt) <= now.getTime();
}

/** @throws ConcordatError `conflict`: the notice that was given stands, and a second would move its day. */
export function requireNoNotice(agreement: Noticed, partyId: string | null): void {
  const given = noticeOf(agreement, partyId);
  if (given) {
    const detail = `Notice was given already: it takes effect at ${given.takesEffectAt}.`;
    throw new ConcordatError('conflict', { noticeId: given.id, detail });
  }
}
