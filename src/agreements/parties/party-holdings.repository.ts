import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Holder, Holding } from '../../organisations/hand-over/hand-over.types.js';

interface Named extends Pick<Holding, 'kind' | 'id'> {
  readonly reference: string;
  readonly isDraft: boolean;
}

@Injectable()
export class PartyHoldingsRepository {
  /** Versions that are not over and name the person for this organisation; the newest of each agreement last. */
  async list(
    manager: EntityManager,
    { personId, organisationId }: Holder,
    limit: number,
  ): Promise<Named[]> {
    return manager.query<Named[]>(
      `SELECT DISTINCT named.kind, a.id, a.reference || ' version ' || v.version AS reference, v.status = 'draft' AS "isDraft"
       FROM agreement_party p JOIN agreement a ON a.id = p.agreement_id
         JOIN agreement_version v ON v.agreement_id = a.id AND v.status NOT IN ('terminated', 'expired', 'superseded')
           AND p.since_version <= v.version AND coalesce(p.until_version, v.version) >= v.version
         JOIN LATERAL (VALUES ('agreement_signatory', p.signatory_id = $1), ('agreement_dpo', p.dpo_id = $1),
           ('standing_decider', v.terms #>> '{standingDecider,personId}' = $1::text)) AS named (kind, is_so)
           ON named.is_so
       WHERE p.organisation_id = $2 AND p.status NOT IN ('withdrawn', 'excluded', 'lapsed')
       ORDER BY 2, 3, 1 LIMIT $3`,
      [personId, organisationId, limit],
    );
  }
}
