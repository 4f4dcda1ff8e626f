import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/database/database.js';
import type { AgreementVersion } from '../agreement.types.js';
import { SIGNED_PDF } from '../terms/terms-attachments.rules.js';

interface NewAttestation {
  readonly attestedAt: Date;
  readonly attestedBy: string;
  readonly approvedBy: string;
  readonly auditEventId: string;
}

/** Who vouched for a version that was signed on paper. */
@Injectable()
export class AttestationsRepository {
  /** The digests of the papers of earlier versions that came into force: one given up used up no paper. */
  async earlierPapers(tx: Tx, { id, version }: AgreementVersion): Promise<readonly string[]> {
    const rows = await tx.query<{ sha256: string }[]>(
      `SELECT DISTINCT t ->> 'sha256' AS sha256 FROM agreement_version v,
         jsonb_array_elements(v.terms -> 'attachments') t
       WHERE v.agreement_id = $1 AND v.version < $2 AND v.activated_at IS NOT NULL
         AND t ->> 'kind' = $3 AND t ->> 'sha256' IS NOT NULL`,
      [id, version, SIGNED_PDF],
    );
    return rows.map(({ sha256 }) => sha256);
  }

  async save(
    tx: Tx,
    { id, version }: AgreementVersion,
    { attestedAt, attestedBy, approvedBy, auditEventId }: NewAttestation,
  ): Promise<void> {
    await tx.query(
      `UPDATE agreement_version SET attested_at = $3, attested_by = $4, attestation_approved_by = $5,
         audit_event_id = $6 WHERE agreement_id = $1 AND version = $2`,
      [id, version, attestedAt, attestedBy, approvedBy, auditEventId],
    );
  }
}
