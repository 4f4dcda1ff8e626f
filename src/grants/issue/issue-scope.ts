import type { Lock } from '../../kernel/lock-order.js';
import type { RequestScope } from '../../requests/access-facts.service.js';

/** The locks under which a request is judged: who changes one of these things takes its lock exclusively first. */
export function locksOf(scope: RequestScope): readonly Lock[] {
  const { organisationIds, agreementId, projectId, personId, storeId } = scope;
  return [
    ...organisationIds.map((id): Lock => ({ kind: 'organisation', id })),
    { kind: 'agreement', id: agreementId },
    { kind: 'project', id: projectId },
    { kind: 'person', id: personId },
    { kind: 'store', id: storeId },
    { kind: 'policy', id: '' },
  ];
}
