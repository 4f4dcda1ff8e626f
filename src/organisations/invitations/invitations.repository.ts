import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Role } from '../../identity/roles.js';
import type { Tx } from '../../platform/database/database.js';
import type { InvitationStatus } from './invitation.rules.js';

/** In which role somebody invites; they must hold it still when the invitation is accepted. */
export type InvitedAs = 'data_owner' | 'platform_admin';

export interface InvitationRow {
  readonly id: string;
  readonly organisationId: string;
  readonly organisationName: string;
  readonly email: string | null;
  readonly position: string;
  readonly startsOn: string;
  readonly endsOn: string | null;
  readonly roles: readonly Role[];
  readonly invitedBy: string;
  readonly invitedAs: InvitedAs;
  readonly invitedAt: Date;
  readonly expiresAt: Date;
  readonly sent: number;
  readonly status: InvitationStatus;
  readonly membershipId: string | null;
}

export type NewInvitation = Omit<
  InvitationRow,
  'organisationName' | 'sent' | 'status' | 'membershipId'
>;

/** Which open invitations something ends. */
export type InvitationsOf =
  | { readonly organisationId: string }
  | { readonly invitedBy: string }
  | {
      readonly invitedBy: string;
      /** Where the inviter held the role. */
      readonly memberOf: string;
      /** Null for each. */
      readonly role: string | null;
    };

/** How an invitation ends; `membership` is what became of one that was accepted. */
export interface InvitationEnd {
  readonly status: Exclude<InvitationStatus, 'open'>;
  readonly endedAt: Date;
  readonly auditEventId: string;
  readonly membership?: { readonly id: string; readonly personId: string };
}

const SELECT = `
  SELECT i.id, i.organisation_id AS "organisationId", o.name AS "organisationName", i.email, i.position,
    i.starts_on::text AS "startsOn", i.ends_on::text AS "endsOn", i.roles, i.invited_by AS "invitedBy",
    i.invited_as AS "invitedAs", i.invited_at AS "invitedAt", i.expires_at AS "expiresAt", i.sent, i.status,
    i.membership_id AS "membershipId"
  FROM invitation i JOIN organisation o ON o.id = i.organisation_id`;

@Injectable()
export class InvitationsRepository {
  /** @returns false when the address is invited already. */
  async insert(
    tx: Tx,
    row: NewInvitation,
    secret: { readonly digest: Buffer; readonly auditEventId: string },
  ): Promise<boolean> {
    const inserted = await tx.query<unknown[]>(
      `INSERT INTO invitation (id, organisation_id, email, token_sha256, position, starts_on, ends_on, roles,
         invited_by, invited_as, invited_at, expires_at, audit_event_id)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT DO NOTHING RETURNING id`,
      [
        ...[row.id, row.organisationId, row.email, secret.digest, row.position, row.startsOn],
        ...[row.endsOn, row.roles, row.invitedBy, row.invitedAs, row.invitedAt, row.expiresAt],
        secret.auditEventId,
      ],
    );
    return inserted.length === 1;
  }

  async find(manager: EntityManager, id: string): Promise<InvitationRow | undefined> {
    const [row] = await manager.query<InvitationRow[]>(`${SELECT} WHERE i.id = $1`, [id]);
    return row;
  }

  async findByDigest(manager: EntityManager, digest: Buffer): Promise<InvitationRow | undefined> {
    const [row] = await manager.query<InvitationRow[]>(`${SELECT} WHERE i.token_sha256 = $1`, [
      digest,
    ]);
    return row;
  }

  /** Locks the row, so that of two who come with one token the second finds it used. */
  async lock(tx: Tx, id: string): Promise<InvitationRow | undefined> {
    const [row] = await tx.query<InvitationRow[]>(`${SELECT} WHERE i.id = $1 FOR UPDATE OF i`, [
      id,
    ]);
    return row;
  }

  async lockOpen(tx: Tx, of: InvitationsOf): Promise<InvitationRow[]> {
    const [condition, params] = openOf(of);
    return tx.query<InvitationRow[]>(
      `${SELECT} WHERE i.status = 'open' AND ${condition} ORDER BY i.id FOR UPDATE OF i`,
      params,
    );
  }

  /** Open ones that nobody accepted in time. Passes over what somebody is answering. */
  async lockDue(tx: Tx, now: Date, limit: number): Promise<InvitationRow[]> {
    return tx.query<InvitationRow[]>(
      `${SELECT} WHERE i.status = 'open' AND i.expires_at <= $1 ORDER BY i.expires_at LIMIT $2
       FOR UPDATE OF i SKIP LOCKED`,
      [now, limit],
    );
  }

  async countOpen(tx: Tx, organisationId: string): Promise<number> {
    const [row] = await tx.query<{ open: number }[]>(
      `SELECT count(*)::int AS open FROM invitation WHERE organisation_id = $1 AND status = 'open'`,
      [organisationId],
    );
    return row?.open ?? 0;
  }

  async renew(
    tx: Tx,
    id: string,
    {
      digest,
      expiresAt,
      auditEventId,
    }: {
      readonly digest: Buffer;
      readonly expiresAt: Date;
      readonly auditEventId: string;
    },
  ): Promise<void> {
    await tx.query(
      `UPDATE invitation SET token_sha256 = $2, expires_at = $3, sent = sent + 1, audit_event_id = $4 WHERE id = $1`,
      [id, digest, expiresAt, auditEventId],
    );
  }

  /** The address is needed no more. */
  async end(tx: Tx, id: string, end: InvitationEnd): Promise<void> {
    const { status, endedAt, auditEventId, membership } = end;
    await tx.query(
      `UPDATE invitation SET status = $2, ended_at = $3, audit_event_id = $4, membership_id = $5, accepted_by = $6,
         email = NULL WHERE id = $1`,
      [id, status, endedAt, auditEventId, membership?.id ?? null, membership?.personId ?? null],
    );
  }

  /** True while the inviter holds the role in which they invited. @param today a London day. */
  async isInviterStanding(
    manager: EntityManager,
    { invitedBy, invitedAs, organisationId }: InvitationRow,
    today: string,
  ): Promise<boolean> {
    const rows = await manager.query<unknown[]>(
      `SELECT FROM live_role($4) l JOIN organisation o ON o.id = l.organisation_id
       WHERE l.person_id = $1 AND l.role = $2
         AND CASE WHEN $2 = 'platform_admin' THEN o.is_operator ELSE o.id = $3 END LIMIT 1`,
      [invitedBy, invitedAs, organisationId, today],
    );
    return rows.length > 0;
  }

  /** Newest first, ended ones too. */
  async list(
    manager: EntityManager,
    organisationId: string,
    after: string | null,
    limit: number,
  ): Promise<InvitationRow[]> {
    return manager.query<InvitationRow[]>(
      `${SELECT} WHERE i.organisation_id = $1 AND ($2::uuid IS NULL OR i.id < $2) ORDER BY i.id DESC LIMIT $3`,
      [organisationId, after, limit],
    );
  }
}

function openOf(of: InvitationsOf): readonly [condition: string, params: unknown[]] {
  if ('organisationId' in of) {
    return ['i.organisation_id = $1', [of.organisationId]];
  }
  if (!('memberOf' in of)) {
    return ['i.invited_by = $1', [of.invitedBy]];
  }
  const condition = `i.invited_by = $1 AND ($3::text IS NULL OR i.invited_as = $3)
    AND CASE WHEN i.invited_as = 'platform_admin' THEN EXISTS (SELECT FROM organisation w WHERE w.id = $2 AND w.is_operator)
      ELSE i.organisation_id = $2 END`;
  return [condition, [of.invitedBy, of.memberOf, of.role]];
}
