import { HttpException } from '@nestjs/common';
import { ConcordatError, PROBLEMS, type ErrorCode } from '../../kernel/errors.js';
import { isDatabaseUnavailable } from './database-unavailable.js';

/** An RFC 9457 problem document. */
export interface ProblemDocument {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly traceId: string;
  readonly [field: string]: unknown;
}

const BY_STATUS: Readonly<Record<number, ErrorCode>> = {
  400: 'request_malformed',
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
  if (isDatabaseUnavailable(error)) {
    return new ConcordatError('service_unavailable', {}, { cause: error });
  }
  const code = BY_STATUS[statusOf(error) ?? 0];
  return new ConcordatError(code ?? 'internal', {}, { cause: error });
}

export function problemDocument(error: ConcordatError, traceId: string): ProblemDocument {
  const { detail: said, ...fields } = error.fields;
  const { title, status, detail } = PROBLEMS[error.code];
  return {
    // First, so that a field can never pass for one of the document's own members.
    ...fields,
    type: `urn:concordat:problem:${error.code}`,
    title,
    status,
    detail: said ?? detail,
    code: error.code,
    traceId,
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
