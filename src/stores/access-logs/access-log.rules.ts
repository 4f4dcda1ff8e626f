import { ConcordatError } from '../../kernel/errors.js';
import { isUnder } from '../../platform/object-store/object-name.rules.js';

/** Where a store writes who read what of it. */
export interface AccessLogPlace {
  readonly bucket: string;
  /** Empty: the whole bucket. */
  readonly prefix: string;
}

/**
 * A log among the data would log its own reading, and be shared with it.
 * @param prefixes of the store's datasets, all in `bucket`.
 * @throws ConcordatError `input_invalid`
 */
export function requireApart(
  bucket: string,
  log: AccessLogPlace | undefined,
  {
    pointer,
    prefixes = [],
  }: {
    /** Of the log's prefix in the body. */
    readonly pointer: string;
    readonly prefixes?: readonly string[];
  },
): void {
  const isAmong =
    log?.bucket === bucket &&
    (log.prefix === '' ||
      prefixes.some((prefix) => isUnder(prefix, log.prefix) || prefix.startsWith(log.prefix)));
  if (isAmong) {
    const reason = 'must part the log from the data when both are in one bucket';
    throw new ConcordatError('input_invalid', { errors: [{ pointer, reason }] });
  }
}
