import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import { Cascade, type Affected, type CascadeHandler } from '../../cascade/cascade.service.js';
import type { Cause, CauseCode } from '../../cascade/cause.js';
import { BROKER_ACTOR } from '../../identity/actor.js';
import { Clock } from '../../kernel/clock.js';
import { Database, type Tx } from '../../platform/database/database.js';
import type { Actor } from '../acting.js';
import {
  InvitationsRepository,
  type InvitationEnd,
  type InvitationRow,
  type InvitationsOf,
} from './invitations.repository.js';

const AT_ONCE = 100;
const CAUSES: readonly CauseCode[] = [
  'membership_ended',
  'role_ended',
  'person_suspended',
  'organisation_stopped',
];

/** Ends invitations, each with its event: accepted, withdrawn, too old, or with who invited and where. */
@Injectable()
export class InvitationEnds implements CascadeHandler, OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly cascade: Cascade,
    private readonly invitations: InvitationsRepository,
    private readonly audit: AuditService,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    for (const code of CAUSES) {
      this.cascade.register(code, this);
    }
  }

  /** Nothing: nobody has anything yet. */
  async preview(): Promise<readonly Affected[]> {
    return Promise.resolve([]);
  }

  async apply(tx: Tx, causes: readonly Cause[]): Promise<number> {
    let ended = 0;
    for (const cause of causes) {
      const of = openedBy(cause);
      for (const invitation of of ? await this.invitations.lockOpen(tx, of) : []) {
        const why = { status: 'withdrawn', reasonCodes: [cause.code] } as const;
        await this.end(tx, BROKER_ACTOR, invitation, why);
        ended += 1;
      }
    }
    return ended;
  }

  /** Forgets the addresses of those that nobody accepted in time. @returns how many. */
  async expireDue(): Promise<number> {
    return this.database.transaction(async (tx) => {
      const due = await this.invitations.lockDue(tx, this.clock.now(), AT_ONCE);
      for (const invitation of due) {
        await this.end(tx, BROKER_ACTOR, invitation, { status: 'expired' });
      }
      return due.length;
    });
  }

  /** The caller has locked the row and found it open. */
  async end(
    tx: Tx,
    actor: Actor,
    { id, organisationId, invitedBy }: InvitationRow,
    why: Pick<InvitationEnd, 'status' | 'membership'> & {
      readonly reasonCodes?: readonly string[];
      readonly reasonText?: string;
    },
  ): Promise<void> {
    const { status, membership, reasonCodes = [], reasonText } = why;
    const auditEventId = await this.audit.record(tx, 'membership.invitation-ended', {
      ...actor,
      organisationIds: [organisationId],
      targetType: 'invitation',
      targetId: id,
      reasonCodes: [status, ...reasonCodes],
      reasonText,
      proposedByPersonId: invitedBy,
    });
    const ended = membership === undefined ? {} : { membership };
    const endedAt = this.clock.now();
    await this.invitations.end(tx, id, { status, endedAt, auditEventId, ...ended });
  }
}

function openedBy(cause: Cause): InvitationsOf | undefined {
  switch (cause.code) {
    case 'membership_ended':
      return { invitedBy: cause.personId, memberOf: cause.organisationId, role: null };
    case 'role_ended':
      return { invitedBy: cause.personId, memberOf: cause.organisationId, role: cause.role };
    case 'person_suspended':
      return { invitedBy: cause.personId };
    case 'organisation_stopped':
      return { organisationId: cause.organisationId };
    default:
      return undefined;
  }
}
