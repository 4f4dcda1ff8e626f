import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Tx } from '../../platform/database/database.js';
import type { AccessTerms } from '../../requests/access-facts.js';

/** A grant that goes on under the next version. */
export interface CarriedGrant {
  readonly id: string;
  readonly eventId: string;
  readonly expiresAt: Date;
}

@Injectable()
export class SupersessionsRepository {
  async termsOf(
    manager: EntityManager,
    agreementId: string,
    version: number,
  ): Promise<AccessTerms | undefined> {
    const [row] = await manager.query<{ terms: AccessTerms }[]>(
      'SELECT terms FROM agreement_version WHERE agreement_id = $1 AND version = $2',
      [agreementId, version],
    );
    return row?.terms;
  }

  /** True when the version changes contacts or an assessment only (R3.2). */
  async isAdministrative(tx: Tx, agreementId: string, version: number): Promise<boolean> {
    const [row] = await tx.query<{ is: boolean }[]>(
      `SELECT amendment = 'administrative' AS is FROM agreement_version WHERE agreement_id = $1 AND version = $2`,
      [agreementId, version],
    );
    return row?.is === true;
  }

  /**
   * Its tokens end with its epoch: the next refresh asks whether the researcher accepts the new terms (R3.4). After an
   * administrative amendment there are none to accept, and they go on.
   */
  async carryOver(
    tx: Tx,
    nextVersion: number,
    { maxRevocationSeconds, maxBytes, maxDownloads }: AccessTerms,
    grants: readonly CarriedGrant[],
    isAdministrative: boolean,
  ): Promise<void> {
    await tx.query(
      `UPDATE grants g SET agreement_version = $4, expires_at = e.expires_at,
         epoch = g.epoch + CASE WHEN $8 AND e.expires_at = g.expires_at THEN 0 ELSE 1 END,
         audit_event_id = e.event_id, max_revocation_seconds = $5, max_bytes = $6, max_downloads = $7
       FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[]) AS e (id, event_id, expires_at) WHERE g.id = e.id`,
      [
        grants.map(({ id }) => id),
        grants.map(({ eventId }) => eventId),
        grants.map(({ expiresAt }) => expiresAt),
        nextVersion,
        maxRevocationSeconds,
        maxBytes ?? null,
        maxDownloads ?? null,
        isAdministrative,
      ],
    );
  }
}
