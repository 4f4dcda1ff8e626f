import type { FieldError } from '../../kernel/errors.js';
import { withNarrower } from '../../kernel/vocabulary.js';
import { holdsPersonalData } from './terms-classes.rules.js';
import type { TermsFacts } from './terms-facts.js';
import type { AgreementTerms, DraftTerms } from './terms.types.js';

const FOR_PEOPLE = [
  'rightsLead',
  'sarContact',
  'complaintsContact',
  'privacyNotices',
] as const satisfies readonly (keyof AgreementTerms)[];

/** Purposes of research and statistics (UK GDPR Art 84A), with everything narrower. */
const RESEARCH = [
  'https://w3id.org/dpv#ResearchAndDevelopment',
  'https://w3id.org/dpv#ProvideOfficialStatistics',
];
const RESEARCH_BASES = ['9-2-j', 's1-4'];

/** Rights: who answers the people in the data, and the safeguards that research owes them. */
export function checkRights(draft: DraftTerms, facts: TermsFacts): readonly FieldError[] {
  const isPersonal = holdsPersonalData(draft);
  const required = (name: keyof DraftTerms, why: string): FieldError[] =>
    draft[name] === undefined ? [{ pointer: `/${name}`, reason: `is required: ${why}` }] : [];
  const { parties = [], privacyNotices } = draft;
  const hasAuthority = parties.some(
    ({ organisationId }) =>
      organisationId !== undefined && facts.publicAuthorityIds.has(organisationId),
  );
  return [
    ...(isPersonal ? FOR_PEOPLE.flatMap((name) => required(name, 'the data is about people')) : []),
    ...(isPersonal && privacyNotices?.length === 0
      ? [{ pointer: '/privacyNotices', reason: 'must name at least one' }]
      : []),
    ...(isPersonal && hasAuthority ? required('foiLead', 'a party is a public authority') : []),
    ...(isPersonal && isResearch(draft, facts)
      ? required('rasSafeguards', 'personal data for research (UK GDPR Arts 84A to 84D)')
      : []),
    ...checkLead(draft, 'rightsLead'),
    ...checkLead(draft, 'foiLead'),
  ];
}

function checkLead(draft: DraftTerms, name: 'rightsLead' | 'foiLead'): FieldError[] {
  const lead = draft[name];
  const isParty = (draft.parties ?? []).some(({ organisationId }) => organisationId === lead);
  return lead === undefined || isParty ? [] : [{ pointer: `/${name}`, reason: 'is no party' }];
}

function isResearch({ purposes = [], legal = [] }: DraftTerms, facts: TermsFacts): boolean {
  const research = withNarrower(facts.vocabularies.purpose, RESEARCH);
  const cited = legal.flatMap(({ article9 = [], schedule1 = [] }) => [...article9, ...schedule1]);
  return (
    purposes.some((purpose) => research.includes(purpose)) ||
    cited.some((code) => RESEARCH_BASES.includes(code))
  );
}
