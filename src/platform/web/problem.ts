import { HttpException } from '@nestjs/common';
import { ConcordatError, PROBLEMS, type ErrorCode } from '../../kernel/errors.js';

/** An RFC 9457 problem document. */
export interface ProblemDocument {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly traceId: string;
  readonly [field: string]: unknown;
}

// PostgreSQL and its connection went away, are starting, are full, or ran out of the transaction's time.
const DATABASE_GONE = /^(08...|57P0[1-3]|53300|25P04|57014|40001|40P01)$/;
const SOCKET_GONE = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND']);
const POOL_GONE = /timeout exceeded when trying to connect|Connection terminated|Query read timeout|Client has encountered/i;

const BY_STATUS: Readonly<Record<number, ErrorCode>> = {
  400: 'body_malformed',
  401: 'unauthenticated',
  403: 'operation_denied',
  404: 'not_found',
  405: 'method_not_allowed',
  413: 'body_too_large',
  415: 'media_type_unsupported',
  429: 'rate_limited',
};

/** Every error as one of ours: the one place where a foreign error gets a code. Unknown is `internal`. */
export function toConcordatError(error: unknown): ConcordatError {
  if (error instanceof ConcordatError) {
    return error;
  }
  if (isDatabaseGone(error)) {
    return new ConcordatError('service_unavailable', {}, { cause: error });
  }
  const code = BY_STATUS[statusOf(error) ?? 0];
  return new ConcordatError(code ?? 'internal', {}, { cause: error });
}

export function problemDocument(error: ConcordatError, traceId: string): ProblemDocument {
  const { detail: said, ...fields } = error.fields;
  const { title, status, detail } = PROBLEMS[error.code];
  return {
    type: `urn:concordat:problem:${error.code}`,
    title,
    status,
    detail: said ?? detail,
    code: error.code,
    traceId,
    ...fields,
  };
}

// Express and its body parser set a status on what a client did wrong; a 5xx of theirs is ours to call internal.
function statusOf(error: unknown): number | undefined {
  if (error instanceof HttpException) {
    return error.getStatus();
  }
  const { status } = (error ?? {}) as { status?: unknown };
  return typeof status === 'number' && status < 500 ? status : undefined;
}

function isDatabaseGone(error: unknown): boolean {
  if (!(error instanceof Error)) {
    return false;
  }
  const { code, driverError } = error as Error & { code?: unknown; driverError?: unknown };
  return (
    (typeof code === 'string' && (DATABASE_GONE.test(code) || SOCKET_GONE.has(code))) ||
    POOL_GONE.test(error.message) ||
    (driverError !== undefined && driverError !== error && isDatabaseGone(driverError))
  );
}
