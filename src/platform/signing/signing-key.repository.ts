import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Tx } from '../database/database.js';
import type { KeyPurpose, KeyStanding, KeyState } from './key-rotation.rules.js';
import type { PublicJwk } from './signing-key.js';

export interface SigningKeyRow extends KeyStanding {
  readonly publicJwk: PublicJwk;
  readonly wrapped: Buffer;
  readonly createdAt: Date;
}

/** Keys change every 90 days: so many are more than there are. */
const MAX_KEYS = 1_000;
const COLUMNS = `kid, purpose, state, since, public_jwk AS "publicJwk", wrapped, created_at AS "createdAt"`;

@Injectable()
export class SigningKeyRepository {
  /** Of replicas that rotate at once, one at a time looks at what is due. Readers do not wait. */
  async lock(tx: Tx): Promise<void> {
    await tx.query('LOCK TABLE signing_key IN SHARE ROW EXCLUSIVE MODE');
  }

  async insert(tx: Tx, row: SigningKeyRow): Promise<void> {
    await tx.query(
      `INSERT INTO signing_key (kid, purpose, state, since, public_jwk, wrapped, created_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [row.kid, row.purpose, row.state, row.since, row.publicJwk, row.wrapped, row.createdAt],
    );
  }

  async move(tx: Tx, kid: string, state: KeyState, since: Date): Promise<void> {
    await tx.query('UPDATE signing_key SET state = $2, since = $3 WHERE kid = $1', [
      kid,
      state,
      since,
    ]);
  }

  async findOf(manager: EntityManager, purpose: KeyPurpose): Promise<readonly KeyStanding[]> {
    return manager.query<KeyStanding[]>(
      `SELECT kid, purpose, state, since FROM signing_key WHERE purpose = $1 ORDER BY created_at DESC
       LIMIT ${String(MAX_KEYS)}`,
      [purpose],
    );
  }

  /** Oldest first. */
  async findAll(manager: EntityManager): Promise<readonly SigningKeyRow[]> {
    const rows = await manager.query<SigningKeyRow[]>(
      `SELECT ${COLUMNS} FROM signing_key WHERE state <> 'compromised' ORDER BY created_at DESC
       LIMIT ${String(MAX_KEYS)}`,
    );
    return rows.reverse();
  }
}
