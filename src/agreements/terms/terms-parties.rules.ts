import type { FieldError } from '../../kernel/errors.js';
import { dutyKey, type TermsFacts } from './terms-facts.js';
import type { DraftTerms, PartyTerms } from './terms.types.js';

type DraftParty = NonNullable<DraftTerms['parties']>[number];

const REQUIRED = [
  'organisationId',
  'signatoryId',
  'dpoId',
  'dataRole',
  'controllerRole',
  'breachContact',
  'queryContact',
  'founding',
  'lead',
] as const satisfies readonly (keyof PartyTerms)[];

/** Parties: who they are, that they can sign, and that nobody holds two duties of one act (R3.8, R3.24). */
export function checkParties(draft: DraftTerms, facts: TermsFacts): readonly FieldError[] {
  const parties = draft.parties;
  if (!parties) {
    return [];
  }
  return [
    ...parties.flatMap((party, at) => checkParty(party, `/parties/${String(at)}`, facts)),
    ...checkTogether(parties, facts),
    ...checkRepeats(parties),
  ];
}

function checkParty(party: DraftParty, base: string, facts: TermsFacts): FieldError[] {
  const faults = REQUIRED.filter((name) => party[name] === undefined).map((name) => ({
    pointer: `${base}/${name}`,
    reason: 'is required',
  }));
  const { organisationId, signatoryId, dpoId } = party;
  if (party.controllerRole === 'joint' && party.jointArrangement === undefined) {
    faults.push({
      pointer: `${base}/jointArrangement`,
      reason: 'is required of joint controllers',
    });
  }
  if (organisationId === undefined) {
    return faults;
  }
  if (!facts.activeOrganisationIds.has(organisationId)) {
    return [...faults, { pointer: `${base}/organisationId`, reason: 'is no active organisation' }];
  }
  const duties = [
    ['signatoryId', signatoryId, 'signatory'],
    ['dpoId', dpoId, 'dpo'],
  ] as const;
  for (const [name, personId, role] of duties) {
    if (personId !== undefined && !facts.duties.has(dutyKey(organisationId, personId, role))) {
      faults.push({
        pointer: `${base}/${name}`,
        reason: `is no current ${role} of that organisation`,
      });
    }
  }
  return faults;
}

function checkTogether(parties: readonly DraftParty[], facts: TermsFacts): FieldError[] {
  const founding = parties.filter((party) => party.founding === true);
  const hasRole = (role: 'provider' | 'recipient'): boolean =>
    founding.some(({ dataRole }) => dataRole === role || dataRole === 'both');
  const rules: readonly (readonly [boolean, string])[] = [
    [hasRole('provider'), 'needs a founding provider'],
    [hasRole('recipient'), 'needs a founding recipient'],
    [parties.filter(({ lead }) => lead === true).length === 1, 'needs exactly one lead'],
    [founding.some(({ lead }) => lead === true), 'the lead must be founding'],
    [founding.length === parties.length, 'a party that is not founding joins later, by accession'],
    [
      parties.some(({ organisationId }) => organisationId === facts.draftingOrganisationId),
      'must include the organisation that drafts',
    ],
  ];
  return rules.filter(([holds]) => !holds).map(([, reason]) => ({ pointer: '/parties', reason }));
}

// One data protection officer may serve several organisations; a signatory speaks for one alone.
function checkRepeats(parties: readonly DraftParty[]): FieldError[] {
  return parties.flatMap((party, at) => {
    const others = parties.filter((other) => other !== party);
    const { organisationId, signatoryId } = party;
    const isTwice =
      organisationId !== undefined &&
      others.some((other) => other.organisationId === organisationId);
    const isBusy =
      signatoryId !== undefined &&
      (parties.some(({ dpoId }) => dpoId === signatoryId) ||
        others.some((other) => other.signatoryId === signatoryId));
    return [
      ...(isTwice
        ? [{ pointer: `/parties/${String(at)}/organisationId`, reason: 'stands twice' }]
        : []),
      ...(isBusy
        ? [
            {
              pointer: `/parties/${String(at)}/signatoryId`,
              reason: 'holds another duty in this agreement',
            },
          ]
        : []),
    ];
  });
}
