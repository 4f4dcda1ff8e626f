import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import { Cascade, type Affected, type CascadeHandler } from '../../cascade/cascade.service.js';
import type { Cause } from '../../cascade/cause.js';
import { BROKER_ACTOR } from '../../identity/actor.js';
import { Clock } from '../../kernel/clock.js';
import type { Tx } from '../../platform/database/database.js';
import type { Actor } from '../acting.js';
import {
  DelegationsRepository,
  type DelegationRow,
  type DelegationsOf,
} from './delegations.repository.js';

/** Ends delegations, each with its event: with a membership, with the role that was lent, or by itself. */
@Injectable()
export class DelegationEnds implements CascadeHandler, OnModuleInit {
  constructor(
    private readonly cascade: Cascade,
    private readonly delegations: DelegationsRepository,
    private readonly audit: AuditService,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.cascade.register('membership_ended', this);
    this.cascade.register('role_ended', this);
  }

  /** Nothing: a deputy loses a duty, and no grant rests on it. */
  async preview(): Promise<readonly Affected[]> {
    return Promise.resolve([]);
  }

  async apply(tx: Tx, causes: readonly Cause[]): Promise<number> {
    let ended = 0;
    for (const cause of causes) {
      for (const of of restingOn(cause)) {
        for (const delegation of await this.delegations.findOpen(tx, of)) {
          const why = { reasonCodes: [cause.code] };
          ended += (await this.end(tx, BROKER_ACTOR, delegation, why)) ? 1 : 0;
        }
      }
    }
    return ended;
  }

  /** @returns false when it has ended already. */
  async end(
    tx: Tx,
    actor: Actor,
    { id, membershipId, organisationId, giverId, deputyId }: DelegationRow,
    why: {
      readonly endedBy?: string;
      readonly reasonCodes?: readonly string[];
      readonly reasonText?: string;
    },
  ): Promise<boolean> {
    if (!(await this.delegations.lockOpen(tx, id))) {
      return false;
    }
    const { endedBy, ...reason } = why;
    const auditEventId = await this.audit.record(tx, 'membership.delegation-ended', {
      ...actor,
      ...reason,
      organisationIds: [organisationId],
      targetType: 'membership',
      targetId: membershipId,
      delegationId: id,
      alsoAbout: [giverId, deputyId],
    });
    const endedAt = this.clock.now();
    await this.delegations.end(tx, id, { endedAt, endedBy: endedBy ?? null, auditEventId });
    return true;
  }
}

function restingOn(cause: Cause): readonly DelegationsOf[] {
  switch (cause.code) {
    case 'membership_ended': {
      const { personId, organisationId } = cause;
      return [
        { givenBy: personId, organisationId },
        { deputyId: personId, organisationId },
      ];
    }
    case 'role_ended': {
      const { personId, organisationId, role } = cause;
      return [{ givenBy: personId, organisationId, role }];
    }
    default:
      return [];
  }
}
