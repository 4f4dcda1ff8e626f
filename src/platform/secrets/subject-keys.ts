import { randomBytes } from 'node:crypto';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import pg from 'pg';
import { Config } from '../../config/config.js';
import { decryptWithKey, encryptWithKey, openEnvelope, sealEnvelope } from './envelope.js';

const CACHED_KEYS = 10_000;
const CACHED_MS = 60_000;
const POOL_SIZE = 5;
const TIMEOUT_MS = 3_000;

/** The table of the secrets database, made by its owner at `concordat migrate`. */
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS subject_key (
    subject_id uuid PRIMARY KEY,
    wrapped bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now());
  GRANT USAGE ON SCHEMA public TO concordat_secrets;
  GRANT SELECT, INSERT, DELETE ON subject_key TO concordat_secrets;`;

/** Prepares the secrets database; repeatable. @param url login of its owner. */
export async function migrateSecrets(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: TIMEOUT_MS });
  await client.connect();
  try {
    await client.query(SCHEMA);
  } finally {
    await client.end();
  }
}

/**
 * One key per data subject, wrapped by the KEK, in a database of its own whose backups are short-lived: destroying the key
 * erases what it encrypted (audit-log section 11).
 */
@Injectable()
export class SubjectKeys implements OnApplicationShutdown {
  private readonly pool: pg.Pool;
  private readonly keys = new LRUCache<string, Buffer>({ max: CACHED_KEYS, ttl: CACHED_MS });

  constructor(@Inject(Config) private readonly config: Config) {
    this.pool = new pg.Pool({
      connectionString: config.secretsDatabaseUrl,
      max: POOL_SIZE,
      connectionTimeoutMillis: TIMEOUT_MS,
      query_timeout: TIMEOUT_MS,
      statement_timeout: TIMEOUT_MS,
      allowExitOnIdle: true,
    });
    // An idle connection that dies is replaced at the next call; without a listener it would end the process.
    this.pool.on('error', () => undefined);
  }

  async encrypt(subjectId: string, aad: string, plaintext: Buffer): Promise<Buffer> {
    return encryptWithKey(await this.keyOf(subjectId), aad, plaintext);
  }

  /** @returns undefined when the subject's key was destroyed: the text is gone for good. */
  async decrypt(subjectId: string, aad: string, sealed: Buffer): Promise<Buffer | undefined> {
    const key = await this.existingKey(subjectId);
    return key && decryptWithKey(key, aad, sealed);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.pool.end();
  }

  private async keyOf(subjectId: string): Promise<Buffer> {
    const known = await this.existingKey(subjectId);
    if (known) {
      return known;
    }
    const wrapped = sealEnvelope(this.config.kek, aadOf(subjectId), randomBytes(32));
    await this.pool.query(
      'INSERT INTO subject_key (subject_id, wrapped) VALUES ($1, $2) ON CONFLICT DO NOTHING',
      [subjectId, wrapped],
    );
    // Another replica may have won: the row is the truth.
    const key = await this.existingKey(subjectId);
    if (!key) {
      throw new Error('A subject key that was just made is not there');
    }
    return key;
  }

  private async existingKey(subjectId: string): Promise<Buffer | undefined> {
    const cached = this.keys.get(subjectId);
    if (cached) {
      return cached;
    }
    const { rows } = await this.pool.query<{ wrapped: Buffer }>(
      'SELECT wrapped FROM subject_key WHERE subject_id = $1',
      [subjectId],
    );
    const [row] = rows;
    if (!row) {
      return undefined;
    }
    const key = openEnvelope(this.config.kek, aadOf(subjectId), row.wrapped);
    this.keys.set(subjectId, key);
    return key;
  }
}

function aadOf(subjectId: string): string {
  return `subject|${subjectId}`;
}
