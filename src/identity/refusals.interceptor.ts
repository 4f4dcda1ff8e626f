import {
  Injectable,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import type { Request } from 'express';
import { catchError, from, mergeMap, throwError, type Observable } from 'rxjs';
import { isConcordatError } from '../kernel/errors.js';
import { principalOf } from './caller.decorator.js';
import { Refusals } from './refusals.service.js';

const GRANT_ROUTES = /^\/(api\/v1|my)\/grants(\/|$)/i;

/** What the issue pipeline and delivery refuse has its own event, `grant.refused`. */
function isGrantRefusal(request: Request, error: unknown): boolean {
  const isDenial =
    isConcordatError(error) &&
    (error.status === 403 || error.code === 'policy_unavailable') &&
    error.code !== 'operation_denied';
  return GRANT_ROUTES.test(request.path) && isDenial;
}

/** Records each refusal that a service throws, after its transaction rolled back, before the caller learns of it. */
@Injectable()
export class RefusalsInterceptor implements NestInterceptor {
  constructor(private readonly refusals: Refusals) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<Request>();
    return next.handle().pipe(
      catchError((error: unknown) => {
        const principal = principalOf(request);
        return isGrantRefusal(request, error)
          ? throwError(() => error)
          : from(this.refusals.record(principal, request, error)).pipe(
              mergeMap((answer) => throwError(() => answer)),
            );
      }),
    );
  }
}
