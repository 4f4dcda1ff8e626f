import { Injectable } from '@nestjs/common';
import type { Tx } from '../platform/database/database.js';

/** The rows that let somebody in. */
@Injectable()
export class PersonAccessRepository {
  /** Of every membership, ended ones too: whose officers may see what ends. */
  async organisationsOf(tx: Tx, personId: string): Promise<readonly string[]> {
    const rows = await tx.query<{ id: string }[]>(
      'SELECT DISTINCT organisation_id AS id FROM membership WHERE person_id = $1 ORDER BY 1',
      [personId],
    );
    return rows.map(({ id }) => id);
  }

  async lockLiveTokens(tx: Tx, personId: string, now: Date): Promise<readonly string[]> {
    const rows = await tx.query<{ id: string }[]>(
      `SELECT id FROM personal_token WHERE person_id = $1 AND ended_at IS NULL AND expires_at > $2
       ORDER BY id FOR UPDATE`,
      [personId, now],
    );
    return rows.map(({ id }) => id);
  }

  async endToken(tx: Tx, id: string, endedAt: Date, auditEventId: string): Promise<void> {
    await tx.query('UPDATE personal_token SET ended_at = $2, audit_event_id = $3 WHERE id = $1', [
      id,
      endedAt,
      auditEventId,
    ]);
  }

  /** @returns how many sessions there were. Their table is another login's: the function is the owner's. */
  async endSessions(tx: Tx, personId: string): Promise<number> {
    const [row] = await tx.query<{ ended: number }[]>(
      'SELECT end_sessions_of(p.issuer, p.subject) AS ended FROM person p WHERE p.id = $1',
      [personId],
    );
    return row?.ended ?? 0;
  }
}
