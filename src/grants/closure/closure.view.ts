import type { ClosureEntity } from './closure.entity.js';
import type { ClosureStatus } from './closure.rules.js';

export interface ClosureView {
  readonly id: string;
  readonly projectId: string;
  readonly agreementId: string;
  /** Who owes it. */
  readonly organisationId: string;
  /** To whom. */
  readonly providerId: string;
  readonly status: ClosureStatus;
  readonly openedAt: string;
  readonly dueAt: string;
  readonly certificateHash: string | null;
  readonly attestedAt: string | null;
  readonly verifiedAt: string | null;
}

/** One closure with its certificate: the exact text, whose digest the signature names. */
export interface ClosureDetailView extends ClosureView {
  readonly certificate: string | null;
  readonly jws: string | null;
}

/** Past its day it is overdue, written or not: dates act by comparison (R3.25). */
export function toClosureView(closure: ClosureEntity, now: Date): ClosureView {
  const isLate = closure.status === 'due' && closure.dueAt.getTime() <= now.getTime();
  return {
    id: closure.id,
    projectId: closure.projectId,
    agreementId: closure.agreementId,
    organisationId: closure.organisationId,
    providerId: closure.providerId,
    status: isLate ? 'overdue' : closure.status,
    openedAt: closure.openedAt.toISOString(),
    dueAt: closure.dueAt.toISOString(),
    certificateHash: closure.certificateHash,
    attestedAt: closure.attestedAt?.toISOString() ?? null,
    verifiedAt: closure.verifiedAt?.toISOString() ?? null,
  };
}

export function toClosureDetailView(closure: ClosureEntity, now: Date): ClosureDetailView {
  return {
    ...toClosureView(closure, now),
    certificate: closure.certificate,
    jws: closure.jws,
  };
}
