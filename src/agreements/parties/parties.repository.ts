import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/database/database.js';
import type { AgreementVersion, Party } from '../agreement.types.js';
import type { DataRole } from '../terms/terms.types.js';
import type { PartyStatus } from './party-lifecycle.rules.js';

interface NewParty {
  readonly id: string;
  readonly organisationId: string;
  readonly signatoryId: string;
  readonly dpoId: string;
  readonly dataRole: DataRole;
  /** What the invitation said, whole. */
  readonly terms: object;
  readonly auditEventId: string;
}

interface NewAdmission {
  readonly organisationId: string;
  readonly providerId: string;
  readonly personId: string;
  readonly admittedAt: Date;
  readonly auditEventId: string;
}

/** Party rows as they move, and the consents that an accession needs. */
@Injectable()
export class PartiesRepository {
  async setStatus(tx: Tx, partyId: string, status: PartyStatus, eventId: string): Promise<void> {
    await tx.query(`UPDATE agreement_party SET status = $2, audit_event_id = $3 WHERE id = $1`, [
      partyId,
      status,
      eventId,
    ]);
  }

  /** Writes what an activated version says of its founding parties into their rows. */
  async adopt(tx: Tx, parties: readonly Party[]): Promise<void> {
    for (const party of parties.filter(({ isFounding }) => isFounding)) {
      await tx.query(
        `UPDATE agreement_party SET data_role = $2, is_lead = $3, is_founding = true, signatory_id = $4, dpo_id = $5,
           terms = NULL WHERE id = $1`,
        [party.id, party.dataRole, party.isLead, party.signatoryId, party.dpoId],
      );
    }
  }

  /** An organisation that left before comes back under a new id: what it signed then is not signed now. */
  async insertAcceding(
    tx: Tx,
    { id, version }: AgreementVersion,
    { organisationId, terms, ...party }: NewParty,
  ): Promise<void> {
    await tx.query(
      `DELETE FROM agreement_party WHERE agreement_id = $1 AND organisation_id = $2
         AND status IN ('withdrawn', 'excluded', 'lapsed')`,
      [id, organisationId],
    );
    await tx.query(
      `INSERT INTO agreement_party (id, agreement_id, organisation_id, data_role, is_lead, is_founding, signatory_id,
         dpo_id, status, since_version, terms, audit_event_id)
       VALUES ($1, $2, $3, $4, false, false, $5, $6, 'invited', $7, $8, $9)`,
      [
        party.id,
        id,
        organisationId,
        party.dataRole,
        party.signatoryId,
        party.dpoId,
        version,
        JSON.stringify(terms),
        party.auditEventId,
      ],
    );
  }

  /** A party that the next version does not name stands in none after this one. */
  async depart(tx: Tx, partyId: string, version: number): Promise<void> {
    await tx.query('UPDATE agreement_party SET until_version = $2 WHERE id = $1', [
      partyId,
      version,
    ]);
  }

  /** Takes away who was invited to a version that will not be. */
  async deleteNewcomers(tx: Tx, { id, version }: AgreementVersion): Promise<void> {
    await tx.query(
      `DELETE FROM agreement_party WHERE agreement_id = $1 AND since_version = $2 AND since_version > 1
         AND status IN ('invited', 'reviewed', 'signed')`,
      [id, version],
    );
  }

  /** The providers that consent to the accession of an organisation. */
  async admittedBy(
    tx: Tx,
    agreementId: string,
    organisationId: string,
  ): Promise<readonly string[]> {
    const rows = await tx.query<{ id: string }[]>(
      `SELECT provider_id AS id FROM agreement_admission WHERE agreement_id = $1 AND organisation_id = $2`,
      [agreementId, organisationId],
    );
    return rows.map(({ id }) => id);
  }

  async insertAdmission(tx: Tx, agreementId: string, admission: NewAdmission): Promise<void> {
    await tx.query(
      `INSERT INTO agreement_admission (agreement_id, organisation_id, provider_id, person_id, admitted_at,
         audit_event_id) VALUES ($1, $2, $3, $4, $5, $6)`,
      [
        agreementId,
        admission.organisationId,
        admission.providerId,
        admission.personId,
        admission.admittedAt,
        admission.auditEventId,
      ],
    );
  }

  async spendAdmissions(tx: Tx, agreementId: string, organisationId: string): Promise<void> {
    await tx.query(
      'DELETE FROM agreement_admission WHERE agreement_id = $1 AND organisation_id = $2',
      [agreementId, organisationId],
    );
  }
}
