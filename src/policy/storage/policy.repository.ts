import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Tx } from '../../platform/database/database.js';
import { conditionHash } from '../engine/compile-condition.js';
import { parseCondition } from '../parse-condition.js';
import type { PolicyChange, PolicyRule } from '../engine/snapshot.js';

export interface PolicyVersionRow {
  readonly version: number;
  readonly publishedBy: string | null;
  readonly approvedBy: string | null;
  readonly publishedAt: Date;
  readonly auditEventId: string;
}

type RuleRow = PolicyRule & { readonly fromVersion: string; readonly toVersion: string | null };

const PAGE = 5_000;
const NIL = '00000000-0000-0000-0000-000000000000';

const COLUMNS = `id, guardrail_id AS "guardrailId", dataset_id AS "datasetId", action, recipients, effect, condition,
  message, agreement_id AS "agreementId", agreement_version AS "agreementVersion", reference,
  from_version AS "fromVersion", to_version AS "toVersion"`;

// Keyset pages in index order: policy_rule_open and policy_rule_closed. A rule opened and closed in between is in neither.
const OPENED = `SELECT ${COLUMNS} FROM policy_rule
  WHERE to_version IS NULL AND from_version > $1 AND (from_version, id) > ($2::bigint, $3::uuid)
  ORDER BY from_version, id LIMIT $4`;
const CLOSED = `SELECT ${COLUMNS} FROM policy_rule
  WHERE to_version IS NOT NULL AND to_version > $1 AND from_version <= $1
    AND (to_version, id) > ($2::bigint, $3::uuid)
  ORDER BY to_version, id LIMIT $4`;

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

  /**
   * What changed from version `from` to the head. The statements must see one state: call it under the policy lock, or
   * after `readOneState`.
   */
  async changeSince(tx: Tx, from: number): Promise<PolicyChange> {
    const to = await this.headVersion(tx);
    const opened = await this.pages(tx, OPENED, from, ({ fromVersion }) => fromVersion);
    const closed =
      from === 0
        ? []
        : await this.pages(tx, CLOSED, from, ({ toVersion }) => toVersion ?? String(from));
    return { from, to, opened, closed };
  }

  /** Must be the transaction's first statement: one snapshot for all that follow. */
  async readOneState(tx: Tx): Promise<void> {
    await tx.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY');
  }

  /** Allow rules of versions that have ended; a bounded number, and the next publication closes more. */
  async endedRuleIds(tx: Tx, limit: number): Promise<readonly string[]> {
    const rows = await tx.query<{ id: string }[]>(
      `SELECT r.id FROM policy_rule r
       JOIN agreement_version v ON v.agreement_id = r.agreement_id AND v.version = r.agreement_version
       WHERE r.effect = 'allow' AND r.to_version IS NULL
         AND v.status IN ('terminated', 'expired', 'superseded')
       LIMIT $1`,
      [limit],
    );
    return rows.map(({ id }) => id);
  }

  /** @returns the new version. The caller holds the policy lock exclusively. */
  async advanceHead(tx: Tx): Promise<number> {
    const [rows] = await tx.query<[{ version: string }[], number]>(
      'UPDATE policy_head SET version = version + 1 WHERE id = 1 RETURNING version',
    );
    if (!rows[0]) {
      throw new Error('policy_head is empty');
    }
    return Number(rows[0].version);
  }

  async insertVersion(tx: Tx, row: PolicyVersionRow): Promise<void> {
    await tx.query(
      `INSERT INTO policy_version (version, parent, published_by, approved_by, published_at, audit_event_id)
       VALUES ($1, $2, $3, $4, $5, $6)`,
      [
        row.version,
        row.version - 1,
        row.publishedBy,
        row.approvedBy,
        row.publishedAt,
        row.auditEventId,
      ],
    );
  }

  async insertRules(tx: Tx, rules: readonly PolicyRule[], fromVersion: number): Promise<void> {
    const rows = rules.map(({ condition, ...rule }) => ({
      ...rule,
      condition,
      sha256: conditionHash(condition),
    }));
    await tx.query(
      `INSERT INTO policy_rule (id, guardrail_id, dataset_id, action, recipients, effect, condition, condition_sha256,
         message, agreement_id, agreement_version, reference, from_version)
       SELECT id, "guardrailId", "datasetId", action, recipients, effect, condition, decode(sha256, 'hex'),
         message, "agreementId", "agreementVersion", reference, $2
       FROM jsonb_to_recordset($1::jsonb) AS rule(id uuid, "guardrailId" text, "datasetId" uuid, action text,
         recipients uuid[], effect text, condition jsonb, sha256 text, message text, "agreementId" uuid,
         "agreementVersion" int, reference text)`,
      [JSON.stringify(rows), fromVersion],
    );
  }

  /** Closes, never deletes: a decision of an earlier version replays to the same outcome. */
  async closeRules(tx: Tx, ids: readonly string[], toVersion: number): Promise<void> {
    await tx.query(
      'UPDATE policy_rule SET to_version = $2 WHERE id = ANY($1::uuid[]) AND to_version IS NULL',
      [ids, toVersion],
    );
  }

  /** Closes every open allow rule of an agreement: its next version, or its next set of recipients, replaces them. */
  async closeAgreement(tx: Tx, agreementId: string, toVersion: number): Promise<void> {
    await tx.query(
      `UPDATE policy_rule SET to_version = $2
       WHERE effect = 'allow' AND to_version IS NULL AND agreement_id = $1`,
      [agreementId, toVersion],
    );
  }

  /** One NOTIFY per publication; issuing and delivering never send any. */
  async notify(tx: Tx): Promise<void> {
    await tx.query(`SELECT pg_notify('concordat_policy', '')`);
  }

  private async pages(
    tx: Tx,
    sql: string,
    from: number,
    positionOf: (row: RuleRow) => string,
  ): Promise<readonly PolicyRule[]> {
    const rules: RuleRow[] = [];
    let after: readonly [string, string] = [String(from), NIL];
    for (;;) {
      const page: RuleRow[] = await tx.query<RuleRow[]>(sql, [from, ...after, PAGE]);
      // A row that decides is checked like one that is proposed: a closure over a malformed value could fail open.
      rules.push(...page.map((row) => ({ ...row, condition: parseCondition(row.condition) })));
      const last = page.at(-1);
      if (!last || page.length < PAGE) {
        return rules;
      }
      after = [positionOf(last), last.id];
    }
  }
}
