import { ACTIONS } from '../../policy/attributes.js';
import { AGGREGATE_SCHEMA } from './releases/aggregate.schema.js';
import { ASSESSMENT_RESULTS } from './releases/release.types.js';
import { VIEW_SCHEMA } from './releases/view.schema.js';
import {
  flag,
  line,
  listOf,
  oneOf,
  record,
  setOf,
  text as textOf,
  whole,
  type Schema,
} from './schema-parts.js';
import {
  ADMISSIONS,
  AGREEMENT_KINDS,
  APPROVALS,
  CONTROLLER_ROLES,
  DATA_ROLES,
  DELIVERY_MODES,
  DISPOSALS,
  DPIA_STATUSES,
  MIN_AUTHS,
  ORGANISATION_CHECKS,
  RELEASES,
  SETTINGS,
  SIGNING_WAYS,
} from './terms.types.js';

// Longer than the word limits allow for any language; the rules count the words.
const text = textOf(20_000);
const id: Schema = { type: 'string', format: 'uuid' };
const day: Schema = { type: 'string', format: 'day' };
const email: Schema = { type: 'string', format: 'email', maxLength: 254 };
const code: Schema = line(100);
const phrase = textOf(200);

const party = record({
  organisationId: id,
  signatoryId: id,
  dpoId: id,
  dataRole: oneOf(DATA_ROLES),
  controllerRole: oneOf(CONTROLLER_ROLES),
  jointArrangement: text,
  breachContact: email,
  queryContact: email,
  founding: flag,
  lead: flag,
});

const item = record({
  datasetId: id,
  providerId: id,
  fields: listOf(record({ name: line(), reason: text }), 500),
  release: oneOf(RELEASES),
  view: VIEW_SCHEMA,
  aggregate: AGGREGATE_SCHEMA,
  assessment: record({
    viewDigest: { type: 'string', pattern: '^sha-256:[0-9a-f]{64}$' },
    assessedBy: phrase,
    assessedOn: day,
    result: oneOf(ASSESSMENT_RESULTS),
    reviewBy: day,
  }),
  includeHistory: flag,
  dataClass: code,
  subjects: text,
  source: text,
  period: text,
});

const attachment = record({
  kind: { type: 'string', pattern: '^[a-z][a-z0-9_]{0,49}$' },
  sha256: { type: 'string', pattern: '^[0-9a-f]{64}$' },
  mediaType: { type: 'string', pattern: '^[a-z]+/[a-z0-9.+-]{1,100}$' },
});

const legal = record({
  organisationId: id,
  article6: setOf(code, 10),
  recognisedInterest: code,
  lia: attachment,
  article9: setOf(code, 10),
  schedule1: setOf(code, 40),
  appropriatePolicy: attachment,
  gateways: setOf(code, 20),
  gatewayText: text,
  part3: flag,
  part3Text: text,
  confidentiality: code,
  optOut: code,
});

/**
 * The types and bounds of agreement terms, as a JSON Schema: what a draft must hold to at any time. Nothing is required
 * here, but inside a view or an aggregate: completeness is judged at submission, by the rules.
 */
export const TERMS_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  properties: {
    title: phrase,
    summary: text,
    kind: oneOf(AGREEMENT_KINDS),
    parentAgreementId: id,
    startsOn: day,
    endsOn: day,
    reviewOn: day,
    signing: oneOf(SIGNING_WAYS),
    parties: listOf(party, 50),
    admission: oneOf(ADMISSIONS),
    purposes: setOf(code, 10),
    objective: text,
    necessity: text,
    publicBenefit: text,
    alternatives: text,
    prohibitedUses: setOf(code, 50),
    rasSafeguards: text,
    items: listOf(item, 100),
    legal: listOf(legal, 50),
    dpia: record({
      status: oneOf(DPIA_STATUSES),
      reason: text,
      dpoView: text,
      reviewOn: day,
      priorConsultation: text,
    }),
    modes: setOf(oneOf(DELIVERY_MODES), 6),
    actions: setOf(oneOf(ACTIONS), 5),
    approval: oneOf(APPROVALS),
    standingDecider: record({ personId: id, position: phrase }),
    accreditations: setOf(code, 10),
    trainings: setOf(code, 10),
    orgChecks: setOf(oneOf(ORGANISATION_CHECKS), 5),
    minAuth: oneOf(MIN_AUTHS),
    dpop: flag,
    maxGrantDays: whole(1, 365),
    maxDownloads: whole(1, 1_000_000_000),
    maxBytes: whole(1, Number.MAX_SAFE_INTEGER),
    maxRevocationSeconds: whole(1, 86_400),
    countries: setOf({ type: 'string', format: 'country' }, 250),
    setting: oneOf(SETTINGS),
    rightsLead: id,
    sarContact: email,
    complaintsContact: email,
    privacyNotices: setOf({ type: 'string', format: 'webAddress', maxLength: 2_000 }, 20),
    foiLead: id,
    accuracy: text,
    security: text,
    format: text,
    retention: {
      type: 'string',
      pattern: '^P(?=[0-9])([0-9]{1,3}Y)?([0-9]{1,3}M)?([0-9]{1,4}D)?$',
    },
    disposal: oneOf(DISPOSALS),
    disposalDays: whole(1, 365),
    breachHours: whole(1, 72),
    noticeDays: whole(0, 365),
    changeProcess: text,
    publish: flag,
    unpublishedReason: text,
    attachments: listOf(attachment, 50),
  },
} as const satisfies Schema;
