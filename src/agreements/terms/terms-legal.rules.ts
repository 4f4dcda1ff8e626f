import type { FieldError } from '../../kernel/errors.js';
import { findTerm } from '../../kernel/vocabulary.js';
import { checkAttachment } from './terms-attachments.rules.js';
import { holdsClass, holdsPersonalData } from './terms-classes.rules.js';
import type { TermsFacts } from './terms-facts.js';
import type { DraftTerms, LegalTerms } from './terms.types.js';

type DraftLegal = NonNullable<DraftTerms['legal']>[number];

/** What one entry is judged by, beside itself. */
interface LegalContext {
  readonly facts: TermsFacts;
  readonly isFramework: boolean;
  readonly hasSpecial: boolean;
  readonly hasOffences: boolean;
}

type Rule = readonly [holds: boolean, name: keyof LegalTerms, reason: string];

const REQUIRED = [
  'organisationId',
  'article6',
  'confidentiality',
  'optOut',
] as const satisfies readonly (keyof LegalTerms)[];

/** DPA 2018 s10(2): these need a condition of Part 1 of Schedule 1. */
const NEED_PART_1 = ['9-2-b', '9-2-h', '9-2-i', '9-2-j'];
/** DPA 2018 s10(3): this needs one of Part 2. */
const NEEDS_PART_2 = '9-2-g';

/** The law group: one entry per party wherever personal data is shared. */
export function checkLegal(draft: DraftTerms, facts: TermsFacts): readonly FieldError[] {
  const { legal, parties } = draft;
  const isPersonal = holdsPersonalData(draft);
  if (!legal) {
    return isPersonal
      ? [{ pointer: '/legal', reason: 'personal data needs one entry for each party' }]
      : [];
  }
  const context: LegalContext = {
    facts,
    isFramework: draft.kind === 'framework',
    hasSpecial: holdsClass(draft, 'special_category'),
    hasOffences: holdsClass(draft, 'criminal_offence'),
  };
  const entries = legal.map(({ organisationId }) => organisationId);
  const members = (parties ?? []).map(({ organisationId }) => organisationId);
  const without = members.filter((id) => id !== undefined && !entries.includes(id));
  return [
    ...(isPersonal ? without : []).map((id) => ({
      pointer: '/legal',
      reason: `personal data needs one entry for each party: none is for ${String(id)}`,
    })),
    ...legal.flatMap((entry, at) => {
      const base = `/legal/${String(at)}`;
      const { organisationId } = entry;
      return [
        ...checkPlace(organisationId, base, members, entries.indexOf(organisationId) !== at),
        ...checkEntry(entry, base, context),
      ];
    }),
  ];
}

function checkPlace(
  organisationId: string | undefined,
  base: string,
  members: readonly (string | undefined)[],
  isTwice: boolean,
): FieldError[] {
  const pointer = `${base}/organisationId`;
  if (organisationId === undefined) {
    return [];
  }
  return [
    ...(isTwice ? [{ pointer, reason: 'stands twice' }] : []),
    ...(members.includes(organisationId) ? [] : [{ pointer, reason: 'is no party' }]),
  ];
}

function checkEntry(entry: DraftLegal, base: string, context: LegalContext): FieldError[] {
  const rules: readonly Rule[] = [
    ...REQUIRED.map((name): Rule => [entry[name] !== undefined, name, 'is required']),
    ...basisRules(entry),
    ...specialRules(entry, context),
    ...conditionRules(entry, context),
    ...powerRules(entry, context.facts),
  ];
  return [
    ...rules
      .filter(([holds]) => !holds)
      .map(([, name, reason]) => ({ pointer: `${base}/${name}`, reason })),
    ...offenceOnly(entry, base, context),
    ...checkAttachment(entry.lia, `${base}/lia`),
    ...checkAttachment(entry.appropriatePolicy, `${base}/appropriatePolicy`),
  ];
}

function basisRules({ article6, recognisedInterest, lia }: DraftLegal): readonly Rule[] {
  const cites = (code: string): boolean => article6?.includes(code) === true;
  const isRecognised = cites('6-1-ea');
  return [
    [article6?.length !== 0, 'article6', 'must name at least one'],
    [
      !isRecognised || recognisedInterest !== undefined,
      'recognisedInterest',
      'is required with 6-1-ea (UK GDPR Annex 1)',
    ],
    [
      isRecognised || recognisedInterest === undefined,
      'recognisedInterest',
      'belongs to 6-1-ea, which article6 does not name',
    ],
    [!cites('6-1-f') || lia !== undefined, 'lia', 'is required with 6-1-f'],
  ];
}

function specialRules({ article9 = [] }: DraftLegal, context: LegalContext): readonly Rule[] {
  const { hasSpecial, isFramework } = context;
  const isCited = article9.length > 0;
  return [
    [!hasSpecial || isCited, 'article9', 'is required with special_category data'],
    [hasSpecial || isFramework || !isCited, 'article9', 'no item is of class special_category'],
  ];
}

function conditionRules(entry: DraftLegal, context: LegalContext): readonly Rule[] {
  const { article9 = [], schedule1 = [], appropriatePolicy } = entry;
  const { hasSpecial, hasOffences, isFramework, facts } = context;
  const terms = schedule1.map((code) => findTerm(facts.vocabularies.dpaSchedule1, code));
  const hasPart = (part: number): boolean => terms.some((term) => term?.part === part);
  const needsPolicy = terms.some((term) => term?.apd === true);
  return [
    [
      !article9.some((code) => NEED_PART_1.includes(code)) || hasPart(1),
      'schedule1',
      'Art 9(2)(b), (h), (i) and (j) need a condition of Part 1 (DPA 2018 s10(2))',
    ],
    [
      !article9.includes(NEEDS_PART_2) || hasPart(2),
      'schedule1',
      'Art 9(2)(g) needs a condition of Part 2 (DPA 2018 s10(3))',
    ],
    [
      !hasOffences || schedule1.length > 0,
      'schedule1',
      'is required with criminal_offence data (DPA 2018 s10(5))',
    ],
    [
      hasSpecial || hasOffences || isFramework || schedule1.length === 0,
      'schedule1',
      'no item is of class special_category or criminal_offence',
    ],
    [
      !needsPolicy || appropriatePolicy !== undefined,
      'appropriatePolicy',
      'is required by a condition that schedule1 names',
    ],
  ];
}

function powerRules(entry: DraftLegal, { publicAuthorityIds }: TermsFacts): readonly Rule[] {
  const { organisationId, gateways = [], gatewayText, part3, part3Text } = entry;
  const isAuthority = organisationId !== undefined && publicAuthorityIds.has(organisationId);
  return [
    [!isAuthority || gateways.length > 0, 'gateways', 'is required of a public authority'],
    [
      !isAuthority || gatewayText !== undefined,
      'gatewayText',
      'a public authority must explain its express or implied power',
    ],
    [part3 !== true || part3Text !== undefined, 'part3Text', 'is required with part3'],
    [part3 === true || part3Text === undefined, 'part3Text', 'belongs to part3, which is not set'],
  ];
}

function offenceOnly(
  { schedule1 = [] }: DraftLegal,
  base: string,
  { facts, hasOffences, isFramework }: LegalContext,
): FieldError[] {
  return schedule1.flatMap((code, at) =>
    hasOffences || isFramework || findTerm(facts.vocabularies.dpaSchedule1, code)?.part !== 3
      ? []
      : [
          {
            pointer: `${base}/schedule1/${String(at)}`,
            reason: 'is for criminal_offence data only',
          },
        ],
  );
}
