import type { Search } from '../../src/catalogue/search/search.types.js';

/** A search that nothing narrows. */
export const EVERYTHING: Search = {
  words: null,
  access: null,
  kind: null,
  theme: null,
  language: null,
  organisationId: null,
  place: null,
  bbox: null,
  days: null,
  modifiedSince: null,
};
