import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { ApiHeaderOptions } from '@nestjs/swagger';
import type { Request } from 'express';
import { ConcordatError } from '../../kernel/errors.js';

/** How OpenAPI tells of it. */
export const IF_MATCH: ApiHeaderOptions = {
  name: 'If-Match',
  required: true,
  description: 'The ETag of what was read',
};

/**
 * The request's If-Match: which state the caller read (RFC 9110 section 13.1.1).
 * @throws ConcordatError `precondition_required` (428, RFC 6585 section 3) without one.
 */
export const IfMatch = createParamDecorator((_: undefined, context: ExecutionContext): string => {
  const tag = context.switchToHttp().getRequest<Request>().get('if-match');
  if (tag === undefined) {
    throw new ConcordatError('precondition_required');
  }
  return tag;
});

/** @throws ConcordatError `precondition_failed` (412) to the loser of two who changed the same state. */
export function requireMatch(ifMatch: string, etag: string): void {
  if (ifMatch !== etag) {
    throw new ConcordatError('precondition_failed', { etag });
  }
}
