import type { AuditService } from '../../src/audit/audit.service.js';
import type { IdFactory } from '../../src/kernel/ids.js';
import type { Database } from '../../src/platform/database/database.js';

/** Parties are organisations whose one person has the organisation's id, as in `dataWorld`. */
export interface InForce {
  readonly datasetId: string;
  readonly providerId: string;
  readonly recipientId: string;
  readonly endsAt: Date;
  readonly versionStatus?: 'active' | 'suspended';
  readonly recipientStatus?: 'active' | 'suspended';
}

/** Rows of an agreement on one dataset: what visibility and cascades look at, without its history. */
export async function insertAgreement(
  database: Database,
  audit: AuditService,
  ids: IdFactory,
  agreement: InForce,
): Promise<void> {
  const { datasetId, providerId, recipientId, endsAt } = agreement;
  const id = ids.next();
  await database.transaction(async (tx) => {
    const event = await audit.record(tx, 'organisation.updated', { actorKind: 'broker' });
    await tx.query(
      `INSERT INTO agreement (id, reference, organisation_id, current_version, audit_event_id)
       SELECT $1, 'CON-2026-' || lpad((count(*) + 1)::text, 4, '0'), $2, 1, $3 FROM agreement`,
      [id, providerId, event],
    );
    await tx.query(
      `INSERT INTO agreement_version (agreement_id, version, status, terms, title, document, version_hash, starts_at,
         ends_at, drafted_by, editors, audit_event_id)
       VALUES ($1, 1, $2, '{}', 'Sharing', '{}', 'sha-256:' || repeat('0', 64), '2020-01-01', $3, $4, ARRAY[$4::uuid], $5)`,
      [id, agreement.versionStatus ?? 'active', endsAt, providerId, event],
    );
    await tx.query(
      `INSERT INTO agreement_item (agreement_id, version, dataset_id) VALUES ($1, 1, $2)`,
      [id, datasetId],
    );
    for (const [organisationId, dataRole, status] of [
      [providerId, 'provider', 'active'],
      [recipientId, 'recipient', agreement.recipientStatus ?? 'active'],
    ] as const) {
      await tx.query(
        `INSERT INTO agreement_party (id, agreement_id, organisation_id, data_role, is_lead, is_founding, signatory_id,
           dpo_id, status, audit_event_id) VALUES ($1, $2, $3, $4, $5, true, $3, $3, $6, $7)`,
        [ids.next(), id, organisationId, dataRole, dataRole === 'provider', status, event],
      );
    }
  });
}
