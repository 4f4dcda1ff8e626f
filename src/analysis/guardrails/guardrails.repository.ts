import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

export interface DatasetOwner {
  readonly organisationId: string;
  readonly status: string;
}

/** Whom a guardrail belongs to. */
@Injectable()
export class GuardrailOwners {
  /** @returns null when there is no such dataset. */
  async ofDataset(manager: EntityManager, datasetId: string): Promise<DatasetOwner | null> {
    const [row] = await manager.query<DatasetOwner[]>(
      'SELECT organisation_id AS "organisationId", status FROM dataset WHERE id = $1',
      [datasetId],
    );
    return row ?? null;
  }

  /** The operator, to whom the guardrails of all datasets belong. */
  async operatorId(manager: EntityManager): Promise<string> {
    const [row] = await manager.query<{ id: string }[]>(
      'SELECT id FROM organisation WHERE is_operator',
    );
    if (!row) {
      throw new Error('There is no operator: run bootstrap');
    }
    return row.id;
  }
}
