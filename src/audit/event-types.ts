import type { EventField } from './event-fields.js';

/** Sixteen of audit-log section 2, and the two by which a program is known (ADR 0056). */
const MAX_FIELDS = 18;

/** In every event; the writer fills the three that identify it. */
export const GENERATED_FIELDS = ['eventId', 'type', 'occurredAt'] as const;

const ACTOR = [
  'actorKind',
  'actorPersonId',
  'actorOrganisationId',
  'actorAuthLevel',
  'organisationIds',
] as const;
const TARGET = [...ACTOR, 'targetType', 'targetId'] as const;
/** Of what programs do besides people. */
const PROGRAM = ['clientId', 'accountablePersonId'] as const;
const OFFICE = ['actorRole', 'delegationId'] as const;
const CHANGE = [...TARGET, ...OFFICE, 'beforeHash', 'afterHash', 'changedPaths'] as const;
const STATUS = [...TARGET, ...OFFICE, 'reasonCodes', 'reasonText', 'approvalId'] as const;
const SIGN_IN = [...ACTOR, 'reasonCodes', 'ip', 'traceId'] as const;
const COUNTED = ['actorKind', 'organisationIds', 'reasonCodes', 'route', 'count'] as const;
const AGREEMENT = [
  ...ACTOR,
  ...OFFICE,
  'agreementId',
  'agreementVersion',
  'reasonCodes',
  'reasonText',
] as const;
const REVIEWED = [...AGREEMENT, 'partyId', 'afterHash'] as const;
const PARTY = [...AGREEMENT, 'partyId', 'approvalId'] as const;
// No reasonCodes: whether notice was given or it was urgent is in the approval that the event names.
const JOINT_PARTY: readonly Exclude<
  (typeof PARTY)[number] | 'proposedByPersonId',
  'reasonCodes'
>[] = [...PARTY.filter((field) => field !== 'reasonCodes'), 'proposedByPersonId'];
// No agreementVersion: the notice's row is of the agreement.
const NOTICE = [
  ...ACTOR,
  ...OFFICE,
  'agreementId',
  'partyId',
  'reasonCodes',
  'reasonText',
] as const;
const REQUEST = [
  ...ACTOR,
  'actorRole',
  'projectId',
  'datasetId',
  'agreementId',
  'accessRequestId',
  'purpose',
  'reasonCodes',
  'reasonText',
] as const;
// No actorRole: the decision's position is in the access_decision row, its policy decision here.
const DECIDED_REQUEST = [
  ...ACTOR,
  'projectId',
  'datasetId',
  'agreementId',
  'accessRequestId',
  'reasonCodes',
  'reasonText',
  'decisionId',
  'delegationId',
] as const;
const GRANT_ISSUE = [
  'actorPersonId',
  // A program that acted for the holder, who answers for it.
  'clientId',
  'actorOrganisationId',
  'organisationIds',
  'reasonCodes',
  'projectId',
  'datasetId',
  'agreementId',
  'agreementVersion',
  'accessRequestId',
  'grantId',
  'delivery',
  'decisionId',
  'policyVersion',
] as const;
const GRANT_END = [
  'actorKind',
  'actorPersonId',
  ...PROGRAM,
  'actorOrganisationId',
  'organisationIds',
  'reasonCodes',
  'reasonText',
  'projectId',
  'datasetId',
  'agreementId',
  'agreementVersion',
  'accessRequestId',
  'grantId',
  'delegationId',
] as const;
const CLOSURE = [
  ...TARGET,
  'actorRole',
  'projectId',
  'agreementId',
  'agreementVersion',
  'reasonCodes',
  'afterHash',
] as const;
// The version is in the closure's row; a deputy's delegation is nowhere else.
const CLOSURE_ACT = [
  ...CLOSURE.filter((field) => field !== 'agreementVersion'),
  'delegationId',
] as const;
const OBJECT = [
  'actorPersonId',
  // The program that read for the holder, who answers for it.
  'clientId',
  'actorOrganisationId',
  'organisationIds',
  'reasonCodes',
  'datasetId',
  'agreementId',
  'grantId',
  'decisionId',
  'delivery',
  'objectId',
  'objectVersion',
  'range',
  'bytes',
] as const;

// The code of a halt. What was found is in the row of the halt: it names objects of the log.
const LOG = ['actorKind', 'organisationIds', 'targetType', 'reasonCodes'] as const;

// How many names were told of, of which numbers, and no bytes.
const FEED = [
  ...OBJECT.filter((field) => !['objectId', 'objectVersion', 'bytes'].includes(field)),
  'count',
] as const;

// The target is what is held; reasonCodes has the id of the hold.
const HOLD = [
  ...TARGET,
  'reasonCodes',
  'reasonText',
  'datasetId',
  'agreementId',
  'grantId',
] as const;

/**
 * Each event type and its fixed field list; absent values are committed as null, so the count of digests tells only
 * the type. At most 16 with the generated three (audit-log section 2). An unlisted type does not compile.
 */
export const EVENT_TYPES = {
  'auth.signed-in': SIGN_IN,
  'auth.sign-in-failed': COUNTED,
  'auth.signed-out': SIGN_IN,
  // How many sessions.
  'auth.session-revoked': [...ACTOR, 'reasonCodes', 'count'],
  'auth.token-created': [...TARGET, 'reasonCodes'],
  'auth.token-revoked': [...TARGET, 'reasonCodes'],
  'auth.token-rejected': COUNTED,
  'access.denied': [
    ...ACTOR,
    ...PROGRAM,
    'reasonCodes',
    'route',
    'count',
    'targetType',
    'targetId',
    'traceId',
  ],
  'approval.proposed': STATUS,
  'approval.rejected': STATUS,
  'approval.lapsed': STATUS,
  'organisation.registered': CHANGE,
  'organisation.updated': CHANGE,
  'organisation.check-recorded': CHANGE,
  'organisation.check-lapsed': STATUS,
  'organisation.suspended': STATUS,
  'organisation.resumed': STATUS,
  'organisation.closed': STATUS,
  // reasonCodes: the roles; count: which sending of its mail.
  'membership.invited': [...TARGET, ...OFFICE, 'reasonCodes', 'count'],
  // reasonCodes: how; of an accepted one the actor is who accepted.
  'membership.invitation-ended': [...STATUS, 'proposedByPersonId'],
  'membership.started': [...CHANGE, 'proposedByPersonId'],
  'membership.role-added': [...STATUS, 'proposedByPersonId'],
  'membership.role-removed': STATUS,
  'membership.delegated': STATUS,
  'membership.delegation-ended': STATUS,
  'membership.ended': STATUS,
  'person.registered': CHANGE,
  'person.updated': CHANGE,
  'person.suspended': STATUS,
  'person.resumed': STATUS,
  'subject.erased': [
    ...TARGET,
    'delegationId',
    'approvalId',
    'proposedByPersonId',
    'reasonText',
    'legalBasis',
    'completeAfter',
  ],
  'service.registered': [...CHANGE, ...PROGRAM],
  'service.updated': [...CHANGE, ...PROGRAM],
  'service.disabled': [...STATUS, ...PROGRAM],
  'accreditation.recorded': CHANGE,
  'accreditation.verified': STATUS,
  'accreditation.withdrawn': STATUS,
  'accreditation.lapsed': STATUS,
  'training.recorded': CHANGE,
  'training.lapsed': STATUS,
  'project.created': [...CHANGE, 'projectId'],
  'project.activated': [...STATUS, 'projectId'],
  'project.updated': [...CHANGE, 'projectId'],
  'project.member-added': [...STATUS, 'projectId'],
  'project.member-removed': [...STATUS, 'projectId'],
  'project.closed': [...STATUS, 'projectId'],
  'store.registered': [...CHANGE, ...PROGRAM],
  'store.updated': [...CHANGE, ...PROGRAM],
  'store.probe-passed': [...STATUS, ...PROGRAM],
  'store.probe-failed': [...STATUS, ...PROGRAM],
  'store.credential-rotated': [...CHANGE, ...PROGRAM],
  'store.suspended': [...STATUS, ...PROGRAM],
  'store.resumed': [...STATUS, ...PROGRAM],
  'store.retired': [...STATUS, ...PROGRAM],
  'store.client-added': CHANGE,
  'store.client-removed': CHANGE,
  'dataset.registered': [...CHANGE, ...PROGRAM, 'datasetId'],
  'dataset.updated': [...CHANGE, ...PROGRAM, 'datasetId'],
  'dataset.distribution-added': [...CHANGE, ...PROGRAM, 'datasetId'],
  'dataset.distribution-changed': [...CHANGE, ...PROGRAM, 'datasetId'],
  'dataset.distribution-removed': [...CHANGE, ...PROGRAM, 'datasetId'],
  'dataset.metadata-exported': [...TARGET, ...OFFICE, ...PROGRAM, 'count'],
  'dataset.profile-requested': [...TARGET, ...OFFICE, ...PROGRAM, 'datasetId'],
  'dataset.published': [...STATUS, ...PROGRAM, 'datasetId'],
  'dataset.sealed': [...TARGET, ...OFFICE, ...PROGRAM, 'reasonCodes', 'datasetId', 'objectVersion'],
  'dataset.frozen': [...STATUS, ...PROGRAM, 'datasetId'],
  'dataset.unfrozen': [...STATUS, ...PROGRAM, 'datasetId'],
  'dataset.withdrawn': [...STATUS, ...PROGRAM, 'datasetId'],
  // Of a record of another catalogue, that it is no longer there, or there again. reasonCodes: the run, or that the source is gone.
  'dataset.origin-vanished': [...TARGET, 'reasonCodes', 'datasetId'],
  'dataset.origin-returned': [...TARGET, 'reasonCodes', 'datasetId'],
  'harvest.source-registered': [...CHANGE, ...PROGRAM],
  'harvest.source-updated': [...CHANGE, ...PROGRAM],
  'harvest.asked': [...TARGET, ...OFFICE, ...PROGRAM],
  // The target is the run. reasonCodes: its source; count: the records it met.
  'harvest.completed': [...TARGET, 'reasonCodes', 'count'],
  'harvest.failed': [...TARGET, 'reasonCodes', 'count'],
  'agreement.drafted': [...AGREEMENT, 'afterHash'],
  'agreement.edited': [
    ...AGREEMENT.filter((field) => field !== 'reasonText'),
    'beforeHash',
    'afterHash',
    'changedPaths',
  ],
  'agreement.submitted': [...AGREEMENT, 'afterHash'],
  'agreement.returned': REVIEWED,
  'agreement.reviewed': REVIEWED,
  'agreement.locked': [...AGREEMENT, 'afterHash'],
  'agreement.signed': REVIEWED,
  'agreement.declined': REVIEWED,
  'agreement.attested': [
    ...AGREEMENT.filter((field) => field !== 'reasonText' && field !== 'reasonCodes'),
    'approvalId',
    'proposedByPersonId',
    'afterHash',
    // The digest of the signed paper.
    'objectSha256',
  ],
  'agreement.review-required': AGREEMENT,
  'agreement.activated': [...AGREEMENT, 'afterHash', 'policyVersion'],
  'agreement.suspended': [...AGREEMENT, 'approvalId'],
  'agreement.resumed': [...AGREEMENT, 'approvalId', 'proposedByPersonId'],
  'agreement.terminated': [...AGREEMENT, 'approvalId', 'proposedByPersonId'],
  'agreement.expired': AGREEMENT,
  'agreement.amended': [...AGREEMENT, 'beforeHash', 'afterHash'],
  'agreement.superseded': AGREEMENT,
  'agreement.review-completed': AGREEMENT,
  'party.invited': PARTY,
  'party.activated': PARTY,
  'party.suspended': PARTY,
  'party.resumed': JOINT_PARTY,
  'party.withdrawn': PARTY,
  'party.excluded': JOINT_PARTY,
  'party.lapsed': PARTY,
  'notice.sent': [...NOTICE, 'approvalId', 'proposedByPersonId'],
  'notice.taken-back': NOTICE,
  'request.created': REQUEST,
  'request.submitted': REQUEST,
  'request.referred': DECIDED_REQUEST,
  'request.returned': DECIDED_REQUEST,
  'request.resubmitted': REQUEST,
  'request.withdrawn': REQUEST,
  'request.approved': DECIDED_REQUEST,
  'request.refused': DECIDED_REQUEST,
  'request.closed': REQUEST,
  'request.lapsed': REQUEST,
  // The requester accepts the terms of another version (R3.4).
  'request.undertaken': REQUEST,
  // The requester changes what a draft or a returned request asks.
  'request.edited': [
    ...ACTOR,
    'projectId',
    'datasetId',
    'agreementId',
    'accessRequestId',
    'purpose',
    'beforeHash',
    'afterHash',
    'changedPaths',
  ],
  'closure.due': CLOSURE,
  'closure.attested': CLOSURE_ACT,
  'closure.verified': CLOSURE_ACT,
  'closure.overdue': CLOSURE,
  // The target is the guardrail that two people changed. No actorOrganisationId: they act for the one whose guardrail it is.
  'policy.published': [
    'actorKind',
    'actorPersonId',
    'actorAuthLevel',
    'organisationIds',
    'delegationId',
    'targetId',
    'datasetId',
    'agreementId',
    'agreementVersion',
    'policyVersion',
    'ruleIds',
    'approvalId',
    'proposedByPersonId',
  ],
  'policy.explained': [
    ...ACTOR,
    'projectId',
    'datasetId',
    'agreementId',
    'agreementVersion',
    'policyVersion',
    'decisionId',
    'reasonCodes',
  ],
  // count: the decisions that would have been otherwise.
  'policy.simulated': [...ACTOR, 'agreementId', 'datasetId', 'count', 'reasonCodes'],
  'grant.issued': GRANT_ISSUE,
  'grant.refreshed': GRANT_ISSUE,
  'grant.refused': GRANT_ISSUE,
  'grant.activated': GRANT_END,
  'grant.expired': GRANT_END,
  'grant.revoked': GRANT_END,
  'grant.exhausted': GRANT_END,
  'object.listed': OBJECT,
  // How many URLs, and no bytes: a URL is no delivery (R5.4).
  'object.url-issued': [
    ...OBJECT.filter((field) => field !== 'range' && field !== 'bytes'),
    'count',
    'urlSha256',
  ],
  // For the whole prefix, and no bytes: credentials are no delivery either (R5.4).
  'object.credential-issued': OBJECT.filter((field) => field !== 'range' && field !== 'bytes'),
  'feed.subscribed': FEED,
  'feed.delivered': FEED,
  'feed.ended': FEED,
  'object.opened': OBJECT,
  'object.delivered': OBJECT,
  'object.cut': OBJECT,
  // What a store's own log says (R5.4): of one grant, dataset and hour. storeRequestId is one of them.
  'object.read-observed': [
    ...OBJECT.filter((field) => !['clientId', 'range', 'decisionId'].includes(field)),
    'count',
    'storeRequestId',
  ],
  // Of one requester, dataset and hour. No address and no name of who read: those stay in the store's log.
  'object.read-unmatched': [
    'actorKind',
    'clientId',
    'organisationIds',
    'reasonCodes',
    'targetType',
    'targetId',
    'datasetId',
    'objectId',
    'bytes',
    'count',
    'storeRequestId',
  ],
  'reminder.sent': [...TARGET, 'reasonCodes', 'count'],
  'audit.searched': [...ACTOR, 'route', 'count', 'reasonCodes', 'traceId'],
  // The target is who was behind a pseudonym.
  'audit.identity-revealed': [...TARGET, 'reasonCodes', 'reasonText', 'traceId'],
  // The target is whose use was unusual. reasonCodes: the rule, the London day, and what was found of how much.
  'audit.alert-raised': [
    'actorKind',
    'organisationIds',
    'targetType',
    'targetId',
    'datasetId',
    'agreementId',
    'grantId',
    'reasonCodes',
  ],
  // The target is the alert; reasonCodes: its rule and its day.
  'audit.alert-closed': [...TARGET, 'grantId', 'reasonCodes', 'reasonText', 'traceId'],
  // reasonCodes names the form, and so the route; count its records.
  'audit.exported': [
    ...ACTOR,
    'agreementId',
    'agreementVersion',
    'accessRequestId',
    'count',
    'reasonCodes',
    'traceId',
    'delegationId',
  ],
  'log.halted': LOG,
  // range: the places given back; count: how many of them are stubs, of which only the leaf is left.
  'log.recovered': [...LOG.filter((field) => field !== 'reasonCodes'), 'range', 'count'],
  'log.resumed': LOG,
  // count: the events that the database and the published log have alike; afterHash: the root of their tree, in base64.
  'log.verified': [...LOG.filter((field) => field !== 'reasonCodes'), 'count', 'afterHash'],
  'retention.hold-placed': HOLD,
  'retention.hold-released': HOLD,
  'key.created': [...TARGET, 'purpose'],
  'key.rotated': [...TARGET, 'purpose'],
  'key.retired': [...TARGET, 'purpose'],
  'key.compromised': [...TARGET, 'purpose'],
} as const satisfies Record<string, readonly EventField[]>;

export type EventType = keyof typeof EVENT_TYPES;

/** True for a type in the closed list; a filter by any other finds nothing by saying so. */
export function isEventType(value: string): value is EventType {
  return Object.hasOwn(EVENT_TYPES, value);
}

export const MAX_EVENT_FIELDS = MAX_FIELDS;
