import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Tx } from '../../platform/database/database.js';
import type { VersionKey } from '../versions/versions.repository.js';
import type { Notice } from './notice.rules.js';

interface NewNotice extends Notice {
  readonly agreementId: string;
  readonly auditEventId: string;
}

/** A party whose notice has run. */
export interface DueNotice {
  readonly agreementId: string;
  readonly partyId: string;
}

/** Notices, and the ends that they set: of the version in force, or of a party. */
@Injectable()
export class NoticesRepository {
  async insert(tx: Tx, notice: NewNotice): Promise<void> {
    await tx.query(
      `INSERT INTO agreement_notice (id, agreement_id, act, party_id, organisation_id, reason, approval_id, proposed_by,
         given_by, given_at, takes_effect_at, audit_event_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
      [
        notice.id,
        notice.agreementId,
        notice.act,
        notice.partyId,
        notice.organisationId,
        notice.reason,
        notice.approvalId,
        notice.proposedBy,
        notice.givenBy,
        notice.givenAt,
        notice.takesEffectAt,
        notice.auditEventId,
      ],
    );
  }

  /** @param auditEventId what carried it out, took it back or overtook it. */
  async settle(
    tx: Tx,
    agreementId: string,
    partyId: string | null,
    auditEventId: string,
  ): Promise<void> {
    await tx.query(
      `UPDATE agreement_notice SET settled_by = $3
       WHERE agreement_id = $1 AND party_id IS NOT DISTINCT FROM $2::uuid AND settled_by IS NULL`,
      [agreementId, partyId, auditEventId],
    );
  }

  /** Ends a version no later than the notice under its agreement says. */
  async shorten(tx: Tx, { id, version }: VersionKey): Promise<void> {
    await tx.query(
      `UPDATE agreement_version v SET ends_at = least(v.ends_at, n.takes_effect_at) FROM agreement_notice n
       WHERE v.agreement_id = $1 AND v.version = $2 AND n.agreement_id = v.agreement_id AND n.party_id IS NULL
         AND n.settled_by IS NULL`,
      [id, version],
    );
  }

  /** Lets a version last as long as its terms say. */
  async lengthen(tx: Tx, { id, version }: VersionKey, endsAt: Date): Promise<void> {
    await tx.query(
      'UPDATE agreement_version SET ends_at = $3 WHERE agreement_id = $1 AND version = $2',
      [id, version, endsAt],
    );
  }

  /** @param endsAt null: it stays. */
  async setPartyEnd(tx: Tx, partyId: string, endsAt: string | null): Promise<void> {
    await tx.query('UPDATE agreement_party SET ends_at = $2 WHERE id = $1', [partyId, endsAt]);
  }

  /** What the party that leaves is called; nothing when the agreement ends. */
  async nameOf(tx: Tx, { partyId }: Notice): Promise<string> {
    const [row] = await tx.query<{ name: string }[]>(
      `SELECT o.name FROM agreement_party p JOIN organisation o ON o.id = p.organisation_id WHERE p.id = $1`,
      [partyId],
    );
    return row?.name ?? '';
  }

  async dueParties(
    manager: EntityManager,
    now: Date,
    limit: number,
  ): Promise<readonly DueNotice[]> {
    return manager.query<DueNotice[]>(
      `SELECT agreement_id AS "agreementId", party_id AS "partyId" FROM agreement_notice
       WHERE settled_by IS NULL AND party_id IS NOT NULL AND takes_effect_at <= $1
       ORDER BY takes_effect_at, id LIMIT $2`,
      [now, limit],
    );
  }
}
