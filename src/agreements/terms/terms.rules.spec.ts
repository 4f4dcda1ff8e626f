import fc from 'fast-check';
import {
  exampleFacts,
  exampleTerms,
  FOOTFALL,
  PROVIDER,
  RECIPIENT,
} from '../../../test/support/agreement-terms.js';
import { isUsableOn, type Vocabulary } from '../../kernel/vocabulary.js';
import { readTerms } from './read-terms.js';
import { checkTerms, requireComplete } from './terms.rules.js';
import type { ParentFacts, TermsFacts } from './terms-facts.js';
import type { AgreementTerms, DraftTerms, ItemTerms, PartyTerms } from './terms.types.js';

type Case = readonly [what: string, change: DraftTerms, pointers: readonly string[]];

const terms = exampleTerms();
const [provider, recipient] = terms.parties as [PartyTerms, PartyTerms];
const [item] = terms.items as [ItemTerms];
const words = (count: number): string => Array.from({ length: count }, () => 'word').join(' ');
const pointersOf = (draft: DraftTerms, facts: Partial<TermsFacts> = {}): string[] =>
  checkTerms(draft, exampleFacts(facts)).map(({ pointer }) => pointer);
const withProvider = (change: Partial<PartyTerms>): DraftTerms => ({
  parties: [{ ...provider, ...change }, recipient],
});
const withItem = (change: Partial<ItemTerms>): DraftTerms => ({ items: [{ ...item, ...change }] });

/** Every field that section 2 marks R for data that is not personal; G fields are the broker's. */
const REQUIRED: readonly (keyof AgreementTerms)[] = [
  ...(['title', 'summary', 'kind', 'startsOn', 'endsOn', 'reviewOn', 'signing'] as const),
  ...(['parties', 'admission', 'purposes', 'objective', 'necessity', 'publicBenefit'] as const),
  ...(['alternatives', 'prohibitedUses', 'items', 'dpia', 'modes', 'actions', 'approval'] as const),
  ...(['accreditations', 'trainings', 'orgChecks', 'minAuth', 'dpop', 'maxGrantDays'] as const),
  ...(['maxRevocationSeconds', 'setting', 'accuracy', 'security', 'format', 'retention'] as const),
  ...([
    'disposal',
    'disposalDays',
    'breachHours',
    'noticeDays',
    'changeProcess',
    'publish',
  ] as const),
];
const REQUIRED_OF_PARTY: readonly (keyof PartyTerms)[] = [
  ...(['organisationId', 'signatoryId', 'dpoId', 'dataRole', 'controllerRole'] as const),
  ...(['breachContact', 'queryContact', 'founding', 'lead'] as const),
];
const REQUIRED_OF_ITEM: readonly (keyof ItemTerms)[] = [
  ...(['datasetId', 'providerId', 'fields', 'release', 'dataClass', 'subjects'] as const),
  ...(['source', 'period'] as const),
];

describe('the rules of section 2', () => {
  it('find no fault in complete terms', () => {
    expect(checkTerms(terms, exampleFacts())).toEqual([]);
  });

  it.each(REQUIRED)('require /%s', (name) => {
    expect(pointersOf({ ...terms, [name]: undefined })).toContain(`/${name}`);
  });

  it.each(REQUIRED_OF_PARTY)('require /parties/0/%s', (name) => {
    const draft = { ...terms, ...withProvider({ [name]: undefined }) };
    expect(pointersOf(draft)).toContain(`/parties/0/${name}`);
  });

  it.each(REQUIRED_OF_ITEM)('require /items/0/%s', (name) => {
    const draft = { ...terms, ...withItem({ [name]: undefined }) };
    expect(pointersOf(draft)).toContain(`/items/0/${name}`);
  });

  const identity: readonly Case[] = [
    ['a summary of 300 words', { summary: words(300) }, []],
    ['a summary of 301 words', { summary: words(301) }, ['/summary']],
    ...(['objective', 'necessity', 'publicBenefit', 'alternatives'] as const).flatMap(
      (name): Case[] => [
        [`${name} of 1,000 words`, { [name]: words(1000) }, []],
        [`${name} of 1,001 words`, { [name]: words(1001) }, [`/${name}`]],
      ],
    ),
    ['an end on its start', { endsOn: '2026-06-01' }, ['/endsOn', '/reviewOn']],
    [
      'an end in the past',
      { startsOn: '2026-01-01', reviewOn: '2026-02-01', endsOn: '2026-04-30' },
      ['/endsOn'],
    ],
    ['an end five years on', { endsOn: '2031-06-01' }, []],
    ['an end past five years', { endsOn: '2031-06-02' }, ['/endsOn']],
    ['a review on its start', { reviewOn: '2026-06-01' }, ['/reviewOn']],
    ['a review on its end', { reviewOn: '2027-05-31' }, []],
    ['a review after its end', { reviewOn: '2027-06-01' }, ['/reviewOn']],
    [
      'a review past twelve months',
      { endsOn: '2028-05-31', reviewOn: '2027-06-02' },
      ['/reviewOn'],
    ],
    ['a signature outside without its paper', { signing: 'signed_outside' }, ['/attachments']],
  ];
  const parties: readonly Case[] = [
    [
      'no founding provider',
      withProvider({ dataRole: 'recipient' }),
      ['/parties', '/items/0/providerId'],
    ],
    [
      'no founding recipient',
      { parties: [provider, { ...recipient, dataRole: 'provider' }] },
      ['/parties'],
    ],
    ['no lead', withProvider({ lead: false }), ['/parties', '/parties']],
    ['two leads', { parties: [provider, { ...recipient, lead: true }] }, ['/parties']],
    [
      'a party that joins later',
      { parties: [provider, { ...recipient, founding: false }] },
      ['/parties', '/parties'],
    ],
    [
      'one organisation twice',
      { parties: [provider, recipient, { ...recipient, signatoryId: PROVIDER.owner }] },
      ['/parties/2/signatoryId', '/parties/1/organisationId', '/parties/2/organisationId'],
    ],
    [
      'a signatory without the role',
      withProvider({ signatoryId: PROVIDER.owner }),
      ['/parties/0/signatoryId'],
    ],
    ['a dpo without the role', withProvider({ dpoId: PROVIDER.owner }), ['/parties/0/dpoId']],
    [
      'a joint controller without arrangement',
      withProvider({ controllerRole: 'joint' }),
      ['/parties/0/jointArrangement'],
    ],
    [
      'a joint controller with one',
      withProvider({ controllerRole: 'joint', jointArrangement: 'Art 26.' }),
      [],
    ],
  ];
  const purpose: readonly Case[] = [
    ['no purpose', { purposes: [] }, ['/purposes']],
    [
      'an unknown purpose',
      { purposes: ['https://w3id.org/dpv#AcademicResearch', 'fun'] },
      ['/purposes/1'],
    ],
    ['an unknown prohibition', { prohibitedUses: ['fun'] }, ['/prohibitedUses/0']],
    ['no prohibition', { prohibitedUses: [] }, []],
  ];
  const data: readonly Case[] = [
    ['no item', { items: [] }, ['/items']],
    ['one dataset twice', { items: [item, item] }, ['/items/1/datasetId']],
    [
      'a provider that only receives',
      withItem({ providerId: RECIPIENT.id }),
      ['/items/0/providerId'],
    ],
    ['a dataset nobody has', withItem({ datasetId: PROVIDER.id }), ['/items/0/datasetId']],
    ['no field', withItem({ fields: [] }), ['/items/0/fields']],
    [
      'a field the dataset lacks',
      withItem({ fields: [{ name: 'name', reason: 'None.' }] }),
      ['/items/0/fields/0/name'],
    ],
    ['a view without its rules', withItem({ release: 'view' }), ['/items/0/view', '/modes/0']],
    [
      'an aggregate without its rules',
      withItem({ release: 'aggregate' }),
      ['/items/0/aggregate', '/modes/0'],
    ],
    ['anonymous data', withItem({ dataClass: 'anonymous' }), []],
    [
      'older objects of what is no feed',
      withItem({ includeHistory: true }),
      ['/items/0/includeHistory'],
    ],
    ['a framework with data', { kind: 'framework' }, ['/items', '/modes', '/actions']],
    ['a framework without', { kind: 'framework', items: [], modes: [], actions: [] }, []],
  ];
  const dpia: readonly Case[] = [
    ['no DPIA status', { dpia: {} }, ['/dpia/status']],
    [
      'no DPIA and no reasons',
      { dpia: { status: 'not_required' } },
      ['/dpia/reason', '/dpia/dpoView'],
    ],
    ['a DPIA in progress', { dpia: { status: 'in_progress' } }, ['/dpia/status']],
    ['an approved DPIA', { dpia: { status: 'approved' } }, []],
    [
      'high risk without consultation',
      { dpia: { status: 'approved_high_risk' } },
      ['/dpia/priorConsultation'],
    ],
    [
      'high risk with it',
      { dpia: { status: 'approved_high_risk', priorConsultation: 'ICO.' } },
      [],
    ],
  ];
  const access: readonly Case[] = [
    ['no mode', { modes: [] }, ['/modes', '/actions/0']],
    ['a mode that fits no release', { modes: ['stream', 'view'] }, ['/modes/1', '/actions']],
    ['presign that revokes too slowly', { modes: ['presign'] }, ['/modes/0', '/modes/0']],
    ['a feed of what is none', { modes: ['feed'], actions: ['feed:subscribe'] }, ['/modes/0']],
    ['no action for the mode', { actions: ['dataset:request'] }, ['/actions']],
    ['an action for no mode', { actions: ['dataset:read', 'feed:subscribe'] }, ['/actions/1']],
    ['approval by policy without a decider', { approval: 'policy' }, ['/standingDecider']],
    [
      'a decider who owns no data',
      { approval: 'policy', standingDecider: { personId: PROVIDER.dpo, position: 'Officer' } },
      ['/standingDecider/personId'],
    ],
    [
      'a decider who does',
      { approval: 'policy', standingDecider: { personId: PROVIDER.owner, position: 'Owner' } },
      [],
    ],
    ['an unknown accreditation', { accreditations: ['wizard'] }, ['/accreditations/0']],
    ['an unknown training', { trainings: ['wizardry'] }, ['/trainings/0']],
  ];
  const publication: readonly Case[] = [
    ['unpublished without a reason', { publish: false }, ['/unpublishedReason']],
    ['unpublished with one', { publish: false, unpublishedReason: 'Security.' }, []],
  ];

  it.each([...identity, ...parties, ...purpose, ...data, ...dpia, ...access, ...publication])(
    'point at the fault of %s',
    (_what, change, pointers) => {
      expect(pointersOf({ ...terms, ...change }).sort()).toEqual([...pointers].sort());
    },
  );

  it('take an unknown class for personal data, and refuse it', () => {
    const pointers = pointersOf({ ...terms, ...withItem({ dataClass: 'secret' }) });
    expect(pointers).toEqual(expect.arrayContaining(['/items/0/dataClass', '/legal']));
  });

  const located: readonly (readonly [string, DraftTerms, readonly string[]])[] = [
    ['presign with time to revoke', { maxRevocationSeconds: 120 }, []],
    ['presign with a second too few', { maxRevocationSeconds: 119 }, ['/modes/0']],
    [
      'presign with counted downloads',
      { maxRevocationSeconds: 120, maxDownloads: 5 },
      ['/modes/0'],
    ],
    ['presign with counted bytes', { maxRevocationSeconds: 120, maxBytes: 5 }, ['/modes/0']],
  ];
  it.each(located)('judge %s', (_what, change, pointers) => {
    const [[id, dataset] = [FOOTFALL, undefined]] = exampleFacts().datasets;
    const datasets = new Map(dataset && [[id, { ...dataset, disclosesLocation: true }]]);
    expect(pointersOf({ ...terms, modes: ['presign'], ...change }, { datasets })).toEqual(pointers);
  });

  const framework: ParentFacts = {
    kind: 'framework',
    status: 'active',
    endsOn: '2027-05-31',
    organisationIds: [PROVIDER.id, RECIPIENT.id],
  };
  it.each([
    ['an active framework of the same parties', framework, 0],
    ['a parent of another kind', { ...framework, kind: 'sharing' }, 1],
    ['a suspended framework', { ...framework, status: 'suspended' }, 1],
    ['a framework that ends earlier', { ...framework, endsOn: '2027-05-30' }, 1],
    ['a framework without one of the parties', { ...framework, organisationIds: [PROVIDER.id] }, 1],
    ['a framework of others, or none', undefined, 1],
  ])('judge %s as parent', (_what, parent, faults) => {
    const draft = { ...terms, parentAgreementId: FOOTFALL };
    expect(pointersOf(draft, { parent })).toEqual(Array(faults).fill('/parentAgreementId'));
  });

  it('refuse a party whose organisation is not active, and a drafter who is no party', () => {
    const facts = {
      activeOrganisationIds: new Set([RECIPIENT.id]),
      draftingOrganisationId: FOOTFALL,
    };
    expect(pointersOf(terms, facts)).toEqual(['/parties/0/organisationId', '/parties']);
  });

  it('refuse a signatory who holds another duty in the agreement (R3.8)', () => {
    const duties = new Set([...exampleFacts().duties, `${RECIPIENT.id} ${PROVIDER.dpo} signatory`]);
    const draft = { ...terms, parties: [provider, { ...recipient, signatoryId: PROVIDER.dpo }] };
    expect(pointersOf(draft, { duties })).toEqual(['/parties/1/signatoryId']);
  });

  it.each([
    ['from its start', { effectiveFrom: '2026-06-01' }, []],
    ['from the day after', { effectiveFrom: '2026-06-02' }, ['/purposes/0']],
    ['until the day after', { effectiveTo: '2026-06-02' }, []],
    ['until its start', { effectiveTo: '2026-06-01' }, ['/purposes/0']],
  ])('R2.6: of a code in use %s, what starts on 1 June 2026 names %j', (_when, days, pointers) => {
    const { vocabularies } = exampleFacts();
    const { purpose } = vocabularies;
    const of = purpose.terms.map((term) =>
      term.code === terms.purposes[0] ? { ...term, ...days } : term,
    );
    const dated = { ...vocabularies, purpose: { ...purpose, terms: of } };
    expect(pointersOf(terms, { vocabularies: dated })).toEqual(pointers);
  });

  it('R2.6: what was agreed on paper years ago may name all that was law then', () => {
    const vocabularies = Object.values(exampleFacts().vocabularies) as readonly Vocabulary[];
    const newer = vocabularies.flatMap((vocabulary) =>
      vocabulary.terms
        .filter(({ code }) => !isUsableOn(vocabulary, code, '2021-06-01'))
        .map(({ effectiveFrom }) => [vocabulary.vocabulary, effectiveFrom] as const),
    );
    // The Data (Use and Access) Act 2025 brought these into force.
    const [basis, ...interests] = newer;
    expect(basis).toEqual(['lawful-basis', '2026-02-05']);
    expect(interests).toEqual(Array(5).fill(['recognised-interest', '2026-02-05']));
  });

  it('do not tell another owner’s dataset from one that does not exist', () => {
    const [, dataset] = [...exampleFacts().datasets][0] ?? [];
    const others = new Map(dataset && [[FOOTFALL, { ...dataset, organisationId: RECIPIENT.id }]]);
    const faultsOf = (datasets: TermsFacts['datasets']) =>
      checkTerms(terms, exampleFacts({ datasets })).filter(({ pointer }) =>
        pointer.endsWith('datasetId'),
      );
    expect(faultsOf(others)).toEqual(faultsOf(new Map()));
  });

  it('let nothing out of a dataset in no store', () => {
    const [, dataset] = [...exampleFacts().datasets][0] ?? [];
    const described = new Map(dataset && [[FOOTFALL, { ...dataset, isInStore: false }]]);
    expect(pointersOf(terms, { datasets: described })).toEqual(['/items/0/datasetId']);
  });

  it('name every fault at once (R2.3)', () => {
    const draft = readTerms({ ...terms, publish: false, purposes: [] });
    const errors = [
      { pointer: '/purposes', reason: 'must name at least one' },
      { pointer: '/unpublishedReason', reason: 'is required when publish is false' },
    ];
    let thrown: unknown;
    try {
      requireComplete(draft, exampleFacts());
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ code: 'agreement_incomplete', fields: { errors } });
  });

  it('point at each missing field, whichever are missing', () => {
    fc.assert(
      fc.property(fc.subarray([...REQUIRED], { minLength: 1 }), (missing) => {
        const draft = Object.fromEntries(
          Object.entries(terms).filter(([name]) => !missing.some((other) => other === name)),
        );
        const pointers = pointersOf(draft);
        return missing.every((name) => pointers.includes(`/${name}`));
      }),
    );
  });
});
