import { Inject, Injectable } from '@nestjs/common';
import { AuditService } from '../audit/audit.service.js';
import { BROKER_ACTOR } from '../identity/actor.js';
import { delegationOf } from '../identity/deputy.js';
import type { Principal } from '../identity/principal.js';
import type { Role } from '../identity/roles.js';
import { Clock } from '../kernel/clock.js';
import { actorOn, type Actor } from '../organisations/acting.js';
import type { Proposal } from '../organisations/approvals/approvals.service.js';
import { PersonEnding } from '../organisations/people/person-ending.service.js';
import type { Tx } from '../platform/database/database.js';
import { ErasuresRepository, type PersonToErase } from './erasures.repository.js';

/** So long the secrets database's backups live, and in them the key that was destroyed (audit-log section 11). */
const BACKUPS_LIVE_MS = 14 * 86_400_000;

/** Erases a person from the main database, in one transaction with its event. The eraser does the rest after it. */
@Injectable()
export class PersonErasure {
  constructor(
    private readonly erasures: ErasuresRepository,
    private readonly ending: PersonEnding,
    private readonly audit: AuditService,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** The caller holds the person's exclusive lock and has asked every guard. */
  async approved(
    tx: Tx,
    approver: Principal,
    person: PersonToErase,
    { id, proposedBy, organisationId, change }: Proposal,
    role: Role,
  ): Promise<void> {
    const actor = actorOn(approver, organisationId);
    await this.erase(tx, actor, person, {
      legalBasis: textOf(change['legalBasis']),
      reasonText: textOf(change['reason']),
      delegationId: delegationOf(approver, organisationId, role)?.delegationId,
      approvalId: id,
      proposedByPersonId: proposedBy,
    });
  }

  /** Again, of somebody whom a restored backup has brought back. The caller holds the lock. */
  async repeat(tx: Tx, person: PersonToErase): Promise<void> {
    await this.erase(tx, BROKER_ACTOR, person, {});
  }

  private async erase(
    tx: Tx,
    actor: Actor,
    person: PersonToErase,
    told: {
      readonly legalBasis?: string | undefined;
      readonly reasonText?: string | undefined;
      readonly delegationId?: string | undefined;
      readonly approvalId?: string;
      readonly proposedByPersonId?: string;
    },
  ): Promise<void> {
    const at = this.clock.now();
    const completeAfter = new Date(at.getTime() + BACKUPS_LIVE_MS);
    const { id: personId, organisationIds } = person;
    const auditEventId = await this.audit.record(tx, 'subject.erased', {
      ...actor,
      ...told,
      organisationIds,
      targetType: 'person',
      targetId: personId,
      completeAfter: completeAfter.toISOString(),
    });
    const kept = await this.erasures.keptOf(tx, person);
    const legalBasis = told.legalBasis ?? null;
    await this.erasures.insert(tx, { personId, legalBasis, kept, at, completeAfter, auditEventId });
    await this.ending.erase(tx, actor, personId, auditEventId);
    await this.erasures.eraseValues(tx, person, { at, auditEventId });
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
