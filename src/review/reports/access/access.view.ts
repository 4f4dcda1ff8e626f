import type { AccessPosition, AccessRow } from './access.repository.js';

/** Somebody who could reach the dataset at the instant, and what they really read. People by pseudonym (R5.7). */
export interface AccessView extends Pick<
  AccessRow,
  | 'grantId'
  | 'pseudonym'
  | 'organisation'
  | 'provider'
  | 'dataset'
  | 'project'
  | 'accessRequest'
  | 'agreement'
  | 'delivery'
  | 'endReason'
> {
  /** The instant asked about. */
  readonly at: string;
  /** `issued_before`: the grant had ended, and URLs or credentials fetched before could still work. */
  readonly by: 'live_grant' | 'issued_before';
  readonly issuedAt: string;
  readonly expiresAt: string;
  readonly endedAt: string | null;
  /** When nothing of the grant worked any more, or will not. */
  readonly reachableUntil: string;
  /** Of the grant's whole life. */
  readonly read: {
    /** Whether anything had been delivered by that instant. */
    readonly hadRead: boolean;
    readonly deliveries: number;
    readonly bytes: number;
    readonly firstAt: string | null;
    readonly lastAt: string | null;
    /** How often URLs or credentials were handed out: what was read with them only the store knows (R5.4). */
    readonly timesIssued: number;
  };
}

export function toAccessView(row: AccessRow): AccessView {
  const { firstReadAt, lastReadAt } = row;
  return {
    at: row.at.toISOString(),
    grantId: row.grantId,
    pseudonym: row.pseudonym,
    organisation: row.organisation,
    provider: row.provider,
    dataset: row.dataset,
    project: row.project,
    accessRequest: row.accessRequest,
    agreement: row.agreement,
    delivery: row.delivery,
    by: row.isEnded ? 'issued_before' : 'live_grant',
    issuedAt: row.issuedAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
    endedAt: row.endedAt?.toISOString() ?? null,
    endReason: row.endReason,
    reachableUntil: row.reachableUntil.toISOString(),
    read: {
      hadRead: firstReadAt !== null && firstReadAt.getTime() <= row.at.getTime(),
      deliveries: row.deliveries,
      bytes: Number(row.bytes),
      firstAt: firstReadAt?.toISOString() ?? null,
      lastAt: lastReadAt?.toISOString() ?? null,
      timesIssued: row.issuedUses,
    },
  };
}

export function positionOf({ at, issuedAt, grantId }: AccessRow): AccessPosition {
  return { at: at.toISOString(), issuedAt: issuedAt.toISOString(), id: grantId };
}
