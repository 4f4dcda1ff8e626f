import { endOfDay } from '../../kernel/london-day.js';
import { rulesDigest } from '../terms/releases/assessment.rules.js';
import type { AgreementTerms, ItemTerms } from '../terms/terms.types.js';
import { limit, limitsOf, OWN_OPERAND, type Period } from './odrl-constraints.rules.js';
import type { OdrlAgreement, OdrlConstraint, OdrlDuty, OdrlRule } from './odrl.types.js';

const ODRL_CONTEXT = 'http://www.w3.org/ns/odrl.jsonld';
const ODRL_PROFILE = 'urn:concordat:odrl-profile:1';
const OWN_ACTION = 'urn:concordat:action:';
const DPV_MARKETING = 'https://w3id.org/dpv#Marketing';

/** A version that was in force, and who is in it. */
export interface ConcludedVersion extends Period {
  readonly id: string;
  readonly reference: string;
  readonly version: number;
  readonly versionHash: string;
  readonly terms: AgreementTerms;
  readonly partyIds: readonly string[];
  /** Those of the parties that receive; at least one. */
  readonly recipientIds: readonly string[];
}

/** What each action of ours is in ODRL, and the release it needs. Asking for access is no use of data. */
const ACTIONS: Readonly<Record<string, { readonly odrl: string; readonly release: string }>> = {
  'dataset:read': { odrl: 'read', release: 'raw' },
  'feed:subscribe': { odrl: 'stream', release: 'raw' },
  'view:read': { odrl: 'extract', release: 'view' },
  'aggregate:query': { odrl: 'derive', release: 'aggregate' },
};

const DISPOSAL_ACTIONS = {
  destroy: 'delete',
  return: `${OWN_ACTION}return`,
  archive: 'archive',
} as const satisfies Record<AgreementTerms['disposal'], string>;

/** An agreement version in ODRL 2.2. @see https://www.w3.org/TR/odrl-model/ */
export function toOdrl(version: ConcludedVersion): OdrlAgreement {
  const permission = permissionsOf(version).filter(bindsSomebody);
  const prohibition = prohibitionsOf(version).filter(bindsSomebody);
  return {
    '@context': ODRL_CONTEXT,
    '@type': 'Agreement',
    uid: urn(version.id),
    profile: ODRL_PROFILE,
    'dct:title': version.terms.title,
    'dct:identifier': version.reference,
    'schema:version': String(version.version),
    'schema:sha256': version.versionHash.replace('sha-256:', ''),
    ...(permission.length > 0 ? { permission } : {}),
    ...(prohibition.length > 0 ? { prohibition } : {}),
    obligation: obligationsOf(version).filter(bindsSomebody),
  };
}

function permissionsOf(version: ConcludedVersion): readonly OdrlRule[] {
  const constraint = limitsOf(version.terms, version);
  return itemsOf(version).flatMap((item) =>
    (version.terms.actions ?? [])
      .map((action) => ACTIONS[action])
      .filter((action) => action?.release === item.release)
      .map((action) => ({
        ...ruleOn(version, item, action?.odrl ?? 'use'),
        constraint: [...constraint, ...releaseOf(item)],
      })),
  );
}

// The rules themselves stand in the signed document; whoever computes by them can show that it was by these.
function releaseOf({ view, aggregate }: ItemTerms): readonly OdrlConstraint[] {
  const rules = view ?? aggregate;
  return rules ? [limit(`${OWN_OPERAND}releaseRules`, 'eq', rulesDigest(rules))] : [];
}

function prohibitionsOf(version: ConcludedVersion): readonly OdrlRule[] {
  return subjectsOf(version).flatMap((subject) =>
    version.terms.prohibitedUses.map((use) => {
      const { action, constraint } = prohibitedUse(use, version.partyIds);
      return { ...ruleOn(version, subject, action), ...(constraint ? { constraint } : {}) };
    }),
  );
}

function prohibitedUse(
  code: string,
  partyIds: readonly string[],
): { readonly action: string; readonly constraint?: readonly OdrlConstraint[] } {
  switch (code) {
    case 'onward_sharing':
      // Not `neq`: the published context maps it to a name that does not exist.
      return {
        action: 'distribute',
        constraint: partyIds.map((id) => limit('odrl:recipient', 'isNoneOf', urn(id))),
      };
    case 'commercial_use':
      return { action: 'cc:CommercialUse' };
    case 'marketing':
      return { action: 'use', constraint: [limit('odrl:purpose', 'isA', DPV_MARKETING)] };
    default:
      return { action: OWN_ACTION + code };
  }
}

function obligationsOf(version: ConcludedVersion): readonly OdrlDuty[] {
  const { terms } = version;
  const within = (duration: string): readonly OdrlConstraint[] => [
    limit('odrl:delayPeriod', 'lteq', duration, 'xsd:duration'),
  ];
  const disposals = itemsOf(version).map((item) => ({
    ...ruleOn(version, item, DISPOSAL_ACTIONS[terms.disposal]),
    constraint: within(`P${String(terms.disposalDays)}D`),
  }));
  const informs = providerIdsOf(terms).map((providerId) => ({
    target: urn(version.id),
    action: 'inform',
    assigner: urn(providerId),
    assignee: version.recipientIds.filter((id) => id !== providerId).map(urn),
    informedParty: [urn(providerId)],
    constraint: within(`PT${String(terms.breachHours)}H`),
  }));
  const [provider = ''] = providerIdsOf(terms);
  const lead = terms.parties.find((party) => party.lead)?.organisationId ?? provider;
  const review = {
    target: urn(version.id),
    action: 'reviewPolicy',
    assigner: urn(provider),
    assignee: [urn(lead)],
    constraint: [
      limit('odrl:dateTime', 'lt', endOfDay(terms.reviewOn).toISOString(), 'xsd:dateTime'),
    ],
  };
  return [...disposals, ...informs, review];
}

/** What a rule is about, and who lets it be used. */
interface Subject {
  readonly id: string;
  readonly providerId: string;
}

function ruleOn({ recipientIds }: ConcludedVersion, subject: Subject, action: string): OdrlRule {
  return {
    target: urn(subject.id),
    action,
    assigner: urn(subject.providerId),
    assignee: recipientIds.filter((id) => id !== subject.providerId).map(urn),
  };
}

// Where the only recipient is the provider itself.
function bindsSomebody({ assignee }: OdrlRule): boolean {
  return assignee.length > 0;
}

function itemsOf({ terms }: ConcludedVersion): readonly (Subject & ItemTerms)[] {
  return (terms.items ?? []).map((item) => ({ ...item, id: item.datasetId }));
}

// A framework lists no data: what it forbids, it forbids for all that is shared under it.
function subjectsOf(version: ConcludedVersion): readonly Subject[] {
  const items = itemsOf(version);
  return items.length > 0
    ? items
    : providerIdsOf(version.terms).map((providerId) => ({ id: version.id, providerId }));
}

function providerIdsOf({ parties }: AgreementTerms): readonly string[] {
  return parties
    .filter(({ dataRole }) => dataRole !== 'recipient')
    .map(({ organisationId }) => organisationId);
}

function urn(id: string): string {
  return `urn:uuid:${id}`;
}
