import { NOBODY } from '../event-preparation.js';
import { readPayload } from '../payload.js';
import type { HaltCode } from '../publisher/log-halt.js';
import type { Tx } from '../../platform/database/database.js';

type FailureCode = Extract<HaltCode, 'log_check_failed' | 'log_row_differs'>;

/** How the whole log, compared with the whole database, was found. */
export interface LastCheck {
  /** The last time that both were one; null before the first. */
  readonly verified: {
    readonly at: Date;
    readonly size: number;
    /** Base64, of the tree of so many events. */
    readonly root: string;
  } | null;
  /** The last time that they were not, or that an event was not what it had committed to. */
  readonly failed: { readonly at: Date; readonly code: FailureCode } | null;
}

// A stub that `concordat log recover` left has no fields to say what was verified.
const VERIFIED = `
  SELECT e.occurred_at AS at, y.body
  FROM audit_event e JOIN audit_payload y ON y.event_id = e.id AND y.subject_id = '${NOBODY}'
  WHERE e.type = 'log.verified' ORDER BY e.occurred_at DESC, e.id DESC LIMIT 1`;

const FAILED = `
  SELECT halted_at AS at, code FROM log_halt WHERE code IN ('log_check_failed', 'log_row_differs')
  ORDER BY halted_at DESC, id DESC LIMIT 1`;

/** What the nightly check, or one by hand, has found last. */
export async function readLastCheck(tx: Tx): Promise<LastCheck> {
  const [verified] = await tx.query<{ at: Date; body: Buffer }[]>(VERIFIED);
  const [failed] = await tx.query<{ at: Date; code: FailureCode }[]>(FAILED);
  return {
    verified: verified ? { at: verified.at, ...whatWasVerified(verified.body) } : null,
    failed: failed ?? null,
  };
}

function whatWasVerified(body: Buffer): { readonly size: number; readonly root: string } {
  const { count, afterHash } = Object.fromEntries(readPayload(body).fields);
  if (typeof count !== 'number' || typeof afterHash !== 'string') {
    throw new Error('A log.verified that does not say what was verified');
  }
  return { size: count, root: afterHash };
}
