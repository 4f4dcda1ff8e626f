import { dutyKey, type TermsFacts } from '../../src/agreements/terms/terms-facts.js';
import { DEFAULT_TERMS, type AgreementTerms } from '../../src/agreements/terms/terms.types.js';
import { Vocabularies } from '../../src/agreements/vocabularies.js';

const uuid = (last: string): string => `01990000-0000-7000-8000-0000000000${last}`;

/** The two organisations of the example agreement, their people by duty, and the dataset shared. */
export const PROVIDER = {
  id: uuid('a1'),
  owner: uuid('a2'),
  signatory: uuid('a3'),
  dpo: uuid('a4'),
  officer: uuid('a5'),
} as const;
export const RECIPIENT = {
  id: uuid('b1'),
  signatory: uuid('b3'),
  dpo: uuid('b4'),
} as const;
export const FOOTFALL = uuid('d1');

const contacts = { breachContact: 'breach@example.org', queryContact: 'query@example.org' };

/** Terms without a fault: footfall counts, which are not about people. */
export function exampleTerms(changes: Partial<AgreementTerms> = {}): AgreementTerms {
  return {
    ...DEFAULT_TERMS,
    title: 'Footfall counts for active travel',
    summary: 'Hourly counts by street, shared for the planning of safer crossings.',
    kind: 'sharing',
    startsOn: '2026-06-01',
    endsOn: '2027-05-31',
    reviewOn: '2026-12-01',
    parties: [
      {
        organisationId: PROVIDER.id,
        signatoryId: PROVIDER.signatory,
        dpoId: PROVIDER.dpo,
        dataRole: 'provider',
        controllerRole: 'separate',
        ...contacts,
        founding: true,
        lead: true,
      },
      {
        organisationId: RECIPIENT.id,
        signatoryId: RECIPIENT.signatory,
        dpoId: RECIPIENT.dpo,
        dataRole: 'recipient',
        controllerRole: 'separate',
        ...contacts,
        founding: true,
        lead: false,
      },
    ],
    purposes: ['https://w3id.org/dpv#AcademicResearch'],
    objective: 'To learn where people walk.',
    necessity: 'Counts are needed by street and hour.',
    publicBenefit: 'Safer crossings.',
    alternatives: 'Yearly totals hide the peaks.',
    prohibitedUses: ['onward_sharing', 'marketing'],
    items: [
      {
        datasetId: FOOTFALL,
        providerId: PROVIDER.id,
        fields: [{ name: 'count', reason: 'The measure itself.' }],
        release: 'raw',
        dataClass: 'none',
        subjects: 'Nobody: counts only.',
        source: 'Street sensors.',
        period: '2026',
      },
    ],
    dpia: { status: 'not_required', reason: 'No personal data.', dpoView: 'Agreed.' },
    modes: ['stream'],
    actions: ['dataset:read'],
    approval: 'owner',
    accuracy: 'Within five per cent.',
    security: 'Encrypted at rest.',
    format: 'CSV.',
    retention: 'P1Y',
    disposal: 'destroy',
    changeProcess: 'By amendment.',
    publish: true,
    ...changes,
  };
}

/** What the rules know of the example's organisations, people and dataset on 1 May 2026. */
export function exampleFacts(changes: Partial<TermsFacts> = {}): TermsFacts {
  return {
    today: '2026-05-01',
    draftingOrganisationId: PROVIDER.id,
    vocabularies: new Vocabularies().terms,
    activeOrganisationIds: new Set([PROVIDER.id, RECIPIENT.id]),
    publicAuthorityIds: new Set([PROVIDER.id, RECIPIENT.id]),
    duties: new Set([
      dutyKey(PROVIDER.id, PROVIDER.owner, 'data_owner'),
      dutyKey(PROVIDER.id, PROVIDER.signatory, 'signatory'),
      dutyKey(PROVIDER.id, PROVIDER.dpo, 'dpo'),
      dutyKey(RECIPIENT.id, RECIPIENT.signatory, 'signatory'),
      dutyKey(RECIPIENT.id, RECIPIENT.dpo, 'dpo'),
    ]),
    datasets: new Map([
      [
        FOOTFALL,
        {
          organisationId: PROVIDER.id,
          status: 'published',
          kind: 'files',
          fields: [
            { name: 'street', type: 'text', class: 'quasi' },
            { name: 'hour', type: 'timestamp', class: 'quasi' },
            { name: 'count', type: 'integer', class: 'other' },
          ],
          disclosesLocation: false,
          isInStore: true,
        },
      ],
    ]),
    parent: undefined,
    ...changes,
  };
}
