import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import pg from 'pg';
import { Config } from '../../config/config.js';
import { decryptWithKey, encryptWithKey, openEnvelope, sealEnvelope } from './envelope.js';

const CACHED_KEYS = 10_000;
const CACHED_MS = 60_000;
const POOL_SIZE = 5;
const TIMEOUT_MS = 3_000;

/**
 * The table of the secrets database, made by its owner at `concordat migrate`. The row of an erased subject stays, without a
 * key: it outlives a restored main database, and no key is made beside it.
 */
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS subject_key (
    subject_id uuid PRIMARY KEY,
    wrapped bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now());
  ALTER TABLE subject_key ALTER COLUMN wrapped DROP NOT NULL, ADD COLUMN IF NOT EXISTS erased_at timestamptz;
  CREATE INDEX IF NOT EXISTS subject_key_erased ON subject_key (subject_id) WHERE wrapped IS NULL;
  CREATE OR REPLACE FUNCTION keep_erased() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF OLD.wrapped IS NULL OR NEW.wrapped IS NOT NULL OR NEW.subject_id <> OLD.subject_id THEN
      RAISE EXCEPTION 'A subject key is destroyed, and never replaced' USING ERRCODE = 'CN001';
    END IF;
    RETURN NEW;
  END $$;
  CREATE OR REPLACE TRIGGER subject_key_destroyed BEFORE UPDATE ON subject_key
    FOR EACH ROW EXECUTE FUNCTION keep_erased();
  GRANT USAGE ON SCHEMA public TO concordat_secrets;
  REVOKE DELETE ON subject_key FROM concordat_secrets;
  GRANT SELECT, INSERT, UPDATE (wrapped, erased_at) ON subject_key TO concordat_secrets;`;

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

/** Somebody whose key was destroyed: nothing is kept of them any more. */
export class SubjectErased extends Error {
  constructor(readonly subjectId: string) {
    super('The subject was erased');
  }
}

/**
 * One key per data subject, wrapped by the KEK, in a database of its own whose backups are short-lived: destroying the key
 * erases what it encrypted (audit-log section 11).
 */
@Injectable()
export class SubjectKeys implements OnApplicationShutdown {
  private readonly pool: pg.Pool;
  private readonly keys = new LRUCache<string, KeyObject>({ max: CACHED_KEYS, ttl: CACHED_MS });

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

  /** @throws SubjectErased: there is no key, and none is made. */
  async encrypt(subjectId: string, aad: string, plaintext: Buffer): Promise<Buffer> {
    return encryptWithKey(await this.keyOf(subjectId), aad, plaintext);
  }

  /** @returns undefined when the subject's key was destroyed: the text is gone for good. */
  async decrypt(subjectId: string, aad: string, sealed: Buffer): Promise<Buffer | undefined> {
    const key = await this.existingKey(subjectId);
    return key && decryptWithKey(key, aad, sealed);
  }

  /**
   * Destroys the key for good; repeatable. Other processes forget it within a minute: what they encrypt until then is
   * unreadable after it, as all the rest.
   */
  async destroy(subjectId: string): Promise<void> {
    this.keys.delete(subjectId);
    await this.pool.query(
      `INSERT INTO subject_key (subject_id, wrapped, erased_at) VALUES ($1, NULL, now())
       ON CONFLICT (subject_id) DO UPDATE SET wrapped = NULL, erased_at = now() WHERE subject_key.wrapped IS NOT NULL`,
      [subjectId],
    );
    this.keys.delete(subjectId);
  }

  /** Subjects whose keys were destroyed, a page at a time in the order of their ids. */
  async listErased(after: string, limit: number): Promise<readonly string[]> {
    const { rows } = await this.pool.query<{ id: string }>(
      `SELECT subject_id AS id FROM subject_key WHERE wrapped IS NULL AND subject_id > $1 ORDER BY subject_id LIMIT $2`,
      [after, limit],
    );
    return rows.map(({ id }) => id);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.pool.end();
  }

  private async keyOf(subjectId: string): Promise<KeyObject> {
    const known = await this.existingKey(subjectId);
    if (known) {
      return known;
    }
    const wrapped = sealEnvelope(this.config.kek, aadOf(subjectId), randomBytes(32));
    await this.pool.query(
      'INSERT INTO subject_key (subject_id, wrapped) VALUES ($1, $2) ON CONFLICT DO NOTHING',
      [subjectId, wrapped],
    );
    // Another replica may have won, or the subject is erased: the row is the truth.
    const key = await this.existingKey(subjectId);
    if (!key) {
      throw new SubjectErased(subjectId);
    }
    return key;
  }

  /** @returns undefined when there is none: it was not made yet, or it was destroyed. */
  private async existingKey(subjectId: string): Promise<KeyObject | undefined> {
    const cached = this.keys.get(subjectId);
    if (cached) {
      return cached;
    }
    const { rows } = await this.pool.query<{ wrapped: Buffer | null }>(
      'SELECT wrapped FROM subject_key WHERE subject_id = $1',
      [subjectId],
    );
    const wrapped = rows[0]?.wrapped;
    if (!wrapped) {
      return undefined;
    }
    const key = createSecretKey(openEnvelope(this.config.kek, aadOf(subjectId), wrapped));
    this.keys.set(subjectId, key);
    return key;
  }
}

function aadOf(subjectId: string): string {
  return `subject|${subjectId}`;
}
