import { Inject, Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import { Authorisation } from '../../identity/authorisation.service.js';
import { deputyFields } from '../../identity/deputy.js';
import type { Principal } from '../../identity/principal.js';
import { Clock } from '../../kernel/clock.js';
import { ConcordatError } from '../../kernel/errors.js';
import { IdFactory } from '../../kernel/ids.js';
import { londonDay } from '../../kernel/london-day.js';
import { Database, type Tx } from '../../platform/database/database.js';
import { Idempotency } from '../../platform/database/idempotency.js';
import { takeLocks } from '../../platform/database/locks.js';
import { actorOn } from '../acting.js';
import { InvitationEnds } from './invitation-ends.js';
import { InvitationMail } from './invitation-mail.js';
import { InvitationTerms } from './invitation-terms.js';
import type { InvitationDto } from './invitation.dto.js';
import {
  invitationDigest,
  invitationExpiry,
  newInvitationToken,
  requireOpen,
} from './invitation.rules.js';
import { toInvitationView, type InvitationView } from './invitation.view.js';
import { InvitationsRepository, type InvitationRow } from './invitations.repository.js';

const MAX_SENT = 10;

/** Members to be: invited by e-mail, bound by the first sign-in that has the token (R10.1). */
@Injectable()
export class Invitations {
  // eslint-disable-next-line max-params -- what a slice needs, its mail, and the two ports
  constructor(
    private readonly database: Database,
    private readonly invitations: InvitationsRepository,
    private readonly terms: InvitationTerms,
    private readonly mail: InvitationMail,
    private readonly ends: InvitationEnds,
    private readonly authorisation: Authorisation,
    private readonly audit: AuditService,
    private readonly idempotency: Idempotency,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(IdFactory) private readonly ids: IdFactory,
  ) {}

  /** @throws ConcordatError `operation_denied` for a role that is not theirs to give; `conflict` when the address is invited. */
  async invite(
    principal: Principal,
    organisationId: string,
    dto: InvitationDto,
    key?: string,
  ): Promise<InvitationView> {
    this.requireInviter(principal, organisationId);
    const route = `POST organisations/${organisationId}/invitations`;
    const call = { principalId: principal.personId, route, key, body: { ...dto } };
    const id = await this.database.transaction((tx) =>
      this.idempotency.once(tx, call, () => this.insert(tx, principal, organisationId, dto)),
    );
    return this.view(await this.load(this.database.manager, id));
  }

  async list(
    principal: Principal,
    organisationId: string,
    after: string | null,
    limit: number,
  ): Promise<InvitationView[]> {
    this.requireInviter(principal, organisationId);
    const { manager } = this.database;
    const rows = await this.invitations.list(manager, organisationId, after, limit);
    return rows.map((row) => this.view(row));
  }

  /** A new mail with a new link, for 14 days from now; the old link is dead. */
  async resend(principal: Principal, id: string): Promise<InvitationView> {
    return this.change(principal, id, async (tx, invitation) => {
      const { email, organisationId, endsOn, roles, sent } = invitation;
      // Sending it again is promising it again: also what only an administrator may promise.
      this.terms.inviterRole(principal, organisationId, roles);
      if (email === null || sent >= MAX_SENT) {
        const detail = `Its mail was sent ${String(MAX_SENT)} times. Withdraw it and invite again.`;
        throw new ConcordatError('conflict', { detail });
      }
      const token = newInvitationToken();
      const expiresAt = invitationExpiry(this.clock.now(), endsOn);
      const auditEventId = await this.record(tx, principal, invitation, sent + 1);
      await this.invitations.renew(tx, id, { digest: digestOf(token), expiresAt, auditEventId });
      await this.mail.send(tx, { ...invitation, email }, token, sent + 1);
    });
  }

  async withdraw(principal: Principal, id: string, reason: string): Promise<InvitationView> {
    return this.change(principal, id, async (tx, invitation) => {
      const actor = actorOn(principal, invitation.organisationId);
      const why = { status: 'withdrawn', reasonText: reason } as const;
      await this.ends.end(tx, actor, invitation, why);
    });
  }

  private async insert(
    tx: Tx,
    principal: Principal,
    organisationId: string,
    { email, position, startsOn, endsOn, roles }: InvitationDto,
  ): Promise<string> {
    // A suspension withdraws what is open: it waits for this one, or is waited for.
    await takeLocks(tx, 'shared', [{ kind: 'organisation', id: organisationId }]);
    const now = this.clock.now();
    const membership = { organisationId, startsOn, endsOn: endsOn ?? null, roles };
    const organisationName = await this.terms.check(tx, membership, londonDay(now));
    const { personId: invitedBy } = principal;
    const id = this.ids.next();
    const row = {
      ...membership,
      ...{ id, email, position, invitedBy, invitedAt: now },
      invitedAs: this.terms.inviterRole(principal, organisationId, roles),
      expiresAt: invitationExpiry(now, membership.endsOn),
    };
    const token = newInvitationToken();
    const auditEventId = await this.record(tx, principal, row, 1);
    if (!(await this.invitations.insert(tx, row, { digest: digestOf(token), auditEventId }))) {
      const detail = 'This address is invited already. Send that invitation again, or withdraw it.';
      throw new ConcordatError('conflict', { detail });
    }
    await this.mail.send(tx, { id, email, organisationName, position }, token, 1);
    return id;
  }

  private async change(
    principal: Principal,
    id: string,
    work: (tx: Tx, invitation: InvitationRow) => Promise<unknown>,
  ): Promise<InvitationView> {
    return this.database.transaction(async (tx) => {
      const { organisationId } = await this.load(tx, id);
      this.requireInviter(principal, organisationId);
      await takeLocks(tx, 'shared', [{ kind: 'organisation', id: organisationId }]);
      const invitation = await this.invitations.lock(tx, id);
      if (!invitation) {
        throw new ConcordatError('not_found');
      }
      requireOpen(invitation, this.clock.now());
      await work(tx, invitation);
      return this.view(await this.load(tx, id));
    });
  }

  private record(
    tx: Tx,
    principal: Principal,
    { id, organisationId, roles }: Pick<InvitationRow, 'id' | 'organisationId' | 'roles'>,
    sending: number,
  ): Promise<string> {
    return this.audit.record(tx, 'membership.invited', {
      ...actorOn(principal, organisationId),
      ...deputyFields(principal, organisationId),
      organisationIds: [organisationId],
      targetType: 'invitation',
      targetId: id,
      reasonCodes: roles,
      count: sending,
    });
  }

  private requireInviter(principal: Principal, organisationId: string): void {
    const organisationIds = [organisationId];
    this.authorisation.require(principal, 'membership:invite', { organisationIds });
  }

  private async load(manager: Database['manager'], id: string): Promise<InvitationRow> {
    const row = await this.invitations.find(manager, id);
    if (!row) {
      throw new ConcordatError('not_found');
    }
    return row;
  }

  private view(row: InvitationRow): InvitationView {
    return toInvitationView(row, this.clock.now());
  }
}

// A token that was just made has the form of one.
function digestOf(token: string): Buffer {
  return invitationDigest(token) as Buffer;
}
