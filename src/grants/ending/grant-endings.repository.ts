import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Tx } from '../../platform/database/database.js';
import type { GrantStatus } from '../grant.rules.js';
import type { EndCondition } from './end-conditions.js';

/** Of a grant, what its events say, and what an amendment may change. */
export interface EndingGrant {
  readonly id: string;
  readonly accessRequestId: string;
  readonly personId: string;
  readonly organisationId: string;
  readonly projectId: string;
  readonly agreementId: string;
  readonly agreementVersion: number;
  readonly datasetId: string;
  readonly providerId: string;
  readonly delivery: string;
  readonly expiresAt: Date;
  /** The key that it is bound to. */
  readonly jkt: string | null;
}

/** How grants end: all of one batch alike. */
export interface GrantEnd {
  readonly status: GrantStatus;
  readonly reason: string;
  /** Undefined: at the instant that the row itself names. */
  readonly endedAt: Date | undefined;
}

const COLUMNS = `g.id, g.access_request_id AS "accessRequestId", g.person_id AS "personId",
  g.organisation_id AS "organisationId", g.project_id AS "projectId", g.agreement_id AS "agreementId",
  g.agreement_version AS "agreementVersion", g.dataset_id AS "datasetId", g.provider_id AS "providerId",
  g.delivery, g.expires_at AS "expiresAt", g.jkt`;
const LIVE = `g.status IN ('issued', 'active')`;
// A grant past its end is the sweep's: it expired, whatever stopped since. The instant is the last parameter.
const FROM_LIVE = (where: string, params: number): string =>
  `FROM grants g WHERE ${LIVE} AND g.expires_at > $${String(params + 1)} AND ${where}`;

/** Ends grants many at a time: one statement finds and locks a batch, one writes it. */
@Injectable()
export class GrantEndingsRepository {
  /** In the order of their ids, so that two cascades over the same grants wait for each other and never deadlock. */
  async lockLive(
    tx: Tx,
    condition: EndCondition,
    now: Date,
    limit: number,
  ): Promise<readonly EndingGrant[]> {
    return this.select(tx, condition, now, `ORDER BY g.id LIMIT ${String(limit)} FOR UPDATE OF g`);
  }

  /** The same for all at once, when several causes then end them one after the other. */
  async lockAll(tx: Tx, { where, params }: EndCondition, now: Date): Promise<void> {
    await tx.query(
      `SELECT count(*) FROM (SELECT g.id ${FROM_LIVE(where, params.length)} ORDER BY g.id FOR UPDATE OF g) AS locked`,
      [...params, now],
    );
  }

  async findLive(
    manager: EntityManager,
    condition: EndCondition,
    now: Date,
    limit: number,
  ): Promise<readonly EndingGrant[]> {
    return this.select(manager, condition, now, `ORDER BY g.id LIMIT ${String(limit)}`);
  }

  /** Grants past their end; those that another worker is writing are skipped. */
  async lockDue(
    tx: Tx,
    now: Date,
    limit: number,
    accessRequestId?: string,
  ): Promise<readonly EndingGrant[]> {
    return tx.query<EndingGrant[]>(
      `SELECT ${COLUMNS} FROM grants g
       WHERE ${LIVE} AND g.expires_at <= $1 AND ($2::uuid IS NULL OR g.access_request_id = $2)
       ORDER BY g.expires_at LIMIT $3 FOR UPDATE SKIP LOCKED`,
      [now, accessRequestId ?? null, limit],
    );
  }

  /** @param ends each grant with the event that explains its end. */
  async end(
    tx: Tx,
    ends: readonly { readonly id: string; readonly eventId: string }[],
    { status, reason, endedAt }: GrantEnd,
  ): Promise<void> {
    await tx.query(
      `UPDATE grants g SET status = $3, epoch = g.epoch + 1, ended_at = coalesce($4, g.expires_at), end_reason = $5,
         audit_event_id = e.event_id
       FROM unnest($1::uuid[], $2::uuid[]) AS e (id, event_id) WHERE g.id = e.id`,
      [
        ends.map(({ id }) => id),
        ends.map(({ eventId }) => eventId),
        status,
        endedAt ?? null,
        reason,
      ],
    );
  }

  /** Tells every node to look at its open streams; it says nothing else, so nothing can be read from it. */
  async notify(tx: Tx): Promise<void> {
    await tx.query('NOTIFY concordat_grants');
  }

  private async select(
    manager: EntityManager,
    { where, params }: EndCondition,
    now: Date,
    rest: string,
  ): Promise<readonly EndingGrant[]> {
    return manager.query<EndingGrant[]>(
      `SELECT ${COLUMNS} ${FROM_LIVE(where, params.length)} ${rest}`,
      [...params, now],
    );
  }
}
