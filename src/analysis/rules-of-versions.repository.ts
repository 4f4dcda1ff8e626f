import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { parseCondition } from '../policy/parse-condition.js';
import type { PolicyRule } from '../policy/policy.types.js';

/** What one rule of an agreement allows on one dataset, in whichever version. */
export interface AllowKey {
  readonly agreementId: string;
  readonly datasetId: string;
  readonly action: string;
}

const COLUMNS = `r.id, r.guardrail_id AS "guardrailId", r.dataset_id AS "datasetId", r.action, r.recipients, r.effect,
  r.condition, r.message, r.agreement_id AS "agreementId", r.agreement_version AS "agreementVersion", r.reference,
  r.from_version AS "fromVersion"`;
const OPEN_AT = (version: string): string =>
  `r.from_version <= ${version} AND (r.to_version IS NULL OR r.to_version > ${version})`;

/** The rules as they stood at any version: they are closed, never deleted (policy section 7). */
@Injectable()
export class RulesOfVersions {
  async exists(manager: EntityManager, version: number): Promise<boolean> {
    const rows = await manager.query<unknown[]>('SELECT FROM policy_version WHERE version = $1', [
      version,
    ]);
    return rows.length > 0;
  }

  /**
   * What may be allowed otherwise at `to` than at `from`: the allow rule itself changed, or a deny rule that stands
   * before it.
   * @param ownerIds whose datasets; null: everybody's.
   */
  async changedBetween(
    manager: EntityManager,
    { from, to }: { readonly from: number; readonly to: number },
    ownerIds: readonly string[] | null,
    limit: number,
  ): Promise<readonly AllowKey[]> {
    return manager.query<AllowKey[]>(
      `WITH changed AS (
         SELECT * FROM policy_rule WHERE from_version > $1 AND from_version <= $2
         UNION SELECT * FROM policy_rule WHERE to_version > $1 AND to_version <= $2),
       denied AS (SELECT DISTINCT action, dataset_id FROM changed WHERE effect = 'deny')
       SELECT DISTINCT r.agreement_id AS "agreementId", r.dataset_id AS "datasetId", r.action FROM (
         SELECT agreement_id, dataset_id, action FROM changed WHERE effect = 'allow'
         UNION ALL
         SELECT r.agreement_id, r.dataset_id, r.action FROM denied d
           JOIN policy_rule r ON r.effect = 'allow' AND r.action = d.action
             AND (d.dataset_id IS NULL OR r.dataset_id = d.dataset_id)
             AND (${OPEN_AT('$1')} OR ${OPEN_AT('$2')})) r
       WHERE $3::uuid[] IS NULL OR EXISTS (
         SELECT FROM dataset x WHERE x.id = r.dataset_id AND x.organisation_id = ANY ($3))
       ORDER BY 1, 2, 3 LIMIT $4`,
      [from, to, ownerIds, limit],
    );
  }

  /** The allow rule of a key at a version, and every deny rule that stands before it, in the order of a snapshot. */
  async at(
    manager: EntityManager,
    version: number,
    { agreementId, datasetId, action }: AllowKey,
  ): Promise<readonly PolicyRule[]> {
    const rows = await manager.query<PolicyRule[]>(
      `SELECT ${COLUMNS} FROM policy_rule r
       WHERE r.effect = 'allow' AND r.dataset_id = $2 AND r.action = $3 AND r.agreement_id = $4 AND ${OPEN_AT('$1')}
       UNION ALL
       SELECT ${COLUMNS} FROM policy_rule r
       WHERE r.effect = 'deny' AND r.action = $3 AND (r.dataset_id IS NULL OR r.dataset_id = $2) AND ${OPEN_AT('$1')}
       ORDER BY "fromVersion", id`,
      [version, datasetId, action, agreementId],
    );
    return rows.map((row) => ({ ...row, condition: parseCondition(row.condition) }));
  }
}
