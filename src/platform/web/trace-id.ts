import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

const TRACEPARENT = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;
const traceIds = new WeakMap<IncomingMessage, string>();

/** The request's W3C trace id: the caller's when well-formed, else a new one. The same on every call. @see trace-context */
export function traceIdOf(request: IncomingMessage): string {
  const known = traceIds.get(request);
  if (known !== undefined) {
    return known;
  }
  const header = request.headers['traceparent'];
  const given = typeof header === 'string' ? TRACEPARENT.exec(header)?.[1] : undefined;
  const traceId = given ?? newTraceId();
  traceIds.set(request, traceId);
  return traceId;
}

/** 32 lower-case hex digits: for what reaches us without a request that can be read. */
export function newTraceId(): string {
  return randomBytes(16).toString('hex');
}
