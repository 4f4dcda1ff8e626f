import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Tx } from '../../platform/database/database.js';
import type { Declared } from './proposal.rules.js';
import { MAX_ATTEMPTS } from './profile-limits.js';
import type { Proposal } from './profile.types.js';
import type { SampledPlace } from './sampling.service.js';

export interface StoredProfile {
  readonly id: string;
  readonly datasetId: string;
  readonly status: 'due' | 'proposed' | 'failed';
  readonly requestedAt: Date;
  readonly expiresAt: Date;
  readonly proposal: Proposal | null;
  readonly fault: string | null;
}

/** One attempt at one profile: it holds the claim until another attempt takes it. */
export interface ProfileAttempt extends SampledPlace, Declared {
  readonly claim: string;
  readonly profileId: string;
  readonly datasetId: string;
  readonly attempts: number;
}

const COLUMNS = `id, dataset_id AS "datasetId", status, requested_at AS "requestedAt", expires_at AS "expiresAt", proposal, fault`;

@Injectable()
export class ProfileRepository {
  /** The one of a dataset, unless its time is over. */
  async find(
    manager: EntityManager,
    datasetId: string,
    now: Date,
  ): Promise<StoredProfile | undefined> {
    const [row] = await manager.query<StoredProfile[]>(
      `SELECT ${COLUMNS} FROM dataset_profile WHERE dataset_id = $1 AND expires_at > $2`,
      [datasetId, now],
    );
    return row;
  }

  /** In the place of the one before. */
  async ask(
    tx: Tx,
    profile: Pick<StoredProfile, 'id' | 'datasetId' | 'requestedAt' | 'expiresAt'>,
    auditEventId: string,
  ): Promise<void> {
    await tx.query(
      `INSERT INTO dataset_profile (dataset_id, id, status, requested_at, expires_at, due_at, audit_event_id)
       VALUES ($1, $2, 'due', $3, $4, $3, $5)
       ON CONFLICT (dataset_id) DO UPDATE SET id = $2, status = 'due', requested_at = $3, expires_at = $4, due_at = $3,
         audit_event_id = $5, claim = NULL, attempts = 0, proposal = NULL, fault = NULL`,
      [profile.datasetId, profile.id, profile.requestedAt, profile.expiresAt, auditEventId],
    );
  }

  /** Gives one that is due to this attempt. Two workers never get the same one. @param retryAt when the next may take it. */
  async claim(
    tx: Tx,
    claim: string,
    now: Date,
    retryAt: Date,
  ): Promise<ProfileAttempt | undefined> {
    const [attempt] = await tx.query<ProfileAttempt[]>(
      `SELECT p.id AS "profileId", $2::text AS claim, p.dataset_id AS "datasetId", p.attempts,
         d.store_id AS "storeId", d.prefix, d.fields, d.sensitivity
       FROM dataset_profile p JOIN dataset d ON d.id = p.dataset_id AND d.status <> 'withdrawn'
         JOIN partner_store s ON s.id = d.store_id AND s.status = 'ready'
       WHERE p.due_at <= $1 AND p.expires_at > $1 ORDER BY p.due_at LIMIT 1 FOR UPDATE OF p SKIP LOCKED`,
      [now, claim],
    );
    if (attempt) {
      await tx.query(
        'UPDATE dataset_profile SET claim = $2, due_at = $3, attempts = least(attempts + 1, $4) WHERE dataset_id = $1',
        [attempt.datasetId, claim, retryAt, MAX_ATTEMPTS],
      );
    }
    return attempt;
  }

  /** Writes how an attempt ended, if it still holds the claim. */
  async finish(
    manager: EntityManager,
    { profileId, claim }: ProfileAttempt,
    end: { readonly proposal: Proposal } | { readonly fault: string },
  ): Promise<void> {
    const [proposal, fault] = 'fault' in end ? [null, end.fault] : [end.proposal, null];
    await manager.query(
      `UPDATE dataset_profile SET status = $3, proposal = $4, fault = $5, due_at = NULL, claim = NULL
       WHERE id = $1 AND claim = $2`,
      [profileId, claim, fault === null ? 'proposed' : 'failed', proposal, fault],
    );
  }

  /** Lets the next worker have it at once, as if it had not been tried. */
  async giveBack(manager: EntityManager, attempt: ProfileAttempt, now: Date): Promise<void> {
    await manager.query(
      'UPDATE dataset_profile SET due_at = $3, claim = NULL, attempts = $4 WHERE id = $1 AND claim = $2',
      [attempt.profileId, attempt.claim, now, attempt.attempts],
    );
  }

  /** @returns false when there is none any more: it was confirmed, its time is over, or another one was asked for. */
  async take(tx: Tx, profileId: string, now: Date): Promise<boolean> {
    const result = (await tx.query(
      `DELETE FROM dataset_profile WHERE id = $1 AND status = 'proposed' AND expires_at > $2`,
      [profileId, now],
    )) as unknown as [unknown[], number];
    return result[1] === 1;
  }

  async dropExpired(manager: EntityManager, now: Date): Promise<void> {
    await manager.query('DELETE FROM dataset_profile WHERE expires_at <= $1', [now]);
  }
}
