import {
  GREEN,
  GREY,
  RED,
  statusAt,
  tagOf,
  YELLOW,
  type StatusTag,
  type StatusTags,
} from '../platform/web/pages/status-tag.js';

const TAGS: StatusTags = {
  issued: { text: 'Unused', classes: YELLOW },
  active: { text: 'Active', classes: GREEN },
  expired: { text: 'Expired', classes: GREY },
  revoked: { text: 'Revoked', classes: RED },
  exhausted: { text: 'Used up', classes: GREY },
};

/** @param expiresAt after it a live status is shown as expired (R3.25). */
export function grantTag(status: string, expiresAt: Date, now: Date): StatusTag {
  return tagOf(TAGS, statusAt(status, expiresAt, now));
}

const END_REASONS: Readonly<Record<string, string>> = {
  expired: 'Its time was over',
  exhausted: 'Its limit was used up',
};

/** Why a grant ended. */
export function endReasonInWords(reason: string | null): string {
  return reason === null ? '' : (END_REASONS[reason] ?? reason.replaceAll('_', ' '));
}
