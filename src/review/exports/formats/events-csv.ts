import type { EventField } from '../../../audit/event-fields.js';
import type { Json } from '../../../kernel/canonical-json.js';
import {
  BYTE_ORDER_MARK,
  csvLine,
  type CsvCell,
  type CsvRow,
} from '../../../platform/web/csv/csv.rules.js';
import type { AuditEventView } from '../../audit-event.view.js';

type Column = 'text' | 'number' | 'list';

/** Every field that an event may have. Columns of numbers are typed, and exempt from the guard; a list is JSON. */
const FIELDS: Readonly<Record<Exclude<EventField, 'outcome'>, Column>> = {
  actorKind: 'text',
  actorPersonId: 'text',
  actorOrganisationId: 'text',
  actorRole: 'text',
  actorAuthLevel: 'number',
  clientId: 'text',
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
const COLUMNS = Object.entries(FIELDS);

/** The header of the table: the same for every export. */
export const EVENT_COLUMNS: readonly string[] = [...ALWAYS, ...COLUMNS.map(([name]) => name)];

/** Events as a table of RFC 4180; a field that an event does not have is an empty cell. */
export async function* csvOf(
  batches: AsyncIterable<readonly AuditEventView[]>,
): AsyncGenerator<string> {
  yield BYTE_ORDER_MARK + csvLine(EVENT_COLUMNS);
  for await (const events of batches) {
    yield events.map((event) => csvLine(toEventRow(event))).join('');
  }
}

function toEventRow(event: AuditEventView): CsvRow {
  const always = ALWAYS.map((name) => event[name]);
  return [...always, ...COLUMNS.map(([name, column]) => cellOf(column, event[name] ?? null))];
}

function cellOf(column: Column, value: Json): CsvCell {
  if (value === null || typeof value === 'string') {
    return value;
  }
  return column === 'number' && typeof value === 'number' ? value : JSON.stringify(value);
}
