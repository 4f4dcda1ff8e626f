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
  draft: { text: 'Draft', classes: GREY },
  in_review: { text: 'Under review', classes: YELLOW },
  awaiting_signature: { text: 'Unsigned', classes: YELLOW },
  active: { text: 'Active', classes: GREEN },
  suspended: { text: 'Suspended', classes: RED },
  terminated: { text: 'Terminated', classes: GREY },
  expired: { text: 'Expired', classes: GREY },
  superseded: { text: 'Superseded', classes: GREY },
};
const DATA_ROLES: Readonly<Record<string, string>> = {
  provider: 'Provides data',
  recipient: 'Receives data',
  both: 'Provides and receives data',
};

/** @param endsAt after it a live status is shown as expired (R3.25). */
export function agreementTag(status: string, endsAt: Date | null, now: Date): StatusTag {
  return tagOf(TAGS, statusAt(status, endsAt, now));
}

/** What a party does with the data. */
export function dataRoleInWords(dataRole: string): string {
  return DATA_ROLES[dataRole] ?? dataRole;
}
