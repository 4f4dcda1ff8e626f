/**
 * The fields an event may carry (domain.md section 5). Flat, so that each is committed, disclosed or erased alone.
 * Ids are UUIDs, instants RFC 3339 text, quantities integers.
 */
export interface EventFields {
  /** Who acted: a person, an organisation's program, or the broker itself (a job or a cascade). */
  actorKind: 'person' | 'service' | 'broker';
  /** Personal: erased with the person. */
  actorPersonId: string;
  /** The organisation in whose name the actor acted. */
  actorOrganisationId: string;
  actorRole: string;
  actorAuthLevel: number;
  /** A program that acted, by the name under which it is known; of a store's log, a fingerprint of its requester. */
  clientId: string;
  /** Personal: who answers for the program that acted. */
  accountablePersonId: string;
  delegationId: string;
  approvalId: string;
  /** Personal: who proposed the two-person act that this event carries out. */
  proposedByPersonId: string;
  outcome: 'success' | 'refused' | 'failed';
  /** Machine-readable reasons, or the name of the check that refused. */
  reasonCodes: readonly string[];
  /** Personal: what a person wrote. */
  reasonText: string;
  /** For counted anonymous refusals: the route and how many in the minute. */
  route: string;
  count: number;
  targetType: string;
  targetId: string;
  targetVersion: string;
  /** Whose officers may see the event. */
  organisationIds: readonly string[];
  projectId: string;
  datasetId: string;
  agreementId: string;
  agreementVersion: number;
  partyId: string;
  accessRequestId: string;
  grantId: string;
  jti: string;
  purpose: string;
  decisionId: string;
  policyVersion: number;
  ruleIds: readonly string[];
  attributesHash: string;
  delivery: string;
  /** Object name inside the dataset: never a bucket or a full key. */
  objectId: string;
  objectVersion: string;
  objectSha256: string;
  range: string;
  bytes: number;
  storeRequestId: string;
  urlSha256: string;
  beforeHash: string;
  afterHash: string;
  /** JSON Pointers of what changed. */
  changedPaths: readonly string[];
  /** Personal: the caller's address. */
  ip: string;
  country: string;
  traceId: string;
  /** Of an erasure: the paragraph of UK GDPR Article 17 that it rests on. */
  legalBasis: string;
  /** RFC 3339: when the last backup that holds what was erased is gone. */
  completeAfter: string;
}

export type EventField = keyof EventFields;

/** Values that are about the acting person, encrypted under that person's key. */
export const PERSONAL_FIELDS: ReadonlySet<EventField> = new Set<EventField>([
  'actorPersonId',
  'accountablePersonId',
  'proposedByPersonId',
  'reasonText',
  'ip',
]);
