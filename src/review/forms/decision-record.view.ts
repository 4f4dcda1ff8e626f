import type { AgreementTerms, LegalTerms } from '../../agreements/terms/terms.types.js';
import type { Vocabularies } from '../../agreements/vocabularies.js';
import { londonDay } from '../../kernel/london-day.js';
import { findTerm, type Vocabulary } from '../../kernel/vocabulary.js';
import type { DecisionFacts, DecisionRecord, LawInWords } from './decision-record.types.js';

type Codes = Vocabularies['terms'];
/** A request that was submitted: it has an agreement version, and a date of receipt. */
export type ReceivedRequest = DecisionFacts & {
  readonly agreement: NonNullable<DecisionFacts['agreement']>;
  readonly receivedAt: Date;
};

/** Two organisations, and what an agreement and those who joined it later say of the law. */
export type LawFacts = Pick<DecisionFacts, 'provider' | 'requesting'> & {
  readonly agreement: Pick<ReceivedRequest['agreement'], 'terms' | 'acceded'>;
};

/** Puts a request and what was decided on it into the form; a refusal looks like an approval (R6.1). */
export function toDecisionRecord(facts: ReceivedRequest, codes: Codes): DecisionRecord {
  const { agreement, provider, requesting } = facts;
  const { terms } = agreement;
  return {
    reference: facts.reference,
    receivingOrganisation: provider.name,
    requestingOrganisation: requesting.name,
    requester: { name: facts.requester.name, position: facts.requester.position },
    receivedOn: londonDay(facts.receivedAt),
    data: dataOf(facts, codes),
    controllerRelationship: controllersOf(facts),
    agreement: {
      id: agreement.id,
      reference: agreement.reference,
      version: agreement.version,
      versionHash: agreement.versionHash,
      title: terms.title,
      status: agreement.status,
    },
    purpose: {
      code: facts.purpose,
      label: labelOf(codes.purpose, facts.purpose),
      objective: terms.objective,
    },
    law: lawOf(facts, codes),
    necessity: { agreement: terms.necessity, request: facts.justification },
    dpoViews: { onDpia: terms.dpia.dpoView ?? null, reviews: facts.dpoReviews },
    ...safeguardsOf(terms),
    sharing: {
      frequency: facts.frequency,
      firstGrantOn: facts.firstGrantAt ? londonDay(facts.firstGrantAt) : null,
      untilOn: facts.untilOn,
    },
    decision: decisionOf(facts),
  };
}

function safeguardsOf(
  terms: AgreementTerms,
): Pick<DecisionRecord, 'dpia' | 'retention' | 'security' | 'rights'> {
  const { dpia } = terms;
  return {
    dpia: {
      status: dpia.status,
      reason: dpia.reason ?? null,
      priorConsultation: dpia.priorConsultation ?? null,
      reviewOn: dpia.reviewOn ?? null,
    },
    retention: {
      period: terms.retention,
      disposal: terms.disposal,
      disposalDays: terms.disposalDays,
    },
    security: { measures: terms.security, setting: terms.setting, minAuth: terms.minAuth },
    rights: {
      leadOrganisationId: terms.rightsLead ?? null,
      accessRequestContact: terms.sarContact ?? null,
      complaintsContact: terms.complaintsContact ?? null,
      privacyNotices: terms.privacyNotices ?? [],
    },
  };
}

function dataOf(
  { dataset, agreement: { terms } }: ReceivedRequest,
  codes: Codes,
): DecisionRecord['data'] {
  const item = terms.items?.find(({ datasetId }) => datasetId === dataset.id);
  const about = { datasetId: dataset.id, title: dataset.title };
  if (!item) {
    return { ...about, dataClass: null, fields: [], subjects: null, source: null, period: null };
  }
  return {
    ...about,
    dataClass: labelOf(codes.dataClass, item.dataClass),
    fields: item.fields.map(({ name }) => name),
    subjects: item.subjects,
    source: item.source,
    period: item.period,
  };
}

function controllersOf(facts: ReceivedRequest): DecisionRecord['controllerRelationship'] {
  const names = namesOf(facts);
  const { terms, acceded } = facts.agreement;
  return [...terms.parties, ...acceded.map(({ party }) => party)]
    .filter(({ organisationId }) => names.has(organisationId))
    .map(({ organisationId, dataRole, controllerRole, jointArrangement }) => ({
      organisation: names.get(organisationId) ?? '',
      dataRole,
      controllerRole,
      jointArrangement: jointArrangement ?? null,
    }));
}

/** By which law the two organisations share, in words. */
export function lawOf(facts: LawFacts, codes: Codes): readonly LawInWords[] {
  const names = namesOf(facts);
  const { terms, acceded } = facts.agreement;
  return [...(terms.legal ?? []), ...acceded.flatMap(({ legal }) => legal ?? [])]
    .filter(({ organisationId }) => names.has(organisationId))
    .map((legal) => inWords(names.get(legal.organisationId) ?? '', legal, codes));
}

function inWords(organisation: string, legal: LegalTerms, codes: Codes): LawInWords {
  const interest =
    legal.recognisedInterest === undefined
      ? []
      : [labelOf(codes.recognisedInterest, legal.recognisedInterest)];
  const { gatewayText } = legal;
  return {
    organisation,
    lawfulBasis: [...labelsOf(codes.lawfulBasis, legal.article6), ...interest],
    specialCategory: labelsOf(codes.specialCategory, legal.article9),
    schedule1: labelsOf(codes.dpaSchedule1, legal.schedule1),
    part3: legal.part3 === true ? (legal.part3Text ?? '') : null,
    powers: [
      ...labelsOf(codes.legalGateway, legal.gateways),
      ...(gatewayText === undefined ? [] : [gatewayText]),
    ],
    confidentiality: labelOf(codes.confidentiality, legal.confidentiality),
    optOut: labelOf(codes.optOut, legal.optOut),
  };
}

function decisionOf({ decision }: DecisionFacts): DecisionRecord['decision'] {
  return (
    decision && {
      outcome: decision.decision,
      reasons: decision.reason,
      conditions: decision.conditions,
      decidedBy: {
        name: decision.name,
        position: decision.position,
        role: decision.role,
        isAutomatic: decision.isAutomatic,
      },
      signedByEventId: decision.auditEventId,
      decidedOn: londonDay(new Date(decision.decidedAt)),
    }
  );
}

function namesOf({
  provider,
  requesting,
}: Pick<LawFacts, 'provider' | 'requesting'>): ReadonlyMap<string, string> {
  return new Map([provider, requesting].map(({ id, name }) => [id, name]));
}

function labelsOf(vocabulary: Vocabulary, codes: readonly string[] = []): readonly string[] {
  return codes.map((code) => labelOf(vocabulary, code));
}

/** The words of a code; the code itself where the vocabulary has it no more. */
export function labelOf(vocabulary: Vocabulary, code: string): string {
  return findTerm(vocabulary, code)?.label ?? code;
}
