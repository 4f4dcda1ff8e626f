import type { Choice } from '../../platform/web/pages/blocks.js';
import { deliveryInWords } from '../delivery-words.js';
import type { TermsVocabularies } from '../terms/terms-facts.js';
import { ACTION_WORDS, choicesFrom, WORDS } from './term-words.js';
import type { TermField } from './term-fields.js';

/** Terms that are written together, as one task. */
export interface Section {
  readonly name: string;
  readonly title: string;
  readonly fields: readonly TermField[];
}

/** Terms that are a list, of which each one is a task. */
export interface ListSection {
  readonly name: 'parties' | 'items' | 'legal';
  readonly title: string;
  /** What one of them is called: `party`. */
  readonly one: string;
  readonly fields: readonly TermField[];
}

/** What may be chosen of things that are not in a vocabulary. */
export interface Offered {
  readonly organisations: readonly Choice[];
  readonly signatories: readonly Choice[];
  readonly dpos: readonly Choice[];
  readonly datasets: readonly Choice[];
}

/** @param vocabularies what may be chosen; @param offered the organisations, people and datasets to choose from. */
export function sectionsOf(vocabularies: TermsVocabularies, offered: Offered): readonly Section[] {
  const of = (name: keyof TermsVocabularies): readonly Choice[] =>
    vocabularies[name].terms.map(({ code, label }) => ({ value: code, text: label }));
  return [
    {
      name: 'about',
      title: 'What it is, and how long',
      fields: [
        { name: 'title', label: 'Title', kind: 'text' },
        { name: 'summary', label: 'Summary', kind: 'area', hint: 'For anybody to read' },
        { name: 'kind', label: 'Kind', kind: 'one', items: choicesFrom(WORDS.kind) },
        { name: 'startsOn', label: 'First day', kind: 'day' },
        { name: 'endsOn', label: 'Last day', kind: 'day' },
        {
          name: 'reviewOn',
          label: 'First review',
          kind: 'day',
          hint: 'At most 12 months after the first day',
        },
        {
          name: 'signing',
          label: 'How it is signed',
          kind: 'one',
          items: choicesFrom(WORDS.signing),
        },
        {
          name: 'parentAgreementId',
          label: 'Id of the framework agreement (optional)',
          kind: 'text',
        },
        { name: 'publish', label: 'Is it in the public register?', kind: 'flag' },
        { name: 'unpublishedReason', label: 'Why not (only if it is not)', kind: 'area' },
      ],
    },
    {
      name: 'purpose',
      title: 'What it is for',
      fields: [
        { name: 'purposes', label: 'Purposes', kind: 'many', items: of('purpose') },
        { name: 'objective', label: 'Objective', kind: 'area' },
        { name: 'necessity', label: 'Why the data is needed for it', kind: 'area' },
        { name: 'publicBenefit', label: 'How the public benefits', kind: 'area' },
        { name: 'alternatives', label: 'What else was tried or thought of', kind: 'area' },
        {
          name: 'prohibitedUses',
          label: 'Forbidden uses',
          kind: 'many',
          items: of('prohibitedUse'),
        },
        { name: 'rasSafeguards', label: 'Safeguards for research (optional)', kind: 'area' },
      ],
    },
    {
      name: 'access',
      title: 'Who gets in, and how',
      fields: [
        {
          name: 'modes',
          label: 'How data is delivered',
          kind: 'many',
          items: WORDS.modes.map((value) => ({ value, text: deliveryInWords(value) })),
        },
        {
          name: 'actions',
          label: 'What may be done',
          kind: 'many',
          items: choicesFrom(ACTION_WORDS),
        },
        {
          name: 'approval',
          label: 'Who decides a request',
          kind: 'one',
          items: choicesFrom(WORDS.approval),
        },
        {
          name: 'standingDecider.personId',
          label: 'Who stands behind automatic decisions (their id, only if rules decide)',
          kind: 'text',
        },
        {
          name: 'standingDecider.position',
          label: 'Their position (only if rules decide)',
          kind: 'text',
        },
        {
          name: 'accreditations',
          label: 'Accreditations that a researcher needs',
          kind: 'many',
          items: of('accreditation'),
        },
        {
          name: 'trainings',
          label: 'Trainings that a researcher needs',
          kind: 'many',
          items: of('training'),
        },
        {
          name: 'orgChecks',
          label: 'Checks that an organisation needs',
          kind: 'many',
          items: choicesFrom(WORDS.orgChecks),
        },
        {
          name: 'minAuth',
          label: 'How strongly they sign in',
          kind: 'one',
          items: choicesFrom(WORDS.minAuth),
        },
        { name: 'dpop', label: 'Is a token bound to a key?', kind: 'flag' },
        { name: 'maxGrantDays', label: 'Longest access, in days', kind: 'whole' },
        { name: 'maxDownloads', label: 'Most downloads of a grant (optional)', kind: 'whole' },
        { name: 'maxBytes', label: 'Most bytes of a grant (optional)', kind: 'whole' },
        {
          name: 'maxRevocationSeconds',
          label: 'Most seconds until a revocation holds',
          kind: 'whole',
        },
        {
          name: 'countries',
          label: 'Countries, by two letters, one on each line (optional)',
          kind: 'lines',
        },
        {
          name: 'setting',
          label: 'Where it is worked on',
          kind: 'one',
          items: choicesFrom(WORDS.setting),
        },
        {
          name: 'admission',
          label: 'Who admits further parties',
          kind: 'one',
          items: choicesFrom(WORDS.admission),
        },
      ],
    },
    {
      name: 'dpia',
      title: 'Impact on people',
      fields: [
        {
          name: 'dpia.status',
          label: 'Data protection impact assessment',
          kind: 'one',
          items: choicesFrom(WORDS.dpia),
        },
        { name: 'dpia.reason', label: 'Reason', kind: 'area' },
        { name: 'dpia.dpoView', label: 'View of the data protection officer', kind: 'area' },
        { name: 'dpia.reviewOn', label: 'Next review of the assessment', kind: 'day' },
        { name: 'dpia.priorConsultation', label: 'Prior consultation (optional)', kind: 'area' },
      ],
    },
    {
      name: 'rights',
      title: 'People’s rights',
      fields: [
        {
          name: 'rightsLead',
          label: 'Who answers people who use their rights',
          kind: 'one',
          items: offered.organisations,
        },
        { name: 'sarContact', label: 'Mail address for subject access requests', kind: 'text' },
        { name: 'complaintsContact', label: 'Mail address for complaints', kind: 'text' },
        {
          name: 'privacyNotices',
          label: 'Addresses of privacy notices, one on each line',
          kind: 'lines',
        },
        {
          name: 'foiLead',
          label: 'Who answers freedom of information requests',
          kind: 'one',
          items: offered.organisations,
        },
      ],
    },
    {
      name: 'handling',
      title: 'Handling and ending',
      fields: [
        { name: 'accuracy', label: 'Accuracy', kind: 'area' },
        { name: 'security', label: 'Security', kind: 'area' },
        { name: 'format', label: 'Format', kind: 'area' },
        {
          name: 'retention',
          label: 'How long it is kept',
          kind: 'text',
          hint: 'As ISO 8601 writes it: P2Y is two years',
        },
        {
          name: 'disposal',
          label: 'What becomes of it then',
          kind: 'one',
          items: choicesFrom(WORDS.disposal),
        },
        { name: 'disposalDays', label: 'Days until that is done', kind: 'whole' },
        { name: 'breachHours', label: 'Hours until a breach is told', kind: 'whole' },
        { name: 'noticeDays', label: 'Days of notice', kind: 'whole' },
        { name: 'changeProcess', label: 'How it is changed', kind: 'area' },
      ],
    },
  ];
}

export function listSectionsOf(
  vocabularies: TermsVocabularies,
  offered: Offered,
): readonly ListSection[] {
  const of = (name: keyof TermsVocabularies): readonly Choice[] =>
    vocabularies[name].terms.map(({ code, label }) => ({ value: code, text: label }));
  const { organisations, signatories, dpos, datasets } = offered;
  return [
    {
      name: 'parties',
      title: 'Parties',
      one: 'party',
      fields: [
        { name: 'organisationId', label: 'Organisation', kind: 'one', items: organisations },
        { name: 'signatoryId', label: 'Who signs for it', kind: 'one', items: signatories },
        { name: 'dpoId', label: 'Its data protection officer', kind: 'one', items: dpos },
        {
          name: 'dataRole',
          label: 'Part in the sharing',
          kind: 'one',
          items: choicesFrom(WORDS.dataRole),
        },
        {
          name: 'controllerRole',
          label: 'Role under the UK GDPR',
          kind: 'one',
          items: choicesFrom(WORDS.controllerRole),
        },
        {
          name: 'jointArrangement',
          label: 'Arrangement of joint controllers (only of those)',
          kind: 'area',
        },
        { name: 'breachContact', label: 'Mail address for breaches', kind: 'text' },
        { name: 'queryContact', label: 'Mail address for questions', kind: 'text' },
        { name: 'founding', label: 'Is it there from the beginning?', kind: 'flag' },
        { name: 'lead', label: 'Does it lead?', kind: 'flag' },
      ],
    },
    {
      name: 'items',
      title: 'Datasets',
      one: 'dataset',
      fields: [
        { name: 'datasetId', label: 'Dataset', kind: 'one', items: datasets },
        { name: 'providerId', label: 'Provider', kind: 'one', items: organisations },
        {
          name: 'release',
          label: 'How much of it',
          kind: 'one',
          items: choicesFrom(WORDS.release),
        },
        {
          name: 'fields',
          label: 'Columns and why each is needed',
          kind: 'reasons',
          hint: 'One on each line: name, a colon, the reason',
        },
        { name: 'includeHistory', label: 'Are earlier versions included?', kind: 'flag' },
        {
          name: 'dataClass',
          label: 'How near it is to people',
          kind: 'one',
          items: of('dataClass'),
        },
        { name: 'subjects', label: 'Whom it is about', kind: 'area' },
        { name: 'source', label: 'Where it is from', kind: 'area' },
        { name: 'period', label: 'Which time it covers', kind: 'area' },
      ],
    },
    {
      name: 'legal',
      title: 'Law',
      one: 'legal basis',
      fields: [
        { name: 'organisationId', label: 'Party', kind: 'one', items: organisations },
        {
          name: 'article6',
          label: 'Lawful basis (UK GDPR, Article 6)',
          kind: 'many',
          items: of('lawfulBasis'),
        },
        {
          name: 'recognisedInterest',
          label: 'Recognised interest (only with 6-1-ea)',
          kind: 'one',
          items: of('recognisedInterest'),
        },
        {
          name: 'article9',
          label: 'Conditions for special categories (Article 9)',
          kind: 'many',
          items: of('specialCategory'),
        },
        {
          name: 'schedule1',
          label: 'Conditions of Schedule 1 (DPA 2018)',
          kind: 'many',
          items: of('dpaSchedule1'),
        },
        {
          name: 'gateways',
          label: 'Legal gateways of a public authority',
          kind: 'many',
          items: of('legalGateway'),
        },
        { name: 'gatewayText', label: 'The gateway in words (optional)', kind: 'area' },
        { name: 'part3', label: 'Is it processing for law enforcement?', kind: 'flag' },
        { name: 'part3Text', label: 'How (only if it is)', kind: 'area' },
        {
          name: 'confidentiality',
          label: 'Duty of confidence',
          kind: 'one',
          items: of('confidentiality'),
        },
        { name: 'optOut', label: 'Opt-outs', kind: 'one', items: of('optOut') },
      ],
    },
  ];
}
