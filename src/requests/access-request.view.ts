import type {
  AccessDecisionEntity,
  AccessRequestEntity,
  FiveSafes,
} from './access-request.entity.js';

/** A request in a list. */
export interface AccessRequestSummary {
  readonly id: string;
  readonly reference: string;
  readonly formId: string | null;
  readonly renewedFromId: string | null;
  readonly projectId: string;
  readonly datasetId: string;
  readonly agreementId: string;
  readonly agreementVersion: number | null;
  readonly requesterId: string;
  readonly organisationId: string;
  readonly purpose: string;
  readonly justification: string;
  readonly delivery: string;
  readonly until: string;
  readonly frequency: string;
  readonly linkage: string | null;
  readonly conflict: boolean;
  readonly conflictText: string | null;
  readonly fiveSafes: FiveSafes | null;
  readonly undertaking: { readonly versionHash: string; readonly acceptedAt: string } | null;
  readonly status: string;
}

/** A request with its decisions, oldest first. */
export interface AccessRequestView extends AccessRequestSummary {
  /** What `If-Match` names to change it. */
  readonly etag: string;
  readonly decisions: readonly {
    readonly decision: string;
    readonly reason: string;
    readonly conditions: object | null;
    readonly position: string;
    readonly isAutomatic: boolean;
    readonly decidedAt: string;
  }[];
}

export function toAccessRequestSummary(request: AccessRequestEntity): AccessRequestSummary {
  const { undertakingHash, undertakenAt } = request;
  return {
    id: request.id,
    reference: request.reference,
    formId: request.formId,
    renewedFromId: request.renewedFromId,
    projectId: request.projectId,
    datasetId: request.datasetId,
    agreementId: request.agreementId,
    agreementVersion: request.agreementVersion,
    requesterId: request.requesterId,
    organisationId: request.organisationId,
    purpose: request.purpose,
    justification: request.justification,
    delivery: request.delivery,
    until: request.untilOn,
    frequency: request.frequency,
    linkage: request.linkage,
    conflict: request.conflict,
    conflictText: request.conflictText,
    fiveSafes: request.fiveSafes,
    undertaking:
      undertakingHash !== null && undertakenAt !== null
        ? { versionHash: undertakingHash, acceptedAt: undertakenAt.toISOString() }
        : null,
    status: request.status,
  };
}

/** The event that explains a request's state names the state: every change has another. */
export function etagOf({ auditEventId }: Pick<AccessRequestEntity, 'auditEventId'>): string {
  return `"${auditEventId}"`;
}

/** The decider shows by position: who it was is in the audit trail, for those who may see it. */
export function toAccessRequestView(
  request: AccessRequestEntity,
  decisions: readonly AccessDecisionEntity[],
): AccessRequestView {
  return {
    ...toAccessRequestSummary(request),
    etag: etagOf(request),
    decisions: decisions.map(
      ({ decision, reason, conditions, position, isAutomatic, decidedAt }) => ({
        decision,
        reason,
        conditions,
        position,
        isAutomatic,
        decidedAt: decidedAt.toISOString(),
      }),
    ),
  };
}
