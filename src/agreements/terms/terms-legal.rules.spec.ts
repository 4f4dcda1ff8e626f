import fc from 'fast-check';
import { exampleFacts, PROVIDER, RECIPIENT } from '../../../test/support/agreement-terms.js';
import { attachment, legalTerms, personalTerms } from '../../../test/support/personal-terms.js';
import { checkTerms } from './terms.rules.js';
import type { TermsFacts } from './terms-facts.js';
import type { AgreementTerms, DraftTerms, LegalTerms } from './terms.types.js';

const pointersOf = (draft: DraftTerms, facts: Partial<TermsFacts> = {}): string[] =>
  [...new Set(checkTerms(draft, exampleFacts(facts)).map(({ pointer }) => pointer))].sort();
const withLegal = (
  changes: Partial<LegalTerms>,
  dataClass = 'personal',
  others: Partial<LegalTerms> = {},
): AgreementTerms =>
  personalTerms(
    { legal: [legalTerms(PROVIDER.id, changes), legalTerms(RECIPIENT.id, others)] },
    dataClass,
  );
const both = (changes: Partial<LegalTerms>, dataClass: string): AgreementTerms =>
  withLegal(changes, dataClass, changes);

const lia = attachment('lia');
const appropriatePolicy = attachment('appropriate_policy');

describe('the law group', () => {
  it.each(['pseudonymised', 'personal'])('is complete for %s data', (dataClass) => {
    expect(pointersOf(personalTerms({}, dataClass))).toEqual([]);
  });

  it.each(['pseudonymised', 'personal', 'special_category', 'criminal_offence'])(
    'is required for %s data, with the rights and the safeguards of research',
    (dataClass) => {
      const { legal, rightsLead, sarContact, complaintsContact, privacyNotices, ...rest } =
        personalTerms({}, dataClass);
      expect([legal, rightsLead, sarContact, complaintsContact, privacyNotices]).not.toContain(
        undefined,
      );
      const { foiLead, rasSafeguards, ...bare } = rest;
      expect([foiLead, rasSafeguards]).not.toContain(undefined);
      expect(pointersOf(bare)).toEqual([
        '/complaintsContact',
        '/foiLead',
        '/legal',
        '/privacyNotices',
        '/rasSafeguards',
        '/rightsLead',
        '/sarContact',
      ]);
    },
  );

  it.each<[string, Partial<LegalTerms>, string[]]>([
    ['no basis', { article6: [] }, ['/legal/0/article6']],
    ['an unknown basis', { article6: ['6-1-z'] }, ['/legal/0/article6/0']],
    ['6-1-ea without its interest', { article6: ['6-1-ea'] }, ['/legal/0/recognisedInterest']],
    ['6-1-ea with it', { article6: ['6-1-ea'], recognisedInterest: 'emergencies' }, []],
    [
      'an unknown interest',
      { article6: ['6-1-ea'], recognisedInterest: 'fun' },
      ['/legal/0/recognisedInterest'],
    ],
    [
      'an interest without 6-1-ea',
      { recognisedInterest: 'emergencies' },
      ['/legal/0/recognisedInterest'],
    ],
    ['6-1-f without an assessment', { article6: ['6-1-f'] }, ['/legal/0/lia']],
    ['6-1-f with one', { article6: ['6-1-f'], lia }, []],
    ['a condition of Art 9 that no item asks for', { article9: ['9-2-a'] }, ['/legal/0/article9']],
    ['a condition of Schedule 1 likewise', { schedule1: ['s1-4'] }, ['/legal/0/schedule1']],
    ['a public authority without a power', { gateways: [] }, ['/legal/0/gateways']],
    ['an unknown power', { gateways: ['magna-carta'] }, ['/legal/0/gateways/0']],
    ['law enforcement without a word', { part3: true }, ['/legal/0/part3Text']],
    ['law enforcement with one', { part3: true, part3Text: 'Section 35.' }, []],
    ['that word alone', { part3Text: 'Section 35.' }, ['/legal/0/part3Text']],
    ['an unknown confidentiality', { confidentiality: 'fun' }, ['/legal/0/confidentiality']],
    ['an unknown opt-out', { optOut: 'maybe' }, ['/legal/0/optOut']],
  ])('judges %s', (_what, changes, pointers) => {
    expect(pointersOf(withLegal(changes))).toEqual(pointers);
  });

  it.each(['article6', 'confidentiality', 'optOut', 'gatewayText'] as const)(
    'asks each party for %s',
    (name) => {
      const { [name]: left, ...entry } = legalTerms(PROVIDER.id);
      expect(left).toBeDefined();
      const draft: DraftTerms = {
        ...personalTerms(),
        legal: [entry, legalTerms(RECIPIENT.id)],
      };
      expect(pointersOf(draft)).toEqual([`/legal/0/${name}`]);
    },
  );

  it.each<[string, string, Partial<LegalTerms>, string[]]>([
    ['special data without Art 9', 'special_category', {}, ['article9']],
    ['consent, which needs no Schedule 1', 'special_category', { article9: ['9-2-a'] }, []],
    ...['9-2-b', '9-2-g', '9-2-h', '9-2-i', '9-2-j'].map(
      (code): [string, string, Partial<LegalTerms>, string[]] => [
        `${code} without Schedule 1`,
        'special_category',
        { article9: [code] },
        ['schedule1'],
      ],
    ),
    ['9-2-j for research', 'special_category', { article9: ['9-2-j'], schedule1: ['s1-4'] }, []],
    [
      '9-2-j with a condition of Part 2 only (s10(2))',
      'special_category',
      { article9: ['9-2-j'], schedule1: ['s1-13'] },
      ['schedule1'],
    ],
    [
      '9-2-g with a condition of Part 1 only (s10(3))',
      'special_category',
      { article9: ['9-2-g'], schedule1: ['s1-4'] },
      ['schedule1'],
    ],
    [
      '9-2-g without the policy document its condition asks for',
      'special_category',
      { article9: ['9-2-g'], schedule1: ['s1-18'] },
      ['appropriatePolicy'],
    ],
    [
      '9-2-g with it',
      'special_category',
      { article9: ['9-2-g'], schedule1: ['s1-18'], appropriatePolicy },
      [],
    ],
    [
      'a condition for offences alone',
      'special_category',
      { article9: ['9-2-a'], schedule1: ['s1-33'] },
      ['schedule1/0'],
    ],
    ['offences without Schedule 1', 'criminal_offence', {}, ['schedule1']],
    ['offences with it', 'criminal_offence', { schedule1: ['s1-33'] }, []],
    ['Art 9 for offences', 'criminal_offence', { article9: ['9-2-a'] }, ['article9', 'schedule1']],
  ])('judges %s', (_what, dataClass, changes, names) => {
    const expected = names.flatMap((name) => [`/legal/0/${name}`, `/legal/1/${name}`]).sort();
    expect(pointersOf(both(changes, dataClass))).toEqual(expected);
  });

  it('wants one entry for each party, and for nobody else', () => {
    const stranger = '01990000-0000-7000-8000-0000000000e1';
    const [own, other] = [legalTerms(PROVIDER.id), legalTerms(RECIPIENT.id)];
    expect(pointersOf(personalTerms({ legal: [own] }))).toEqual(['/legal']);
    expect(pointersOf(personalTerms({ legal: [own, other, other] }))).toEqual([
      '/legal/2/organisationId',
    ]);
    expect(pointersOf(personalTerms({ legal: [own, other, legalTerms(stranger)] }))).toEqual([
      '/legal/2/organisationId',
    ]);
  });

  it('asks a private party for no power, and no agreement without an authority for an FOI lead', () => {
    const facts = { publicAuthorityIds: new Set<string>() };
    const { foiLead, ...terms } = withLegal({ gateways: [] });
    expect(foiLead).toBe(PROVIDER.id);
    expect(pointersOf(terms, facts)).toEqual([]);
  });

  it('takes as rights lead a party only', () => {
    const leads = { rightsLead: PROVIDER.owner, foiLead: PROVIDER.owner };
    expect(pointersOf(personalTerms(leads))).toEqual(['/foiLead', '/rightsLead']);
  });

  it('asks for a notice that people can read', () => {
    expect(pointersOf(personalTerms({ privacyNotices: [] }))).toEqual(['/privacyNotices']);
  });

  it.each([
    ['presign', 120],
    ['sts', 900],
  ] as const)('keeps special category data out of %s', (mode, maxRevocationSeconds) => {
    const changes = { article9: ['9-2-a'] };
    const terms = { ...both(changes, 'special_category'), modes: [mode], maxRevocationSeconds };
    const datasets = new Map(
      [...exampleFacts().datasets].map(([id, dataset]) => [
        id,
        { ...dataset, disclosesLocation: true },
      ]),
    );
    expect(pointersOf(terms, { datasets })).toEqual(['/modes/0']);
    expect(
      pointersOf(
        { ...terms, ...personalTerms(), modes: [mode], maxRevocationSeconds },
        { datasets },
      ),
    ).toEqual([]);
  });

  it('takes 6-1-ea in force from 5 February 2026 only (R2.6)', () => {
    const ea = { article6: ['6-1-ea'], recognisedInterest: 'crime' };
    const dates = { endsOn: '2027-01-01', reviewOn: '2026-06-01' };
    const on = (startsOn: string) => pointersOf({ ...withLegal(ea), ...dates, startsOn });
    expect(on('2026-02-05')).toEqual([]);
    expect(on('2026-02-04')).toEqual(['/legal/0/article6/0', '/legal/0/recognisedInterest']);
  });

  const codes = {
    article6: fc.subarray(['6-1-a', '6-1-e', '6-1-ea', '6-1-f'], { minLength: 1 }),
    article9: fc.subarray(['9-2-a', '9-2-b', '9-2-g', '9-2-h', '9-2-i', '9-2-j']),
    schedule1: fc.subarray(['s1-1', 's1-2', 's1-4', 's1-13', 's1-18', 's1-33', 's1-36']),
    hasInterest: fc.boolean(),
    hasAssessment: fc.boolean(),
    hasPolicy: fc.boolean(),
    dataClass: fc.constantFrom('none', 'personal', 'special_category', 'criminal_offence'),
  };

  it('lets no contradictory law through, whatever is combined', () => {
    fc.assert(
      fc.property(fc.record(codes), (given) => {
        const { article6, article9, schedule1, dataClass } = given;
        const entry: Partial<LegalTerms> = {
          article6,
          article9,
          schedule1,
          ...(given.hasInterest ? { recognisedInterest: 'crime' } : {}),
          ...(given.hasAssessment ? { lia } : {}),
          ...(given.hasPolicy ? { appropriatePolicy } : {}),
        };
        const isSpecial = dataClass === 'special_category';
        const isOffence = dataClass === 'criminal_offence';
        // Said the other way round than the rules say it: everything that must be true of sound law.
        const number = (code: string): number => Number(code.slice(3));
        const inPart = (from: number, to: number): boolean =>
          schedule1.some((code) => number(code) >= from && number(code) <= to);
        const withPolicy = [1, 18, 36];
        const sound =
          article6.includes('6-1-ea') === given.hasInterest &&
          (given.hasAssessment || !article6.includes('6-1-f')) &&
          article9.length > 0 === isSpecial &&
          (inPart(1, 4) || article9.every((code) => ['9-2-a', '9-2-g'].includes(code))) &&
          (inPart(6, 28) || !article9.includes('9-2-g')) &&
          (isOffence ? schedule1.length > 0 : !inPart(29, 37)) &&
          (isOffence || isSpecial || schedule1.length === 0) &&
          (given.hasPolicy || !schedule1.some((code) => withPolicy.includes(number(code))));
        expect(pointersOf(both(entry, dataClass)).length === 0).toBe(sound);
      }),
      { numRuns: 500 },
    );
  });
});
