import { Injectable } from '@nestjs/common';
import { eventInsert } from '../../audit/audit.service.js';
import type { PreparedEvent } from '../../audit/event-preparation.js';
import { ConcordatError } from '../../kernel/errors.js';
import type { Lock } from '../../kernel/lock-order.js';
import type { Database, Tx } from '../../platform/database/database.js';
import { lockStatement } from '../../platform/database/locks.js';
import { queryPlanned } from '../../platform/database/planned-statement.js';
import { decisionInsert, type StoredDecision } from '../../policy/decision-record.js';
import type { DeliveryMode } from '../delivery-modes.rules.js';

const TRANSACTION_TIMEOUT_MS = 2_000;
const KEPT_MS = 24 * 3_600_000;

export interface IdempotencyClaim {
  readonly principalId: string;
  readonly key: string;
  readonly bodySha256: Buffer;
  readonly grantId: string;
  readonly now: Date;
}

export interface NewGrant {
  readonly id: string;
  readonly accessRequestId: string;
  readonly personId: string;
  readonly organisationId: string;
  readonly projectId: string;
  readonly agreementId: string;
  readonly agreementVersion: number;
  readonly datasetId: string;
  readonly datasetVersion: string | null;
  /** Of a feed: the number after which the grant begins. */
  readonly feedAfter: number | null;
  readonly providerId: string;
  readonly storeId: string;
  readonly delivery: DeliveryMode;
  readonly status: 'issued';
  readonly issuedAt: Date;
  readonly expiresAt: Date;
  readonly epoch: 1;
  readonly maxRevocationSeconds: number;
  readonly policyVersion: number;
  /** The key that its tokens are bound to. */
  readonly jkt: string | null;
  readonly maxBytes: number | null;
  readonly maxDownloads: number | null;
}

/** The hot path's SQL: one statement per step (grants-and-delivery section 1, "Issue pipeline"). */
@Injectable()
export class IssueRepository {
  /**
   * The transaction's first insert. A concurrent twin waits here until the first commits or rolls back.
   * @returns undefined when the key is free, else the row that holds it.
   */
  async claimKey(
    tx: Tx,
    claim: IdempotencyClaim,
  ): Promise<{ bodySha256: Buffer; grantId: string } | undefined> {
    const { principalId, key, bodySha256, grantId, now } = claim;
    const inserted = await tx.query<unknown[]>(
      `INSERT INTO issue_idempotency AS i (principal_id, key, body_sha256, grant_id, created_at)
       VALUES ($1, $2, $3, $4, $5) ON CONFLICT (principal_id, key) DO UPDATE
         SET body_sha256 = excluded.body_sha256, grant_id = excluded.grant_id, created_at = excluded.created_at
         WHERE i.created_at < $6 RETURNING grant_id`,
      [principalId, key, bodySha256, grantId, now, oldestKey(now)],
    );
    if (inserted.length > 0) {
      return undefined;
    }
    const [held] = await tx.query<{ bodySha256: Buffer; grantId: string }[]>(
      `SELECT body_sha256 AS "bodySha256", grant_id AS "grantId" FROM issue_idempotency
       WHERE principal_id = $1 AND key = $2`,
      [principalId, key],
    );
    return held;
  }

  /** Keys are kept for 24 hours. @returns how many it forgot, at most `limit`. */
  async forgetOldKeys(manager: Database['manager'], now: Date, limit: number): Promise<number> {
    const [, forgotten] = await manager.query<[unknown[], number]>(
      `DELETE FROM issue_idempotency WHERE ctid = ANY (ARRAY(
         SELECT ctid FROM issue_idempotency WHERE created_at < $1 ORDER BY created_at LIMIT $2 FOR UPDATE SKIP LOCKED))`,
      [oldestKey(now), limit],
    );
    return forgotten;
  }

  /** Bounds the transaction and takes every lock, in one message that reads nothing. */
  async lock(tx: Tx, locks: readonly Lock[]): Promise<void> {
    await tx.query(
      `SET LOCAL transaction_timeout = ${String(TRANSACTION_TIMEOUT_MS)}; ${lockStatement('shared', locks)}`,
    );
  }

  /** Grant, decision record and event in one statement: none of them without the others. */
  async insertGrant(
    tx: Tx,
    grant: NewGrant,
    stored: StoredDecision,
    event: PreparedEvent,
  ): Promise<void> {
    const columns = [
      ['id', grant.id],
      ['access_request_id', grant.accessRequestId],
      ['person_id', grant.personId],
      ['organisation_id', grant.organisationId],
      ['project_id', grant.projectId],
      ['agreement_id', grant.agreementId],
      ['agreement_version', grant.agreementVersion],
      ['dataset_id', grant.datasetId],
      ['dataset_version', grant.datasetVersion],
      ['feed_after', grant.feedAfter],
      ['provider_id', grant.providerId],
      ['store_id', grant.storeId],
      ['delivery', grant.delivery],
      ['status', grant.status],
      ['issued_at', grant.issuedAt],
      ['expires_at', grant.expiresAt],
      ['epoch', grant.epoch],
      ['max_revocation_seconds', grant.maxRevocationSeconds],
      ['policy_version', grant.policyVersion],
      ['jkt', grant.jkt],
      ['max_bytes', grant.maxBytes],
      ['max_downloads', grant.maxDownloads],
      ['audit_event_id', event.id],
    ] as const;
    const decision = decisionInsert(stored, event.id, columns.length + 1);
    const audit = eventInsert([event], columns.length + decision.params.length + 1);
    const names = columns.map(([name]) => name).join(', ');
    const places = columns.map((_, at) => `$${String(at + 1)}`).join(', ');
    await this.write(
      tx,
      `WITH ${audit.ctes}, decided AS (${decision.sql}) INSERT INTO grants (${names}) VALUES (${places})`,
      [...columns.map(([, value]) => value), ...decision.params, ...audit.params],
    );
  }

  /**
   * A refusal or a refresh: the event and, when policy was asked, its decision record.
   * @param freedKey of a refused issue: the next call with this key is a new one.
   */
  async insertOutcome(
    tx: Tx,
    event: PreparedEvent,
    stored: StoredDecision | undefined,
    freedKey?: Pick<IdempotencyClaim, 'principalId' | 'key'>,
  ): Promise<void> {
    const audit = eventInsert([event]);
    const decision = stored && decisionInsert(stored, event.id, audit.params.length + 1);
    const params = [...audit.params, ...(decision?.params ?? [])];
    const ctes = [audit.ctes, ...(decision ? [`decided AS (${decision.sql})`] : [])];
    if (freedKey) {
      const [principal, key] = [1, 2].map((at) => `$${String(params.length + at)}`);
      ctes.push(
        `freed AS (DELETE FROM issue_idempotency WHERE principal_id = ${principal ?? ''} AND key = ${key ?? ''})`,
      );
      params.push(freedKey.principalId, freedKey.key);
    }
    await this.write(tx, `WITH ${ctes.join(', ')} SELECT 1`, params);
  }

  // No event, no grant: a statement that cannot write its event is the audit's failure, and says so.
  private async write(tx: Tx, sql: string, params: unknown[]): Promise<void> {
    try {
      await queryPlanned(tx, sql, params);
    } catch (error) {
      const { constraint } = (error as { driverError?: { constraint?: string } }).driverError ?? {};
      throw constraint === 'grants_live_twin'
        ? new ConcordatError('grant_exists', {}, { cause: error })
        : new ConcordatError('audit_unavailable', {}, { cause: error });
    }
  }
}

// The date decides, not the sweep: an older key counts as new.
function oldestKey(now: Date): Date {
  return new Date(now.getTime() - KEPT_MS);
}
