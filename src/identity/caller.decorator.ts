import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import { ConcordatError } from '../kernel/errors.js';
import type { Principal } from './principal.js';

const principals = new WeakMap<Request, Principal>();

/** Remembers who the guard found behind a request. */
export function setPrincipal(request: Request, principal: Principal): void {
  principals.set(request, principal);
}

/** Who is calling, when the route lets anonymous callers in too. */
export function principalOf(request: Request): Principal | undefined {
  return principals.get(request);
}

/** The principal of the request. @throws ConcordatError `unauthenticated` on a route that let an anonymous caller in. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext): Principal => {
  const principal = principalOf(context.switchToHttp().getRequest<Request>());
  if (!principal) {
    throw new ConcordatError('unauthenticated');
  }
  return principal;
});
