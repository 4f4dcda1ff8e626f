import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Tx } from '../../platform/database/database.js';
import type { Action } from '../attributes.js';
import type { Guardrail, GuardrailKey, GuardrailQuery } from '../guardrail.js';
import { parseCondition } from '../parse-condition.js';

type GuardrailRow = Omit<Guardrail, 'sinceVersion' | 'untilVersion' | 'condition'> & {
  readonly condition: unknown;
  readonly sinceVersion: string;
  readonly untilVersion: string | null;
};

const NIL = '00000000-0000-0000-0000-000000000000';

// The rules of one text were opened together and are closed together.
const GUARDRAILS = `
  SELECT r.guardrail_id AS id, r.dataset_id AS "datasetId", array_agg(r.action ORDER BY r.action) AS actions,
    (array_agg(r.condition))[1] AS condition, min(r.message) AS message, r.from_version AS "sinceVersion",
    min(r.to_version) AS "untilVersion", min(v.published_at) AS "publishedAt"
  FROM policy_rule r JOIN policy_version v ON v.version = r.from_version
  WHERE r.effect = 'deny'`;
const GROUPED = 'GROUP BY r.guardrail_id, r.dataset_id, r.from_version';

/** The SQL of guardrails: what they say and said, and what a change of one rests on. */
@Injectable()
export class GuardrailsRepository {
  async list(manager: EntityManager, query: GuardrailQuery): Promise<readonly Guardrail[]> {
    const { organisationIds, id, datasetId, isHistory, after, limit } = query;
    const rows = await manager.query<GuardrailRow[]>(
      `${GUARDRAILS} AND (r.to_version IS NULL OR $1)
         AND (r.dataset_id IS NULL OR $2::uuid[] IS NULL
           OR r.dataset_id IN (SELECT d.id FROM dataset d WHERE d.organisation_id = ANY($2)))
         AND ($3::text IS NULL OR r.guardrail_id = $3) AND ($4::uuid IS NULL OR r.dataset_id = $4)
         AND ($5::text IS NULL
           OR (r.guardrail_id, coalesce(r.dataset_id, '${NIL}'), r.from_version) > ($5, coalesce($6::uuid, '${NIL}'), $7::bigint))
       ${GROUPED} ORDER BY r.guardrail_id, coalesce(r.dataset_id, '${NIL}'), r.from_version LIMIT $8`,
      [
        isHistory,
        organisationIds,
        id,
        datasetId,
        after?.id ?? null,
        after?.datasetId ?? null,
        after?.sinceVersion ?? null,
        limit,
      ],
    );
    return rows.map(toGuardrail);
  }

  /** The text in force; undefined when the guardrail is new or withdrawn. */
  async findOpen(
    manager: EntityManager,
    { id, datasetId }: GuardrailKey,
  ): Promise<Guardrail | undefined> {
    const [row] = await manager.query<GuardrailRow[]>(
      `${GUARDRAILS} AND r.to_version IS NULL AND r.guardrail_id = $1 AND r.dataset_id IS NOT DISTINCT FROM $2::uuid
       ${GROUPED}`,
      [id, datasetId],
    );
    return row && toGuardrail(row);
  }

  /** The last policy version that opened or closed a rule of the guardrail; 0 before the first. */
  async changedIn(manager: EntityManager, { id, datasetId }: GuardrailKey): Promise<number> {
    const [row] = await manager.query<{ version: string | null }[]>(
      `SELECT greatest(max(from_version), max(to_version)) AS version FROM policy_rule
       WHERE effect = 'deny' AND guardrail_id = $1 AND dataset_id IS NOT DISTINCT FROM $2::uuid`,
      [id, datasetId],
    );
    return Number(row?.version ?? 0);
  }

  /** How many other deny rules there are in the bucket of each action. */
  async countOthers(
    manager: EntityManager,
    { id, datasetId }: GuardrailKey,
    actions: readonly Action[],
  ): Promise<ReadonlyMap<string, number>> {
    const rows = await manager.query<{ action: string; count: number }[]>(
      `SELECT action, count(*)::int AS count FROM policy_rule
       WHERE effect = 'deny' AND to_version IS NULL AND dataset_id IS NOT DISTINCT FROM $2::uuid
         AND guardrail_id <> $1 AND action = ANY($3) GROUP BY action`,
      [id, datasetId, actions],
    );
    return new Map(rows.map(({ action, count }) => [action, count]));
  }

  async close(tx: Tx, { id, datasetId }: GuardrailKey, untilVersion: number): Promise<void> {
    await tx.query(
      `UPDATE policy_rule SET to_version = $3
       WHERE effect = 'deny' AND to_version IS NULL AND guardrail_id = $1 AND dataset_id IS NOT DISTINCT FROM $2::uuid`,
      [id, datasetId, untilVersion],
    );
  }
}

function toGuardrail({ condition, sinceVersion, untilVersion, ...row }: GuardrailRow): Guardrail {
  return {
    ...row,
    condition: parseCondition(condition),
    sinceVersion: Number(sinceVersion),
    untilVersion: untilVersion === null ? null : Number(untilVersion),
  };
}
