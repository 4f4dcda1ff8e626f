/** A status in words and in one of the style sheet's tag colours; the words alone say it all (R7.3). */
export interface StatusTag {
  readonly text: string;
  readonly classes: string;
}

export type StatusTags = Readonly<Record<string, StatusTag>>;

export const GREY = 'govuk-tag--grey';
export const GREEN = 'govuk-tag--green';
export const YELLOW = 'govuk-tag--yellow';
export const RED = 'govuk-tag--red';
export const PURPLE = 'govuk-tag--purple';

const ENDED_BY_DATE = new Set(['issued', 'active', 'suspended']);

/** A status that the tags do not know is shown by its name rather than hidden. */
export function tagOf(tags: StatusTags, status: string): StatusTag {
  return tags[status] ?? { text: status.replaceAll('_', ' '), classes: GREY };
}

/** @param endsAt a live status after this instant is shown as expired, before the sweep has written it (R3.25). */
export function statusAt(status: string, endsAt: Date | null, now: Date): string {
  const hasEnded = endsAt !== null && endsAt.getTime() <= now.getTime();
  return hasEnded && ENDED_BY_DATE.has(status) ? 'expired' : status;
}
