import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';

/** As many as a page can offer to choose from. */
const MAX = 500;

interface Offer {
  readonly value: string;
  readonly text: string;
}

/** What forms offer to choose from: organisations, who holds an office in one, and their datasets. */
@Injectable()
export class Offers {
  constructor(private readonly database: Database) {}

  organisations(): Promise<Offer[]> {
    return this.database.manager.query<Offer[]>(
      `SELECT id AS value, name AS text FROM organisation WHERE status = 'active' AND NOT is_operator ORDER BY name LIMIT ${String(MAX)}`,
    );
  }

  /** By position and pseudonym: an office is no secret among those who sign with each other, a name is theirs to give. */
  holders(role: 'signatory' | 'dpo', today: string): Promise<Offer[]> {
    return this.database.manager.query<Offer[]>(
      `SELECT DISTINCT p.id AS value, o.name || ': ' || m.position || ' (' || p.pseudonym || ')' AS text
       FROM live_role($1) l JOIN person p ON p.id = l.person_id JOIN organisation o ON o.id = l.organisation_id
         JOIN membership m ON m.person_id = p.id AND m.organisation_id = o.id AND m.ended_at IS NULL
       WHERE l.role = $2 AND l.delegation_id IS NULL ORDER BY 2 LIMIT ${String(MAX)}`,
      [today, role],
    );
  }

  /** @param organisationIds whose datasets; drafts are none yet. */
  datasets(organisationIds: readonly string[]): Promise<Offer[]> {
    return this.database.manager.query<Offer[]>(
      `SELECT d.id AS value, d.title || ' (' || o.name || ')' AS text FROM dataset d
         JOIN organisation o ON o.id = d.organisation_id
       WHERE d.status IN ('published', 'frozen') AND d.access <> 'open'
         AND (d.organisation_id = ANY($1) OR d.visibility = 'public')
       ORDER BY d.title, d.id LIMIT ${String(MAX)}`,
      [organisationIds],
    );
  }
}
