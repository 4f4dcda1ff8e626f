import { Inject, Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import { Authorisation } from '../../identity/authorisation.service.js';
import type { Operation } from '../../identity/operations.js';
import type { Principal } from '../../identity/principal.js';
import { Clock } from '../../kernel/clock.js';
import { ConcordatError } from '../../kernel/errors.js';
import { IdFactory } from '../../kernel/ids.js';
import { actorOfOperator } from '../../organisations/acting.js';
import { Database } from '../../platform/database/database.js';
import type { PlaceHoldDto } from './hold.dto.js';
import type { HoldScope, HoldView } from './hold.types.js';
import { HoldsRepository, type HoldRow } from './holds.repository.js';

/** Legal holds: while one stands, nothing that names its person, agreement, dataset or grant is deleted (R5.9). */
@Injectable()
export class Holds {
  // eslint-disable-next-line max-params -- what a slice needs, and the two ports
  constructor(
    private readonly database: Database,
    private readonly holds: HoldsRepository,
    private readonly authorisation: Authorisation,
    private readonly audit: AuditService,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(IdFactory) private readonly ids: IdFactory,
  ) {}

  /** @throws ConcordatError `not_found` for a thing that is not there; `conflict` when a hold is on it already. */
  async place(
    principal: Principal,
    { scopeType, scopeId, reason }: PlaceHoldDto,
  ): Promise<HoldView> {
    this.require(principal, 'hold:place');
    const placedAt = this.clock.now();
    const hold = { id: this.ids.next(), scopeType, scopeId, reason, placedAt, releasedAt: null };
    await this.database.transaction(async (tx) => {
      if (!(await this.holds.exists(tx, scopeType, scopeId))) {
        throw new ConcordatError('not_found');
      }
      const event = eventOf(principal, hold, reason);
      const auditEventId = await this.audit.record(tx, 'retention.hold-placed', event);
      const placedBy = principal.personId;
      if (!(await this.holds.insert(tx, hold, { placedBy, auditEventId }))) {
        throw new ConcordatError('conflict', { detail: 'A hold is on it already.' });
      }
    });
    return toView(hold);
  }

  async release(principal: Principal, id: string, reason: string): Promise<HoldView> {
    this.require(principal, 'hold:release');
    return this.database.transaction(async (tx) => {
      const hold = await this.holds.findForRelease(tx, id);
      if (!hold) {
        throw new ConcordatError('not_found');
      }
      if (hold.releasedAt !== null) {
        throw new ConcordatError('transition_not_allowed', { from: 'released', move: 'release' });
      }
      const event = eventOf(principal, hold, reason);
      const auditEventId = await this.audit.record(tx, 'retention.hold-released', event);
      const at = this.clock.now();
      await this.holds.release(tx, id, { personId: principal.personId, at, auditEventId });
      return toView({ ...hold, releasedAt: at });
    });
  }

  /** Those that stand and those that were released, newest first. */
  async list(
    principal: Principal,
    after: string | null,
    limit: number,
  ): Promise<readonly HoldView[]> {
    this.require(principal, 'hold:read');
    return (await this.holds.list(this.database.manager, after, limit)).map(toView);
  }

  // Of no organisation: it is for the operator's officers.
  private require(principal: Principal, operation: Operation): void {
    if (!this.authorisation.allows(principal, operation, { organisationIds: [] })) {
      throw new ConcordatError('operation_denied', { operation });
    }
  }
}

const NAMED: Readonly<Partial<Record<HoldScope, 'agreementId' | 'datasetId' | 'grantId'>>> = {
  agreement: 'agreementId',
  dataset: 'datasetId',
  grant: 'grantId',
};

function eventOf(principal: Principal, { id, scopeType, scopeId }: HoldRow, reason: string) {
  const actor = actorOfOperator(principal);
  const { actorOrganisationId } = actor;
  const named = NAMED[scopeType];
  return {
    ...actor,
    // A hold is no business of those whom it concerns.
    organisationIds: actorOrganisationId === undefined ? [] : [actorOrganisationId],
    targetType: scopeType,
    targetId: scopeId,
    ...(named && { [named]: scopeId }),
    reasonCodes: [id],
    reasonText: reason,
  };
}

function toView({ id, scopeType, scopeId, reason, placedAt, releasedAt }: HoldRow): HoldView {
  return {
    id,
    scopeType,
    scopeId,
    reason,
    placedAt: placedAt.toISOString(),
    releasedAt: releasedAt?.toISOString() ?? null,
  };
}
