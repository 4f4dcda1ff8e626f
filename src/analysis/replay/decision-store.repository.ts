import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Json } from '../../kernel/canonical-json.js';
import type { RuleKey } from '../../policy/policy.types.js';
import { parseCondition } from '../../policy/parse-condition.js';
import type { Condition } from '../../policy/condition.js';

/** A decision as it was recorded. */
export interface RecordedDecision {
  readonly id: string;
  readonly personId: string;
  readonly outcome: 'allow' | 'deny';
  readonly reason: string;
  readonly policyVersion: number;
  readonly attributesHash: Buffer;
  readonly attributes: Buffer;
  readonly ruleIds: readonly string[];
  readonly failed: readonly Json[];
  readonly explanation: string;
  readonly decidedAt: Date;
  readonly notAfter: Date | null;
  /** Null: recorded before its key was kept. */
  readonly key: RuleKey | null;
  readonly narrowing: Condition | null;
}

interface Row extends Omit<RecordedDecision, 'key' | 'policyVersion'> {
  readonly policyVersion: string;
  readonly agreementId: string | null;
  readonly agreementVersion: number;
  readonly datasetId: string;
  readonly action: RuleKey['action'];
}

/** Where a page of decisions starts and ends. */
export interface Window {
  readonly from: Date;
  readonly to: Date;
  readonly after: { readonly decidedAt: Date; readonly id: string } | null;
}

/** Of which decisions a page is; null: of all. */
export interface Scope {
  /** Whose datasets. */
  readonly ownerIds: readonly string[] | null;
  readonly agreementId: string | null;
  readonly datasetIds: readonly string[] | null;
}

const COLUMNS = `d.id, d.person_id AS "personId", d.outcome, d.reason, d.policy_version AS "policyVersion",
  d.attributes_hash AS "attributesHash", d.attributes, d.rule_ids AS "ruleIds", d.failed, d.explanation,
  d.decided_at AS "decidedAt", d.not_after AS "notAfter", d.agreement_id AS "agreementId",
  d.agreement_version AS "agreementVersion", d.dataset_id AS "datasetId", d.action, d.narrowing`;
const NIL = '00000000-0000-0000-0000-000000000000';

@Injectable()
export class DecisionStore {
  async find(manager: EntityManager, id: string): Promise<RecordedDecision | undefined> {
    const [row] = await manager.query<Row[]>(
      `SELECT ${COLUMNS} FROM decision_record d WHERE d.id = $1`,
      [id],
    );
    return row && recorded(row);
  }

  /** Oldest first. */
  async page(
    manager: EntityManager,
    window: Window,
    scope: Scope,
    limit: number,
  ): Promise<readonly RecordedDecision[]> {
    const { sql, params } = pageOf(window, scope, limit);
    return (await manager.query<Row[]>(sql, [...params])).map(recorded);
  }
}

/** One page as a statement: each scope reads by the index that is made for it. */
export function pageOf(
  { from, to, after }: Window,
  { ownerIds, agreementId, datasetIds }: Scope,
  limit: number,
): { readonly sql: string; readonly params: readonly unknown[] } {
  const params: unknown[] = [after?.decidedAt ?? from, to, after?.id ?? NIL, limit];
  const only = (condition: (place: string) => string, value: unknown): string =>
    value === null ? '' : ` AND ${condition(`$${String(params.push(value))}`)}`;
  const where =
    only((place) => `d.agreement_id = ${place}`, agreementId) +
    only((place) => `d.dataset_id = ANY (${place}::uuid[])`, datasetIds) +
    only(
      (place) =>
        `d.dataset_id = ANY (ARRAY(SELECT x.id FROM dataset x WHERE x.organisation_id = ANY (${place}::uuid[])))`,
      ownerIds,
    );
  return {
    sql: `SELECT ${COLUMNS} FROM decision_record d
      WHERE d.decided_at < $2 AND (d.decided_at, d.id) > ($1, $3::uuid)${where}
      ORDER BY d.decided_at, d.id LIMIT $4`,
    params,
  };
}

function recorded({
  agreementId,
  agreementVersion,
  datasetId,
  action,
  ...row
}: Row): RecordedDecision {
  return {
    ...row,
    policyVersion: Number(row.policyVersion),
    key: agreementId === null ? null : { agreementId, agreementVersion, datasetId, action },
    narrowing: row.narrowing === null ? null : parseCondition(row.narrowing),
  };
}
