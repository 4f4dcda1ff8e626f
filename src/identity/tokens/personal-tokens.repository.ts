import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Tx } from '../../platform/database/database.js';

export interface PersonalTokenRow {
  readonly id: string;
  readonly personId: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly authLevel: 1 | 2 | 3;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly endedAt: Date | null;
  /** A London day: enough to see which tokens nobody needs. */
  readonly lastUsedOn: string | null;
}

export interface LiveToken {
  readonly id: string;
  readonly issuer: string;
  readonly subject: string;
  readonly scopes: readonly string[];
  readonly authLevel: 1 | 2 | 3;
  readonly lastUsedOn: string | null;
}

const COLUMNS = `id, person_id AS "personId", name, scopes, auth_level AS "authLevel", created_at AS "createdAt",
  expires_at AS "expiresAt", ended_at AS "endedAt", to_char(last_used_on, 'YYYY-MM-DD') AS "lastUsedOn"`;

/** Personal tokens: their digests and what they are good for, never themselves. */
@Injectable()
export class PersonalTokensRepository {
  async insert(
    tx: Tx,
    row: Omit<PersonalTokenRow, 'endedAt' | 'lastUsedOn'>,
    secret: { readonly digest: Buffer; readonly auditEventId: string },
  ): Promise<void> {
    await tx.query(
      `INSERT INTO personal_token (id, person_id, name, digest, scopes, auth_level, created_at, expires_at,
         audit_event_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [
        row.id,
        row.personId,
        row.name,
        secret.digest,
        row.scopes,
        row.authLevel,
        row.createdAt,
        row.expiresAt,
        secret.auditEventId,
      ],
    );
  }

  async countLive(tx: Tx, personId: string, now: Date): Promise<number> {
    const [row] = await tx.query<{ live: number }[]>(
      `SELECT count(*)::int AS live FROM personal_token
       WHERE person_id = $1 AND ended_at IS NULL AND expires_at > $2`,
      [personId, now],
    );
    return row?.live ?? 0;
  }

  /** @param after the id before the page; newest first. */
  async list(
    manager: EntityManager,
    personId: string,
    after: string | null,
    limit: number,
  ): Promise<PersonalTokenRow[]> {
    return manager.query<PersonalTokenRow[]>(
      `SELECT ${COLUMNS} FROM personal_token
       WHERE person_id = $1 AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3`,
      [personId, after, limit],
    );
  }

  async find(manager: EntityManager, id: string): Promise<PersonalTokenRow | undefined> {
    const [row] = await manager.query<PersonalTokenRow[]>(
      `SELECT ${COLUMNS} FROM personal_token WHERE id = $1`,
      [id],
    );
    return row;
  }

  /** @returns false when it has been ended before. */
  async end(tx: Tx, id: string, endedAt: Date, auditEventId: string): Promise<boolean> {
    const [, changed] = await tx.query<[unknown[], number]>(
      `UPDATE personal_token SET ended_at = $2, audit_event_id = $3 WHERE id = $1 AND ended_at IS NULL`,
      [id, endedAt, auditEventId],
    );
    return changed > 0;
  }

  async findLive(
    manager: EntityManager,
    digest: Buffer,
    now: Date,
  ): Promise<LiveToken | undefined> {
    const [row] = await manager.query<LiveToken[]>(
      `SELECT t.id, p.issuer, p.subject, t.scopes, t.auth_level AS "authLevel",
         to_char(t.last_used_on, 'YYYY-MM-DD') AS "lastUsedOn"
       FROM personal_token t JOIN person p ON p.id = t.person_id
       WHERE t.digest = $1 AND t.ended_at IS NULL AND t.expires_at > $2`,
      [digest, now],
    );
    return row;
  }

  async noteUse(manager: EntityManager, id: string, day: string): Promise<void> {
    await manager.query(
      `UPDATE personal_token SET last_used_on = $2
       WHERE id = $1 AND (last_used_on IS NULL OR last_used_on < $2)`,
      [id, day],
    );
  }
}
