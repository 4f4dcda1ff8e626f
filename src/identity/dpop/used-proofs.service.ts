import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';

/** A proof of possession is good once, on whichever node (RFC 9449 section 11.1, RFC 7523 section 3). */
@Injectable()
export class UsedProofs {
  constructor(private readonly database: Database) {}

  /**
   * One statement, committed by itself: a proof is used up by being shown, whatever comes of the request.
   * @param holder whose names these are: a key's thumbprint, or a client.
   * @returns false when it was used before.
   */
  async use(holder: string, jti: string, forgetAfter: Date): Promise<boolean> {
    const inserted = await this.database.manager.query<unknown[]>(
      `INSERT INTO used_proof (digest, forget_after) VALUES ($1, $2)
       ON CONFLICT DO NOTHING RETURNING digest`,
      [createHash('sha256').update(`${holder}\0${jti}`).digest(), forgetAfter],
    );
    return inserted.length > 0;
  }

  /** @returns how many it forgot, at most `limit`. */
  async forget(now: Date, limit: number): Promise<number> {
    const [, forgotten] = await this.database.manager.query<[unknown[], number]>(
      `DELETE FROM used_proof WHERE digest = ANY (ARRAY(
         SELECT digest FROM used_proof WHERE forget_after < $1 ORDER BY forget_after LIMIT $2))`,
      [now, limit],
    );
    return forgotten;
  }
}
