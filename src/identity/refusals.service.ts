import { Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { AuditService } from '../audit/audit.service.js';
import { ConcordatError, isConcordatError } from '../kernel/errors.js';
import { isUuid } from '../kernel/ids.js';
import { Database } from '../platform/database/database.js';
import { traceIdOf } from '../platform/web/trace-id.js';
import { actorFields } from './actor.js';
import { CountedRefusals } from './counted-refusals.js';
import type { Principal } from './principal.js';
import { RefusalRate } from './refusal-rate.js';

/** Records that a known caller was refused (R5.3). */
@Injectable()
export class Refusals {
  constructor(
    private readonly database: Database,
    private readonly audit: AuditService,
    private readonly counted: CountedRefusals,
    private readonly rate: RefusalRate,
  ) {}

  /**
   * Records `error` when it is a denial of `principal`; anything else is no refusal. Every 429 is counted, and so is every
   * deny of a policy that could not decide: it says nothing of the caller, and the database may be what is missing. So is a
   * client that did not prove who it is.
   * @returns what to answer: `error`, or `rate_limited` when it would be one event too many.
   */
  async record<E>(
    principal: Principal | undefined,
    request: Request,
    error: E,
  ): Promise<E | ConcordatError> {
    const route = routeOf(request);
    if (isConcordatError(error, 'rate_limited') || isConcordatError(error, 'policy_unavailable')) {
      this.counted.count('access.denied', error.code, route);
      return error;
    }
    if (isConcordatError(error, 'client_invalid')) {
      this.counted.count('auth.token-rejected', error.code, route);
      return error;
    }
    const code = denialOf(error);
    if (code === undefined || !principal) {
      return error;
    }
    if (!(await this.rate.take(`${principal.personId} ${route}`))) {
      // A 429 would tell a stranger that something is there.
      const answer = code === 'not_found' ? error : new ConcordatError('rate_limited');
      this.counted.count('access.denied', code === 'not_found' ? code : 'rate_limited', route);
      return answer;
    }
    const { id } = request.params;
    await this.database.transaction((tx) =>
      this.audit.record(tx, 'access.denied', {
        ...actorFields(principal),
        organisationIds: principal.memberships.map(({ organisationId }) => organisationId),
        outcome: 'refused',
        reasonCodes: [code],
        route,
        ...(typeof id === 'string' && isUuid(id) ? { targetId: id } : {}),
        traceId: traceIdOf(request),
      }),
    );
    return error;
  }
}

/** The route's pattern: ids in it would make a counter per id. */
export function routeOf(request: Request): string {
  const route = request.route as { readonly path?: unknown } | undefined;
  return `${request.method} ${typeof route?.path === 'string' ? route.path : 'unknown'}`;
}

// A stranger is told `not_found`; its cause says that the thing was there.
function denialOf(error: unknown): string | undefined {
  if (isConcordatError(error, 'not_found')) {
    return isConcordatError(error.cause, 'operation_denied') ? 'not_found' : undefined;
  }
  return isConcordatError(error) && error.status === 403 ? error.code : undefined;
}
