import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import { ConcordatError } from '../../kernel/errors.js';

const KEY = /^[\x21-\x7e]{1,255}$/;

/**
 * The request's Idempotency-Key, or undefined.
 * @throws ConcordatError `idempotency_key_required` (400) when it is malformed, or missing and `'required'`.
 */
export const IdempotencyKey = createParamDecorator(
  (need: 'required' | undefined, context: ExecutionContext): string | undefined => {
    const key = context.switchToHttp().getRequest<Request>().get('idempotency-key');
    if (key === undefined ? need === 'required' : !KEY.test(key)) {
      throw new ConcordatError('idempotency_key_required');
    }
    return key;
  },
);
