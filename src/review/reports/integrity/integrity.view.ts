import type { LastCheck } from '../../../audit/check/last-check.js';
import type { LogCondition } from '../../../audit/log-health.service.js';

/** When grants stop, in seconds since the last checkpoint (A8). */
const STALLS_AFTER_SECONDS = 900;

type CheckOutcome = 'log_verified' | NonNullable<LastCheck['failed']>['code'];

interface HaltView {
  readonly code: string;
  /** To the operator's officers alone. */
  readonly detail: string | null;
  readonly haltedAt: string;
  readonly resumedAt: string | null;
}

/** Whether the log is as it should be, and how anybody proves one event without believing this answer. */
export interface IntegrityView extends Pick<
  LogCondition,
  'state' | 'checks' | 'checkpoint' | 'verifierKeys'
> {
  readonly origin: string;
  readonly askedAt: string;
  /** Events that have their place. */
  readonly size: number;
  /** Before a checkpoint is signed, everything that it adds is computed again from what was stored. */
  readonly lastPublication: { readonly at: string; readonly size: number } | null;
  /** When the whole log and the whole database were last found to be one, and how far: `log.verified`. */
  readonly lastVerification: {
    readonly at: string;
    readonly size: number;
    readonly root: string;
  } | null;
  /** How the last such check ended, whether anybody has mended what it found or not. */
  readonly lastCheck: { readonly at: string; readonly outcome: CheckOutcome } | null;
  readonly ageSeconds: number | null;
  readonly stallsAfterSeconds: number;
  readonly pending: {
    readonly count: number;
    readonly oldestAt: string | null;
    readonly oldestAgeSeconds: number | null;
  };
  /** Newest first. */
  readonly halts: readonly HaltView[];
  readonly proof: typeof PROOF;
}

const PROOF = {
  receipt: '/api/v1/audit/events/{id}/receipt',
  disclosure: '/api/v1/audit/events/{id}/disclosure',
  checkpoint: '/log/checkpoint',
  verifierKeys: '/log/vkey',
  verify: [
    'concordat verify receipt <file> --vkey <key>',
    'concordat verify disclosure <file> --receipt <file> --vkey <key>',
    'concordat verify log <url> --vkey <key>',
  ],
} as const;

interface Asking {
  readonly origin: string;
  readonly isOperator: boolean;
  readonly now: Date;
}

export function toIntegrityView(
  log: LogCondition,
  { origin, isOperator, now }: Asking,
): IntegrityView {
  const { verified } = log.lastCheck;
  const age = (at: Date | null): number | null =>
    at && Math.max(0, Math.floor((now.getTime() - at.getTime()) / 1000));
  return {
    state: log.state,
    origin,
    askedAt: now.toISOString(),
    size: Number(log.size),
    lastPublication: log.publishedAt && {
      at: log.publishedAt.toISOString(),
      size: Number(log.publishedSize),
    },
    lastVerification: verified && { ...verified, at: verified.at.toISOString() },
    lastCheck: lastCheckOf(log.lastCheck),
    ageSeconds: age(log.publishedAt),
    stallsAfterSeconds: STALLS_AFTER_SECONDS,
    pending: {
      count: Number(log.pending),
      oldestAt: log.oldestPendingAt?.toISOString() ?? null,
      oldestAgeSeconds: age(log.oldestPendingAt),
    },
    halts: log.halts.map(({ code, detail, haltedAt, resumedAt }) => ({
      code,
      detail: isOperator ? detail : null,
      haltedAt: haltedAt.toISOString(),
      resumedAt: resumedAt?.toISOString() ?? null,
    })),
    checks: log.checks,
    checkpoint: log.checkpoint,
    verifierKeys: log.verifierKeys,
    proof: PROOF,
  };
}

function lastCheckOf({ verified, failed }: LastCheck): IntegrityView['lastCheck'] {
  if (failed && (!verified || failed.at >= verified.at)) {
    return { at: failed.at.toISOString(), outcome: failed.code };
  }
  return verified && { at: verified.at.toISOString(), outcome: 'log_verified' };
}
