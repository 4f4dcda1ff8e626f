import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Action } from '../../policy/attributes.js';
import type { Condition } from '../../policy/condition.js';
import type { OpenDeny } from './guardrail.rules.js';

export interface GuardrailRow {
  readonly id: string;
  readonly datasetId: string | null;
  readonly actions: readonly Action[];
  readonly condition: Condition;
  readonly message: string;
  /** The policy version that it came with. */
  readonly sinceVersion: number;
}

@Injectable()
export class GuardrailsRepository {
  /** The open deny rules of a dataset, or those of every dataset; at most 16 for each action. */
  async openDenies(manager: EntityManager, datasetId: string | null): Promise<readonly OpenDeny[]> {
    return manager.query<OpenDeny[]>(
      `SELECT id, guardrail_id AS "guardrailId", dataset_id AS "datasetId", action FROM policy_rule
       WHERE effect = 'deny' AND to_version IS NULL AND dataset_id IS NOT DISTINCT FROM $1::uuid ORDER BY id`,
      [datasetId],
    );
  }

  async list(manager: EntityManager, datasetId: string | null): Promise<readonly GuardrailRow[]> {
    return manager.query<GuardrailRow[]>(
      `SELECT guardrail_id AS id, dataset_id AS "datasetId", array_agg(action ORDER BY action) AS actions,
         (array_agg(condition))[1] AS condition, min(message) AS message, max(from_version)::int AS "sinceVersion"
       FROM policy_rule
       WHERE effect = 'deny' AND to_version IS NULL AND dataset_id IS NOT DISTINCT FROM $1::uuid
       GROUP BY guardrail_id, dataset_id ORDER BY guardrail_id`,
      [datasetId],
    );
  }

  /** Whose the dataset is; undefined when there is none, or it is withdrawn. */
  async ownerOf(manager: EntityManager, datasetId: string): Promise<string | undefined> {
    const [row] = await manager.query<{ organisationId: string }[]>(
      `SELECT organisation_id AS "organisationId" FROM dataset WHERE id = $1 AND status <> 'withdrawn'`,
      [datasetId],
    );
    return row?.organisationId;
  }

  async operatorId(manager: EntityManager): Promise<string> {
    const [row] = await manager.query<{ id: string }[]>(
      'SELECT id FROM organisation WHERE is_operator',
    );
    if (!row) {
      throw new Error('No operator: bootstrap has not run');
    }
    return row.id;
  }
}
