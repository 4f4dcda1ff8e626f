import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';

export type ThingKind =
  'organisation' | 'person' | 'dataset' | 'agreement' | 'project' | 'access_request' | 'store';

export interface NamedThing {
  readonly id: string;
  readonly kind: ThingKind;
  readonly name: string;
  /** An organisation that shows nothing of itself has no page for others. */
  readonly hasPage: boolean;
}

// A person shows by pseudonym (R5.7): whoever may see the name sees it where their organisation is shown.
const NAMES = `
  SELECT id, 'organisation' AS kind, name, summary IS NOT NULL AND status = 'active' AS "hasPage" FROM organisation
    WHERE id = ANY($1)
  UNION ALL SELECT id, 'person', pseudonym, true FROM person WHERE id = ANY($1)
  UNION ALL SELECT id, 'dataset', title, status <> 'draft' FROM dataset WHERE id = ANY($1)
  UNION ALL SELECT a.id, 'agreement', a.reference || CASE WHEN v.title = '' THEN '' ELSE ' ' || v.title END, true
    FROM agreement a JOIN agreement_version v ON v.agreement_id = a.id AND v.version = a.current_version
    WHERE a.id = ANY($1)
  UNION ALL SELECT id, 'project', reference || ' ' || title, true FROM project WHERE id = ANY($1)
  UNION ALL SELECT id, 'access_request', reference, true FROM access_request WHERE id = ANY($1)
  UNION ALL SELECT id, 'store', name, true FROM partner_store WHERE id = ANY($1)`;

/** What things are called, read across the slices' tables. */
@Injectable()
export class ThingNamesRepository {
  constructor(private readonly database: Database) {}

  find(ids: readonly string[]): Promise<NamedThing[]> {
    return this.database.manager.query<NamedThing[]>(NAMES, [ids]);
  }
}
