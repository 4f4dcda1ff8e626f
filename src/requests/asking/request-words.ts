import {
  GREEN,
  GREY,
  RED,
  tagOf,
  YELLOW,
  type StatusTag,
  type StatusTags,
} from '../../platform/web/pages/status-tag.js';

const REQUEST_TAGS: StatusTags = {
  draft: { text: 'Draft', classes: GREY },
  submitted: { text: 'Submitted', classes: YELLOW },
  in_review: { text: 'With the data owner', classes: YELLOW },
  returned: { text: 'Returned', classes: YELLOW },
  approved: { text: 'Approved', classes: GREEN },
  refused: { text: 'Refused', classes: RED },
  withdrawn: { text: 'Withdrawn', classes: GREY },
  closed: { text: 'Closed', classes: GREY },
  lapsed: { text: 'Lapsed', classes: GREY },
};
const PROJECT_TAGS: StatusTags = {
  draft: { text: 'Draft', classes: GREY },
  active: { text: 'Active', classes: GREEN },
  closed: { text: 'Closed', classes: GREY },
};

export function requestTag(status: string): StatusTag {
  return tagOf(REQUEST_TAGS, status);
}

export function projectTag(status: string): StatusTag {
  return tagOf(PROJECT_TAGS, status);
}

/** What a request waits for now, and for whom. */
export const NEXT: Readonly<Record<string, string>> = {
  draft: 'It has not been sent. The data owner does not see it yet.',
  submitted: 'It is being judged by the agreement’s rules.',
  in_review: 'The data owner decides. They see it on their first page.',
  returned: 'The data owner asks for a correction. Change it and send it again.',
  approved: 'You may have the data. A grant opens it, for as long as the agreement says.',
  refused: 'It was refused. Nothing more happens with it; you may ask anew.',
  withdrawn: 'It was withdrawn.',
  closed: 'It has ended, with its project, its agreement or its time.',
  lapsed: 'It was returned, and nobody corrected it in time.',
};

export const FREQUENCIES: Readonly<Record<string, string>> = {
  one_off: 'Once',
  recurring: 'Again and again',
};
