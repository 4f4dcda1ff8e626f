import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import { ConcordatError } from '../kernel/errors.js';
import { principalOf } from './caller.decorator.js';
import type { LiveMembership, Principal } from './principal.js';

declare module 'express-session' {
  interface SessionData {
    /** The organisation that its person works for at the moment, of several. */
    organisationId?: string;
  }
}

/** The membership that the person of this session works in now: the one they chose, or else their first. */
export function workingMembership(
  request: Request,
  { memberships }: Principal,
): LiveMembership | undefined {
  const session = request.session as Request['session'] | undefined;
  const chosen = memberships.find(
    ({ organisationId }) => organisationId === session?.organisationId,
  );
  return chosen ?? memberships[0];
}

/** @throws ConcordatError `not_found` for an organisation that is not theirs. */
export function workFor(request: Request, principal: Principal, organisationId: string): void {
  if (!principal.memberships.some((held) => held.organisationId === organisationId)) {
    throw new ConcordatError('not_found');
  }
  request.session.organisationId = organisationId;
}

/**
 * The caller as a member of the organisation that they work for now and of no other: what lists show and what new things
 * belong to. Single things are asked for as themselves, so that a link leads to them whichever was chosen.
 */
export function asWorking(request: Request, principal: Principal): Principal {
  const membership = workingMembership(request, principal);
  return { ...principal, memberships: membership ? [membership] : [] };
}

/** The caller of a page, `asWorking`. @throws ConcordatError `unauthenticated` on a route that let an anonymous caller in. */
export const WorkingCaller = createParamDecorator(
  (_: unknown, context: ExecutionContext): Principal => {
    const request = context.switchToHttp().getRequest<Request>();
    const principal = principalOf(request);
    if (!principal) {
      throw new ConcordatError('unauthenticated');
    }
    return asWorking(request, principal);
  },
);
