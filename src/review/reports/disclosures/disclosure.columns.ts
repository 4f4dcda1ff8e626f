import type { Columns } from '../../exports/formats/table.js';
import type { DisclosureView } from './disclosure.view.js';

export const DISCLOSURE_COLUMNS: Columns<DisclosureView> = {
  id: ({ id }) => id,
  occurredAt: ({ occurredAt }) => occurredAt,
  kind: ({ kind }) => kind,
  isDelivery: ({ isDelivery }) => isDelivery,
  bytes: ({ bytes }) => bytes,
  object: ({ object }) => object?.name,
  objectVersion: ({ object }) => object?.version,
  range: ({ object }) => object?.range,
  count: ({ count }) => count,
  grantId: ({ grantId }) => grantId,
  delivery: ({ delivery }) => delivery,
  person: ({ pseudonym }) => pseudonym,
  recipientId: ({ recipient }) => recipient?.id,
  recipient: ({ recipient }) => recipient?.name,
  providerId: ({ provider }) => provider?.id,
  provider: ({ provider }) => provider?.name,
  datasetId: ({ dataset }) => dataset?.id,
  dataset: ({ dataset }) => dataset?.title,
  accessRequest: ({ accessRequest }) => accessRequest?.reference,
  agreement: ({ agreement }) => agreement?.reference,
  agreementVersion: ({ agreement }) => agreement?.version,
  versionHash: ({ agreement }) => agreement?.versionHash,
  reasonCodes: ({ reasonCodes }) => reasonCodes,
};
