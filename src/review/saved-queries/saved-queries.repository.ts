import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../platform/database/database.js';

export interface SavedQuery {
  readonly id: string;
  readonly name: string;
  readonly query: string;
}

@Injectable()
export class SavedQueriesRepository {
  constructor(private readonly database: Database) {}

  list(personId: string, limit: number): Promise<SavedQuery[]> {
    return this.database.manager.query<SavedQuery[]>(
      `SELECT id, name, query FROM saved_query WHERE person_id = $1 ORDER BY name LIMIT $2`,
      [personId, limit],
    );
  }

  async insert(tx: Tx, personId: string, { id, name, query }: SavedQuery): Promise<void> {
    await tx.query(`INSERT INTO saved_query (id, person_id, name, query) VALUES ($1, $2, $3, $4)`, [
      id,
      personId,
      name,
      query,
    ]);
  }

  /** How many somebody has, and whether one has that name. Locks the person's row, so that two at once are counted. */
  async count(
    tx: Tx,
    personId: string,
    name: string,
  ): Promise<{ count: number; isTaken: boolean }> {
    await tx.query('SELECT FROM person WHERE id = $1 FOR NO KEY UPDATE', [personId]);
    const [row] = await tx.query<{ count: number; isTaken: boolean | null }[]>(
      `SELECT count(*)::int AS count, bool_or(name = $2) AS "isTaken" FROM saved_query WHERE person_id = $1`,
      [personId, name],
    );
    return { count: row?.count ?? 0, isTaken: row?.isTaken === true };
  }

  async remove(tx: Tx, personId: string, id: string): Promise<boolean> {
    const [rows] = await tx.query<[unknown[], number]>(
      'DELETE FROM saved_query WHERE person_id = $1 AND id = $2 RETURNING id',
      [personId, id],
    );
    return rows.length > 0;
  }
}
