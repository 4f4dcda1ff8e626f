import { etagOf } from '../../src/agreements/agreement.view.js';
import type { Database } from '../../src/platform/database/database.js';

/** The entity tag of the version being prepared, else the current one; or of the current one in any case. */
export async function etagNow(
  { manager }: Database,
  agreementId: string,
  which: 'open' | 'current' = 'open',
): Promise<string> {
  const [row] = await manager.query<{ version: number; revision: number }[]>(
    `SELECT v.version, v.revision FROM agreement_version v JOIN agreement a ON a.id = v.agreement_id
     WHERE a.id = $1 AND (v.version = a.current_version OR
       ($2 = 'open' AND v.status IN ('draft', 'in_review', 'awaiting_signature')))
     ORDER BY v.version DESC LIMIT 1`,
    [agreementId, which],
  );
  return row ? etagOf(row) : '"0.0"';
}
