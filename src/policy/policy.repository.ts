import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Tx } from '../platform/database/database.js';
import { conditionHash } from './compile-condition.js';
import type { PolicyRule } from './snapshot.js';

export interface PolicyVersionRow {
  readonly version: number;
  readonly publishedBy: string | null;
  readonly publishedAt: Date;
  readonly auditEventId: string;
}

/** All SQL of policy. Rules travel as typed columns, never as CSV lines. */
@Injectable()
export class PolicyRepository {
  async headVersion(manager: EntityManager): Promise<number> {
    const [row] = await manager.query<{ version: string }[]>(
      'SELECT version FROM policy_head WHERE id = 1',
    );
    if (!row) {
      throw new Error('policy_head is empty');
    }
    return Number(row.version);
  }

  /** The rules in force at the head, with the head they belong to: one statement, so one snapshot. */
  async openRules(
    manager: EntityManager,
  ): Promise<{ readonly version: number; readonly rules: readonly PolicyRule[] }> {
    const [row] = await manager.query<{ version: string; rules: PolicyRule[] }[]>(`
      SELECT h.version, coalesce(jsonb_agg(jsonb_build_object(
          'id', r.id, 'guardrailId', r.guardrail_id, 'datasetId', r.dataset_id, 'action', r.action,
          'recipients', to_jsonb(r.recipients), 'effect', r.effect, 'condition', r.condition, 'message', r.message,
          'agreementId', r.agreement_id, 'agreementVersion', r.agreement_version, 'reference', r.reference))
        FILTER (WHERE r.id IS NOT NULL), '[]'::jsonb) AS rules
      FROM policy_head h LEFT JOIN policy_rule r ON r.to_version IS NULL
      WHERE h.id = 1 GROUP BY h.version`);
    if (!row) {
      throw new Error('policy_head is empty');
    }
    return { version: Number(row.version), rules: row.rules };
  }

  async advanceHead(tx: Tx): Promise<number> {
    const answer = await tx.query<[{ version: string }[], number]>(
      'UPDATE policy_head SET version = version + 1 WHERE id = 1 RETURNING version',
    );
    return Number(answer[0][0]?.version);
  }

  async insertVersion(tx: Tx, row: PolicyVersionRow): Promise<void> {
    await tx.query(
      `INSERT INTO policy_version (version, parent, published_by, published_at, audit_event_id)
       VALUES ($1, $2, $3, $4, $5)`,
      [row.version, row.version - 1, row.publishedBy, row.publishedAt, row.auditEventId],
    );
  }

  async insertRule(tx: Tx, rule: PolicyRule, fromVersion: number): Promise<void> {
    await tx.query(
      `INSERT INTO policy_rule (id, guardrail_id, dataset_id, action, recipients, effect, condition, condition_sha256,
         message, agreement_id, agreement_version, reference, from_version)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
      [
        rule.id,
        rule.guardrailId,
        rule.datasetId,
        rule.action,
        rule.recipients,
        rule.effect,
        rule.condition,
        Buffer.from(conditionHash(rule.condition), 'hex'),
        rule.message,
        rule.agreementId,
        rule.agreementVersion,
        rule.reference,
        fromVersion,
      ],
    );
  }

  /** Closes the allow rules of versions that have ended since the last publication, and those of `agreementId`. */
  async closeEndedRules(tx: Tx, toVersion: number, agreementId: string | null): Promise<void> {
    await tx.query(
      `UPDATE policy_rule r SET to_version = $1
       FROM agreement_version v
       WHERE r.to_version IS NULL AND r.effect = 'allow' AND r.from_version < $1
         AND v.agreement_id = r.agreement_id AND v.version = r.agreement_version
         AND (v.status IN ('terminated', 'expired', 'superseded') OR r.agreement_id = $2)`,
      [toVersion, agreementId],
    );
  }

  /** One NOTIFY per publication; issuing and delivering never send any. */
  async notify(tx: Tx): Promise<void> {
    await tx.query(`SELECT pg_notify('concordat_policy', '')`);
  }
}
