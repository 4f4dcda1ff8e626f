import { Inject, Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import { IdFactory } from '../../kernel/ids.js';
import type { Tx } from '../../platform/database/database.js';
import type { Actor } from '../acting.js';
import type { MembershipEntity } from './membership.entity.js';
import type { RoleTerms } from './membership.rules.js';
import { MembershipsRepository } from './memberships.repository.js';

export type NewMembership = Pick<
  MembershipEntity,
  'personId' | 'organisationId' | 'position' | 'startsOn' | 'endsOn'
>;

/** Whose act it was before it was the actor's: who proposed what was approved (R3.10), or who invited (R10.1). */
export interface ProposedBefore {
  /** Of the approval, where there was one. */
  readonly id?: string;
  readonly proposedBy: string;
}

/** Writes memberships and their roles, each with its event. Who may is its callers' to decide. */
@Injectable()
export class MembershipRecords {
  constructor(
    private readonly memberships: MembershipsRepository,
    private readonly audit: AuditService,
    @Inject(IdFactory) private readonly ids: IdFactory,
  ) {}

  async start(
    tx: Tx,
    actor: Actor,
    terms: NewMembership,
    before?: ProposedBefore,
  ): Promise<MembershipEntity> {
    const row = { ...terms, id: this.ids.next(), endedAt: null };
    const auditEventId = await this.audit.record(tx, 'membership.started', {
      ...aboutMembership(actor, row),
      proposedByPersonId: before?.proposedBy,
    });
    const membership = { ...row, auditEventId };
    await this.memberships.insert(tx, membership);
    return membership;
  }

  async giveRole(
    tx: Tx,
    actor: Actor,
    membership: MembershipEntity,
    { role, startsOn, endsOn }: RoleTerms,
    before?: ProposedBefore,
  ): Promise<void> {
    const auditEventId = await this.audit.record(tx, 'membership.role-added', {
      ...aboutMembership(actor, membership),
      reasonCodes: [role],
      approvalId: before?.id,
      proposedByPersonId: before?.proposedBy,
    });
    await this.memberships.insertRole(tx, {
      id: this.ids.next(),
      membershipId: membership.id,
      role,
      startsOn,
      endsOn,
      endedAt: null,
      auditEventId,
    });
  }
}

/** The fields of every event about a membership. */
export function aboutMembership(
  actor: Actor,
  { id, personId, organisationId }: Pick<MembershipEntity, 'id' | 'personId' | 'organisationId'>,
) {
  return {
    ...actor,
    organisationIds: [organisationId],
    targetType: 'membership',
    targetId: id,
    alsoAbout: [personId],
  };
}
