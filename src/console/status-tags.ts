/** A status in words and in one of the style sheet's tag colours; the words alone say it all (R7.3). */
export interface StatusTag {
  readonly text: string;
  readonly classes: string;
}

const GREY = 'govuk-tag--grey';
const GREEN = 'govuk-tag--green';
const YELLOW = 'govuk-tag--yellow';
const RED = 'govuk-tag--red';

type Tags = Readonly<Record<string, StatusTag>>;

const AGREEMENT: Tags = {
  draft: { text: 'Draft', classes: GREY },
  in_review: { text: 'Under review', classes: YELLOW },
  awaiting_signature: { text: 'Unsigned', classes: YELLOW },
  active: { text: 'Active', classes: GREEN },
  suspended: { text: 'Suspended', classes: RED },
  terminated: { text: 'Terminated', classes: GREY },
  expired: { text: 'Expired', classes: GREY },
  superseded: { text: 'Superseded', classes: GREY },
};

const GRANT: Tags = {
  issued: { text: 'Unused', classes: YELLOW },
  active: { text: 'Active', classes: GREEN },
  expired: { text: 'Expired', classes: GREY },
  revoked: { text: 'Revoked', classes: RED },
  exhausted: { text: 'Used up', classes: GREY },
};

const DATASET: Tags = {
  open: { text: 'Open', classes: GREEN },
  shared: { text: 'Shared', classes: 'govuk-tag--purple' },
  closed: { text: 'Closed', classes: GREY },
  frozen: { text: 'Frozen', classes: RED },
};

const ENDED_BY_DATE = new Set(['issued', 'active', 'suspended']);

/** @param endsAt a live status after this instant is shown as expired, before the sweep has written it (R3.25). */
export function agreementTag(status: string, endsAt: Date | null, now: Date): StatusTag {
  return tagOf(AGREEMENT, statusAt(status, endsAt, now));
}

export function grantTag(status: string, expiresAt: Date, now: Date): StatusTag {
  return tagOf(GRANT, statusAt(status, expiresAt, now));
}

/** How a dataset may be had, or that it is frozen: then nobody gets it. */
export function datasetTag(access: string, status: string): StatusTag {
  return tagOf(DATASET, status === 'frozen' ? 'frozen' : access);
}

function statusAt(status: string, endsAt: Date | null, now: Date): string {
  const hasEnded = endsAt !== null && endsAt.getTime() <= now.getTime();
  return hasEnded && ENDED_BY_DATE.has(status) ? 'expired' : status;
}

// A status that this file does not know is shown by its name rather than hidden.
function tagOf(tags: Tags, status: string): StatusTag {
  return tags[status] ?? { text: status.replaceAll('_', ' '), classes: GREY };
}
