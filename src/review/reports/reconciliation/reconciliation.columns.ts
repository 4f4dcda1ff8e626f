import type { Columns } from '../../exports/formats/table.js';
import type { NamedGrant, PartItems, ReconciliationPart } from './reconciliation.types.js';

const GRANT = {
  grantId: ({ grantId }) => grantId,
  pseudonym: ({ pseudonym }) => pseudonym,
  recipientId: ({ recipient }) => recipient.id,
  recipient: ({ recipient }) => recipient.name,
  datasetId: ({ dataset }) => dataset.id,
  dataset: ({ dataset }) => dataset.name,
  delivery: ({ delivery }) => delivery,
} satisfies Columns<NamedGrant>;

/** Each part as a table. */
export const RECONCILIATION_COLUMNS: {
  readonly [P in ReconciliationPart]: Columns<PartItems[P]>;
} = {
  unmatched: {
    storeId: ({ storeId }) => storeId,
    datasetId: ({ dataset }) => dataset.id,
    dataset: ({ dataset }) => dataset.name,
    requester: ({ requester }) => requester,
    hour: ({ hour }) => hour,
    reads: ({ reads }) => reads,
    bytes: ({ bytes }) => bytes,
    objectName: ({ objectName }) => objectName,
    reasons: ({ reasons }) => reasons,
    storeRequestId: ({ storeRequestId }) => storeRequestId,
  },
  observed: {
    ...GRANT,
    reads: ({ reads }) => reads,
    bytes: ({ bytes }) => bytes,
    firstAt: ({ firstAt }) => firstAt,
    lastAt: ({ lastAt }) => lastAt,
  },
  absent_from_log: {
    ...GRANT,
    eventId: ({ eventId }) => eventId,
    occurredAt: ({ occurredAt }) => occurredAt,
    bytes: ({ bytes }) => bytes,
  },
  unused_issues: {
    ...GRANT,
    eventId: ({ eventId }) => eventId,
    issued: ({ issued }) => issued,
    occurredAt: ({ occurredAt }) => occurredAt,
  },
  unused_grants: {
    ...GRANT,
    issuedAt: ({ issuedAt }) => issuedAt,
    status: ({ status }) => status,
    expiresAt: ({ expiresAt }) => expiresAt,
  },
};
