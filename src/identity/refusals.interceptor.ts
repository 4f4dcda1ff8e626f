import {
  Injectable,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import type { Request } from 'express';
import { catchError, from, mergeMap, throwError, type Observable } from 'rxjs';
import { principalOf } from './caller.decorator.js';
import { Refusals } from './refusals.service.js';

/** Records each refusal that a service throws, after its transaction rolled back, before the caller learns of it. */
@Injectable()
export class RefusalsInterceptor implements NestInterceptor {
  constructor(private readonly refusals: Refusals) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<Request>();
    return next.handle().pipe(
      catchError((error: unknown) => {
        const principal = principalOf(request);
        return from(this.refusals.record(principal, request, error)).pipe(
          mergeMap((answer) => throwError(() => answer)),
        );
      }),
    );
  }
}
