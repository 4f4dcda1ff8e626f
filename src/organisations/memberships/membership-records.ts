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

/** Whose two-person act it was, where it was one (R3.10). */
export interface ApprovedProposal {
  readonly id: string;
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

  async start(tx: Tx, actor: Actor, terms: NewMembership): Promise<MembershipEntity> {
    const row = { ...terms, id: this.ids.next(), endedAt: null };
    const about = aboutMembership(actor, row);
    const auditEventId = await this.audit.record(tx, 'membership.started', about);
    const membership = { ...row, auditEventId };
    await this.memberships.insert(tx, membership);
    return membership;
  }

  async giveRole(
    tx: Tx,
    actor: Actor,
    membership: MembershipEntity,
    { role, startsOn, endsOn }: RoleTerms,
    proposal?: ApprovedProposal,
  ): Promise<void> {
    const auditEventId = await this.audit.record(tx, 'membership.role-added', {
      ...aboutMembership(actor, membership),
      reasonCodes: [role],
      approvalId: proposal?.id,
      proposedByPersonId: proposal?.proposedBy,
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
