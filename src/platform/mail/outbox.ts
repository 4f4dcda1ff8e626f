import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../kernel/clock.js';
import { IdFactory } from '../../kernel/ids.js';
import { Database, type Tx } from '../database/database.js';
import { Secrets } from '../secrets/secrets.service.js';

/** A plain-text e-mail to one address. */
export interface Mail {
  /** The same mail has the same key, whoever puts it in and how often. At most 200 characters. */
  readonly dedupeKey: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  /** Stands in the text at `SECRET_PLACE`, and in the database only sealed. */
  readonly secret?: string;
}

/** Where the text of a mail with a secret has it. */
export const SECRET_PLACE = '{secret}';

/** A mail that one worker is to send now; nobody else gets it before `retryAt`. */
export interface ClaimedMail extends Omit<Mail, 'dedupeKey' | 'secret'> {
  readonly id: string;
  /** Counting this one. */
  readonly attempts: number;
}

type SealedMail = ClaimedMail & { readonly sealed: Buffer | null };

const KEPT_DAYS = 30;
const DAY_MS = 86_400_000;

/** E-mails to be sent: put in by the transaction that causes them, taken out by a worker after it (style rule 11). */
@Injectable()
export class Outbox {
  constructor(
    private readonly database: Database,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(IdFactory) private readonly ids: IdFactory,
    private readonly secrets: Secrets,
  ) {}

  /** @returns false when a mail with this key is or was in the outbox: that one stands. */
  async put(tx: Tx, { dedupeKey, to, subject, text, secret }: Mail): Promise<boolean> {
    const id = this.ids.next();
    const sealed = secret === undefined ? null : this.secrets.seal(aadOf(id), Buffer.from(secret));
    const put = await tx.query<unknown[]>(
      `INSERT INTO mail_outbox (id, dedupe_key, recipient, subject, body, created_at, next_attempt_at, sealed)
       VALUES ($1, $2, $3, $4, $5, $6, $6, $7) ON CONFLICT (dedupe_key) DO NOTHING RETURNING id`,
      [id, dedupeKey, to, subject, text, this.clock.now(), sealed],
    );
    return put.length === 1;
  }

  /** Many at once, in one statement. */
  async putAll(tx: Tx, mails: readonly Mail[]): Promise<void> {
    await tx.query(
      `INSERT INTO mail_outbox (id, dedupe_key, recipient, subject, body, created_at, next_attempt_at)
       SELECT m.*, $6, $6 FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[]) AS m
       ON CONFLICT (dedupe_key) DO NOTHING`,
      [
        mails.map(() => this.ids.next()),
        mails.map(({ dedupeKey }) => dedupeKey),
        mails.map(({ to }) => to),
        mails.map(({ subject }) => subject),
        mails.map(({ text }) => text),
        this.clock.now(),
      ],
    );
  }

  /**
   * Takes the mail that waits longest. It is due again at `retryAt(attempts)` unless it is settled before: a worker that
   * dies in between sends it late, perhaps twice, never not at all.
   */
  async claim(retryAt: (now: Date, attempts: number) => Date): Promise<ClaimedMail | undefined> {
    const now = this.clock.now();
    const claimed = await this.database.transaction(async (tx) => {
      const [mail] = await tx.query<SealedMail[]>(
        `SELECT id, recipient AS "to", subject, body AS text, attempts + 1 AS attempts, sealed FROM mail_outbox
         WHERE status = 'waiting' AND next_attempt_at <= $1 ORDER BY next_attempt_at LIMIT 1 FOR UPDATE SKIP LOCKED`,
        [now],
      );
      if (mail) {
        await tx.query(`UPDATE mail_outbox SET attempts = $2, next_attempt_at = $3 WHERE id = $1`, [
          mail.id,
          mail.attempts,
          retryAt(now, mail.attempts),
        ]);
      }
      return mail;
    });
    const mail = claimed && this.open(claimed);
    if (claimed && !mail) {
      // Sealed under a key that is gone: nobody will send it, and those behind it are not kept waiting.
      await this.settle(claimed.id, 'failed', 'secret_unopened');
      return this.claim(retryAt);
    }
    return mail;
  }

  /** The end of a mail. Whom it was for and what it said are needed no more. */
  async settle(id: string, status: 'sent' | 'failed', fault: string | null = null): Promise<void> {
    await this.database.manager.query(
      `UPDATE mail_outbox SET status = $2, settled_at = $3, last_fault = $4, recipient = '', subject = '', body = '',
         sealed = NULL
       WHERE id = $1 AND status = 'waiting'`,
      [id, status, this.clock.now(), fault],
    );
  }

  /** @param fault a code, never what a server said: that may hold the address. */
  async note(id: string, fault: string): Promise<void> {
    await this.database.manager.query(`UPDATE mail_outbox SET last_fault = $2 WHERE id = $1`, [
      id,
      fault,
    ]);
  }

  /** Forgets what is 30 days old, sent or not. */
  async forget(): Promise<void> {
    const oldest = new Date(this.clock.now().getTime() - KEPT_DAYS * DAY_MS);
    await this.database.manager.query(`DELETE FROM mail_outbox WHERE created_at < $1`, [oldest]);
  }

  private open({ sealed, ...mail }: SealedMail): ClaimedMail | undefined {
    if (sealed === null) {
      return mail;
    }
    try {
      const secret = this.secrets.open(aadOf(mail.id), sealed).toString();
      return { ...mail, text: mail.text.replace(SECRET_PLACE, () => secret) };
    } catch {
      return undefined;
    }
  }
}

function aadOf(id: string): string {
  return `mail|${id}`;
}
