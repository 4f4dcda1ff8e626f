import {
  GREEN,
  GREY,
  PURPLE,
  RED,
  tagOf,
  type StatusTag,
  type StatusTags,
} from '../platform/web/pages/status-tag.js';

const TAGS: StatusTags = {
  open: { text: 'Open', classes: GREEN },
  shared: { text: 'Shared', classes: PURPLE },
  closed: { text: 'Closed', classes: GREY },
  frozen: { text: 'Frozen', classes: RED },
};

/** How a dataset may be had, or that it is frozen: then nobody gets it. */
export function datasetTag(access: string, status: string): StatusTag {
  return tagOf(TAGS, status === 'frozen' ? 'frozen' : access);
}
