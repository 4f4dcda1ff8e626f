import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Tx } from '../../platform/database/database.js';

export interface Profile {
  readonly summary: string | null;
  readonly website: string | null;
  readonly contact: string | null;
}

/** What everybody may know of an organisation that shows itself. */
export interface ProfileRow extends Profile {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly identifier: { readonly scheme: string; readonly value: string } | null;
  readonly publicAuthority: boolean;
  readonly status: string;
}

@Injectable()
export class ProfileRepository {
  async find(manager: EntityManager, id: string): Promise<ProfileRow | undefined> {
    const [row] = await manager.query<ProfileRow[]>(
      `SELECT id, name, kind, CASE WHEN identifier_scheme IS NULL THEN NULL
           ELSE jsonb_build_object('scheme', identifier_scheme, 'value', identifier_value) END AS identifier,
         public_authority AS "publicAuthority", status, summary, website, contact
       FROM organisation WHERE id = $1`,
      [id],
    );
    return row;
  }

  async update(tx: Tx, id: string, profile: Profile, auditEventId: string): Promise<void> {
    await tx.query(
      'UPDATE organisation SET summary = $2, website = $3, contact = $4, audit_event_id = $5 WHERE id = $1',
      [id, profile.summary, profile.website, profile.contact, auditEventId],
    );
  }
}
