import { randomBytes } from 'node:crypto';

const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$/;
const ZEROS = /^0+$/;

/**
 * The id under which the log has a request: the caller's trace when its `traceparent` is well-formed, else a new one.
 * @returns 32 lower-case hex digits.
 * @see W3C Trace Context section 3.2
 */
export function traceIdFrom(traceparent: string | undefined): string {
  const [, traceId = '', parentId = ''] = TRACEPARENT.exec(traceparent ?? '') ?? [];
  return traceId === '' || ZEROS.test(traceId) || ZEROS.test(parentId)
    ? randomBytes(16).toString('hex')
    : traceId;
}
