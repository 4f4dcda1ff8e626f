/** Of one import: each is a transaction of its own, one after the other, within one request. */
export const MAX_IMPORTED = 500;
/** Of one export. */
export const MAX_EXPORTED = 10_000;
/** In memory at a time. */
export const BATCH = 500;
