import type { AccessRequestDto } from './access-request.dto.js';
import type { AccessRequestEntity } from './access-request.entity.js';

/** What a request asks, as it is stored. */
export function askedIn(dto: AccessRequestDto) {
  return {
    formId: dto.formId ?? null,
    projectId: dto.projectId,
    datasetId: dto.datasetId,
    agreementId: dto.agreementId,
    purpose: dto.purpose,
    justification: dto.justification,
    untilOn: dto.until,
    frequency: dto.frequency,
    linkage: dto.linkage ?? null,
    conflict: dto.conflict,
    conflictText: dto.conflictText ?? null,
    fiveSafes: dto.fiveSafes ? { ...dto.fiveSafes } : null,
  };
}

/** What a stored request asks, as it was sent. */
export function askedBy(request: AccessRequestEntity): AccessRequestDto {
  return {
    projectId: request.projectId,
    datasetId: request.datasetId,
    agreementId: request.agreementId,
    purpose: request.purpose,
    justification: request.justification,
    delivery: request.delivery,
    until: request.untilOn,
    frequency: request.frequency,
    conflict: request.conflict,
    ...(request.linkage !== null && { linkage: request.linkage }),
    ...(request.conflictText !== null && { conflictText: request.conflictText }),
    ...(request.fiveSafes !== null && { fiveSafes: { ...request.fiveSafes } }),
  };
}
