import type { EventField } from '../../../audit/event-fields.js';
import type { Json } from '../../../kernel/canonical-json.js';
import type { AuditEventView } from '../../audit-event.view.js';
import type { Columns } from './table.js';

type Column = 'text' | 'number' | 'list';

/** Every field that an event may have. Columns of numbers are typed, and exempt from the guard; a list is JSON. */
const FIELDS: Readonly<Record<Exclude<EventField, 'outcome'>, Column>> = {
  actorKind: 'text',
  actorPersonId: 'text',
  actorOrganisationId: 'text',
  actorRole: 'text',
  actorAuthLevel: 'number',
  clientId: 'text',
  accountablePersonId: 'text',
  delegationId: 'text',
  approvalId: 'text',
  proposedByPersonId: 'text',
  reasonCodes: 'list',
  reasonText: 'text',
  route: 'text',
  count: 'number',
  targetType: 'text',
  targetId: 'text',
  targetVersion: 'text',
  organisationIds: 'list',
  projectId: 'text',
  datasetId: 'text',
  agreementId: 'text',
  agreementVersion: 'number',
  partyId: 'text',
  accessRequestId: 'text',
  grantId: 'text',
  jti: 'text',
  purpose: 'text',
  decisionId: 'text',
  policyVersion: 'number',
  ruleIds: 'list',
  attributesHash: 'text',
  delivery: 'text',
  objectId: 'text',
  objectVersion: 'text',
  objectSha256: 'text',
  range: 'text',
  bytes: 'number',
  storeRequestId: 'text',
  urlSha256: 'text',
  beforeHash: 'text',
  afterHash: 'text',
  changedPaths: 'list',
  ip: 'text',
  country: 'text',
  traceId: 'text',
  legalBasis: 'text',
  completeAfter: 'text',
};
const ALWAYS = ['id', 'type', 'occurredAt', 'outcome'] as const;

/** The columns of a table of events: the same for every export. */
export const EVENT_COLUMNS: Columns<AuditEventView> = Object.fromEntries([
  ...ALWAYS.map((name) => [name, (event: AuditEventView) => event[name]] as const),
  ...Object.entries(FIELDS).map(
    ([name, column]) => [name, (event: AuditEventView) => cellOf(column, event[name])] as const,
  ),
]);

// What is not of the column's type is text: only numbers are exempt from the guard.
function cellOf(column: Column, value: Json | undefined): Json | undefined {
  return typeof value === 'number' && column !== 'number' ? String(value) : value;
}
