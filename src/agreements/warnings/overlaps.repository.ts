import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

/** More say no more: the list is a hint, not a report. */
const AT_MOST = 20;

interface Sought {
  readonly agreementId: string;
  readonly datasetIds: readonly string[];
  readonly purposes: readonly string[];
  readonly providerIds: readonly string[];
  readonly recipientIds: readonly string[];
  /** Whose agreements the caller may read; null for all. Of others nothing is said, not even that there is one (law 3). */
  readonly readableBy: readonly string[] | null;
}

/** Another agreement in force that lets the same recipient have the same data for the same end. */
export interface Overlap {
  readonly id: string;
  readonly reference: string;
  readonly datasetIds: readonly string[];
}

/** Agreements in force beside the one that is drafted. */
@Injectable()
export class OverlapsRepository {
  async find(manager: EntityManager, sought: Sought): Promise<readonly Overlap[]> {
    return manager.query<Overlap[]>(
      `SELECT a.id, a.reference, jsonb_agg(DISTINCT i.dataset_id) AS "datasetIds"
       FROM agreement_item i
       JOIN agreement_version v ON v.agreement_id = i.agreement_id AND v.version = i.version
       JOIN agreement a ON a.id = v.agreement_id
       WHERE i.dataset_id = ANY($2) AND v.status = 'active' AND a.id <> $1 AND v.terms->'purposes' ?| $3
         AND EXISTS (SELECT FROM agreement_party p WHERE p.agreement_id = a.id AND p.status = 'active'
           AND p.data_role IN ('provider', 'both') AND p.organisation_id = ANY($4))
         AND EXISTS (SELECT FROM agreement_party p WHERE p.agreement_id = a.id AND p.status = 'active'
           AND p.data_role IN ('recipient', 'both') AND p.organisation_id = ANY($5))
         AND ($6::uuid[] IS NULL OR coalesce(v.organisation_id, a.organisation_id) = ANY($6)
           OR EXISTS (SELECT FROM agreement_party p
           WHERE p.agreement_id = a.id AND p.organisation_id = ANY($6) AND p.since_version <= v.version
             AND coalesce(p.until_version, v.version) >= v.version))
       GROUP BY a.id ORDER BY a.id LIMIT ${String(AT_MOST)}`,
      [
        sought.agreementId,
        sought.datasetIds,
        sought.purposes,
        sought.providerIds,
        sought.recipientIds,
        sought.readableBy,
      ],
    );
  }
}
