import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/database/database.js';
import type { AgreementVersion } from '../agreement.types.js';

interface NewAttestation {
  readonly attestedAt: Date;
  readonly attestedBy: string;
  readonly approvedBy: string;
  readonly auditEventId: string;
}

/** Who vouched for a version that was signed on paper. */
@Injectable()
export class AttestationsRepository {
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
