import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Tx } from '../database/database.js';
import type { PublicJwk } from './signing-key.js';

export type KeyPurpose = 'token' | 'signoff';

export interface SigningKeyRow {
  readonly kid: string;
  readonly purpose: KeyPurpose;
  readonly state: 'next' | 'active' | 'retired';
  readonly publicJwk: PublicJwk;
  readonly wrapped: Buffer;
  readonly createdAt: Date;
}

@Injectable()
export class SigningKeyRepository {
  /** The partial unique index lets one replica win; the others keep its key. @returns true to the one that won. */
  async insertFirst(tx: Tx, row: SigningKeyRow): Promise<boolean> {
    const inserted = await tx.query<unknown[]>(
      `INSERT INTO signing_key (kid, purpose, state, public_jwk, wrapped, created_at)
       VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING RETURNING kid`,
      [row.kid, row.purpose, row.state, row.publicJwk, row.wrapped, row.createdAt],
    );
    return inserted.length > 0;
  }

  /** At most a few rows: keys change every 90 days. */
  async findPublished(manager: EntityManager): Promise<readonly SigningKeyRow[]> {
    return manager.query<SigningKeyRow[]>(
      `SELECT kid, purpose, state, public_jwk AS "publicJwk", wrapped, created_at AS "createdAt"
       FROM signing_key WHERE state <> 'compromised' ORDER BY created_at LIMIT 100`,
    );
  }
}
