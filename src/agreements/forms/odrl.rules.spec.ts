import {
  exampleTerms,
  FOOTFALL,
  PROVIDER,
  RECIPIENT,
} from '../../../test/support/agreement-terms.js';
import { validateOdrl } from '../../../test/support/odrl-schema.js';
import { endOfDay, startOfDay } from '../../kernel/london-day.js';
import { rulesDigest } from '../terms/releases/assessment.rules.js';
import type { AggregateTerms } from '../terms/releases/release.types.js';
import type { AgreementTerms } from '../terms/terms.types.js';
import { toOdrl, type ConcludedVersion } from './odrl.rules.js';
import type { OdrlLimit } from './odrl.types.js';

const AGREEMENT = '01990000-0000-7000-8000-0000000000f1';
const OTHER = '01990000-0000-7000-8000-0000000000b9';
const RESEARCH = 'https://w3id.org/dpv#AcademicResearch';
const PLANNING = 'https://w3id.org/dpv#PublicPolicyMaking';
const [ITEM] = exampleTerms().items ?? [];

function aVersion(
  terms: Partial<AgreementTerms> = {},
  changes: Partial<ConcludedVersion> = {},
): ConcludedVersion {
  const whole = exampleTerms(terms);
  return {
    id: AGREEMENT,
    reference: 'CON-2026-0001',
    version: 3,
    versionHash: `sha-256:${'a'.repeat(64)}`,
    startsAt: startOfDay(whole.startsOn),
    endsAt: endOfDay(whole.endsOn),
    terms: whole,
    partyIds: [PROVIDER.id, RECIPIENT.id],
    recipientIds: [RECIPIENT.id],
    ...changes,
  };
}

const limitsOf = (terms: Partial<AgreementTerms>): readonly OdrlLimit[] =>
  toOdrl(aVersion(terms)).permission?.[0]?.constraint ?? [];

describe('an agreement version in ODRL 2.2', () => {
  it('is an Agreement that says which version it is', () => {
    expect(toOdrl(aVersion())).toMatchObject({
      '@context': 'http://www.w3.org/ns/odrl.jsonld',
      '@type': 'Agreement',
      uid: `urn:uuid:${AGREEMENT}`,
      'dct:identifier': 'CON-2026-0001',
      'schema:version': '3',
      'schema:sha256': 'a'.repeat(64),
    });
  });

  it.each<[string, ConcludedVersion]>([
    ['plain terms', aVersion()],
    [
      'everything that can be limited',
      aVersion({
        purposes: [RESEARCH, PLANNING],
        countries: ['GB', 'IE'],
        modes: ['stream', 'feed'],
        maxDownloads: 3,
        maxBytes: 1_000_000,
        accreditations: ['dea_full'],
        trainings: ['srt'],
        orgChecks: ['ico', 'dspt'],
        minAuth: 'aal3',
        prohibitedUses: [
          'onward_sharing',
          'commercial_use',
          'reidentification',
          'linkage',
          'automated_decision',
          'model_training',
          'marketing',
        ],
      }),
    ],
    ['data to be returned', aVersion({ disposal: 'return' })],
    ['data to be archived', aVersion({ disposal: 'archive' })],
    ['a framework', aVersion({ kind: 'framework', items: [], modes: [], actions: [] })],
    ['several recipients', aVersion({}, { recipientIds: [RECIPIENT.id, OTHER] })],
  ])('keeps to the schema with %s', (_, version) => {
    const odrl: unknown = JSON.parse(JSON.stringify(toOdrl(version)));
    validateOdrl(odrl);
    expect(validateOdrl.errors ?? []).toEqual([]);
  });

  it('permits each recipient one action on each dataset, by leave of its provider', () => {
    const { permission } = toOdrl(aVersion({}, { recipientIds: [RECIPIENT.id, OTHER] }));
    expect(permission).toEqual([
      expect.objectContaining({
        target: `urn:uuid:${FOOTFALL}`,
        action: 'read',
        assigner: `urn:uuid:${PROVIDER.id}`,
        assignee: [`urn:uuid:${RECIPIENT.id}`, `urn:uuid:${OTHER}`],
      }),
    ]);
  });

  it('binds a view and an aggregate to the rules that were signed', () => {
    const aggregate = { schema: 1, protection: 'round5' } as AggregateTerms;
    const items = ITEM ? [{ ...ITEM, release: 'aggregate' as const, aggregate }] : [];
    const odrl = toOdrl(aVersion({ items, actions: ['aggregate:query'], modes: ['aggregate'] }));
    expect(odrl.permission?.[0]).toMatchObject({ action: 'derive' });
    expect(odrl.permission?.[0]?.constraint).toContainEqual({
      leftOperand: 'urn:concordat:operand:releaseRules',
      operator: 'eq',
      rightOperand: rulesDigest(aggregate),
    });
    validateOdrl(JSON.parse(JSON.stringify(odrl)));
    expect(validateOdrl.errors ?? []).toEqual([]);
    expect(JSON.stringify(limitsOf({}))).not.toContain('releaseRules');
  });

  it.each<
    [string, AgreementTerms['actions'], NonNullable<typeof ITEM>['release'], readonly string[]]
  >([
    ['reading files', ['dataset:read'], 'raw', ['read']],
    ['reading and asking', ['dataset:request', 'dataset:read'], 'raw', ['read']],
    ['a feed', ['feed:subscribe', 'dataset:read'], 'raw', ['stream', 'read']],
    ['a view', ['view:read', 'dataset:read'], 'view', ['extract']],
    ['aggregates', ['aggregate:query'], 'aggregate', ['derive']],
    ['an action that the release does not let out', ['view:read'], 'raw', []],
  ])('names the actions of %s', (_, actions, release, expected) => {
    const items = ITEM ? [{ ...ITEM, release }] : [];
    const { permission = [] } = toOdrl(aVersion({ actions: actions ?? [], items }));
    expect(permission.map(({ action }) => action)).toEqual(expected);
  });

  it('never lets a provider be the recipient of its own data', () => {
    const { permission } = toOdrl(aVersion({}, { recipientIds: [PROVIDER.id, RECIPIENT.id] }));
    expect(permission?.[0]?.assignee).toEqual([`urn:uuid:${RECIPIENT.id}`]);
  });

  it('bounds a use by the instants of London days', () => {
    expect(limitsOf({}).slice(0, 2)).toEqual([
      {
        leftOperand: 'odrl:dateTime',
        operator: 'gteq',
        rightOperand: '2026-05-31T23:00:00.000Z',
        dataType: 'xsd:dateTime',
      },
      {
        leftOperand: 'odrl:dateTime',
        operator: 'lt',
        rightOperand: '2027-05-31T23:00:00.000Z',
        dataType: 'xsd:dateTime',
      },
    ]);
  });

  const purpose = (rightOperand: string) => ({
    leftOperand: 'odrl:purpose',
    operator: 'isA',
    rightOperand,
  });
  it.each<[string, Partial<AgreementTerms>, unknown]>([
    ['one purpose', { purposes: [RESEARCH] }, purpose(RESEARCH)],
    [
      'one of several purposes',
      { purposes: [RESEARCH, PLANNING] },
      { '@type': 'LogicalConstraint', or: { '@list': [purpose(RESEARCH), purpose(PLANNING)] } },
    ],
    [
      'a country',
      { countries: ['GB'] },
      { leftOperand: 'odrl:spatial', operator: 'eq', rightOperand: 'GB' },
    ],
    [
      'the way of delivery',
      { modes: ['presign'] },
      { leftOperand: 'odrl:deliveryChannel', operator: 'eq', rightOperand: 'presign' },
    ],
    [
      'a count',
      { maxDownloads: 3 },
      { leftOperand: 'odrl:count', operator: 'lteq', rightOperand: '3', dataType: 'xsd:integer' },
    ],
    [
      'the days of a grant',
      { maxGrantDays: 30 },
      {
        leftOperand: 'odrl:elapsedTime',
        operator: 'lteq',
        rightOperand: 'P30D',
        dataType: 'xsd:duration',
      },
    ],
    [
      'an accreditation',
      { accreditations: ['dea_full'] },
      {
        leftOperand: 'urn:concordat:operand:accreditation',
        operator: 'hasPart',
        rightOperand: 'dea_full',
      },
    ],
  ])('requires %s', (_, terms, expected) => {
    expect(limitsOf(terms)).toContainEqual(expected);
  });

  it('says nothing of countries and counts that the terms leave open', () => {
    const operands = limitsOf({}).map((one) => ('leftOperand' in one ? one.leftOperand : 'or'));
    expect(operands).not.toContain('odrl:spatial');
    expect(operands).not.toContain('odrl:count');
  });

  it('forbids distribution to anybody but the parties', () => {
    const { prohibition } = toOdrl(aVersion({ prohibitedUses: ['onward_sharing'] }));
    expect(prohibition).toEqual([
      {
        target: `urn:uuid:${FOOTFALL}`,
        action: 'distribute',
        assigner: `urn:uuid:${PROVIDER.id}`,
        assignee: [`urn:uuid:${RECIPIENT.id}`],
        constraint: [PROVIDER.id, RECIPIENT.id].map((id) => ({
          leftOperand: 'odrl:recipient',
          operator: 'isNoneOf',
          rightOperand: `urn:uuid:${id}`,
        })),
      },
    ]);
  });

  it('asks for deletion, for word of a breach, and for a review', () => {
    const duties = toOdrl(aVersion({ disposalDays: 14, breachHours: 12 })).obligation;
    expect(
      duties.map(({ action, target, constraint }) => [action, target, constraint?.[0]]),
    ).toEqual([
      ['delete', `urn:uuid:${FOOTFALL}`, expect.objectContaining({ rightOperand: 'P14D' })],
      ['inform', `urn:uuid:${AGREEMENT}`, expect.objectContaining({ rightOperand: 'PT12H' })],
      [
        'reviewPolicy',
        `urn:uuid:${AGREEMENT}`,
        expect.objectContaining({ rightOperand: '2026-12-02T00:00:00.000Z' }),
      ],
    ]);
    expect(duties[1]?.informedParty).toEqual([`urn:uuid:${PROVIDER.id}`]);
  });

  it('forbids for a framework what may be done with all that is shared under it', () => {
    const framework = aVersion({ kind: 'framework', items: [], prohibitedUses: ['marketing'] });
    const { permission, prohibition } = toOdrl(framework);
    expect(permission).toBeUndefined();
    expect(prohibition?.map(({ target }) => target)).toEqual([`urn:uuid:${AGREEMENT}`]);
  });
});
