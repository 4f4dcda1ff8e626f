import type { ClosureEntity } from './closure.entity.js';

/** The fields that every event of one closure has. */
export function aboutClosure(closure: ClosureEntity) {
  return {
    organisationIds: [closure.organisationId, closure.providerId],
    targetType: 'closure',
    targetId: closure.id,
    projectId: closure.projectId,
    agreementId: closure.agreementId,
  };
}
