import type { AccessFacts } from '../../src/requests/access-facts.js';

type Changes = { readonly [Part in keyof AccessFacts]?: Partial<AccessFacts[Part]> };

/** The facts of a request that may be granted, on 1 June 2026, changed part by part. */
export function accessFacts(changes: Changes = {}): AccessFacts {
  const facts: AccessFacts = {
    request: {
      id: 'r',
      status: 'approved',
      requesterId: 'p',
      projectId: 'j',
      datasetId: 'd',
      agreementId: 'g',
      agreementVersion: 1,
      organisationId: 'o',
      purpose: 'research',
      delivery: 'stream',
      untilOn: '2026-08-31',
      conflict: false,
      undertakingHash: 'sha-256:1',
      conditions: null,
    },
    person: { status: 'active', accreditations: [], trainings: [] },
    affiliation: { endsOn: null, roles: ['researcher'] },
    organisation: { status: 'active', kind: 'university', checks: [] },
    provider: { id: 'q', status: 'active' },
    project: {
      status: 'active',
      startsOn: '2026-01-01',
      endsOn: '2027-12-31',
      purposes: ['research'],
      ethicsApproved: true,
      isMember: true,
    },
    agreement: {
      reference: 'CON-2026-0001',
      status: 'active',
      versionHash: 'sha-256:1',
      endsAt: '2027-06-01T00:00:00Z',
      partyStatus: 'active',
      providerStatus: 'active',
      partyRole: 'recipient',
      terms: {
        modes: ['stream', 'presign'],
        approval: 'owner',
        accreditations: [],
        trainings: [],
        orgChecks: [],
        minAuth: 'aal2',
        dpop: false,
        maxGrantDays: 365,
        maxRevocationSeconds: 120,
        purposes: ['research'],
        items: [{ datasetId: 'd', dataClass: 'none', release: 'raw' }],
        actions: ['dataset:read'],
        parties: [
          { organisationId: 'q', dataRole: 'provider' },
          { organisationId: 'o', dataRole: 'recipient' },
        ],
      },
    },
    dataset: {
      access: 'shared',
      kind: 'files',
      status: 'published',
      sensitivity: 'public',
      tags: [],
      prefix: 'footfall/',
      sealedVersion: 'a'.repeat(64),
      disclosesLocation: true,
      feed: null,
    },
    store: {
      id: 's',
      endpoint: 'https://store.example',
      status: 'ready',
      probePassed: true,
      probedAt: '2026-06-01T08:00:00Z',
      clockOffsetSeconds: 0,
      stsChecks: null,
    },
    liveGrantId: null,
    policyVersion: 7,
    logPublishedAt: null,
  };
  return Object.fromEntries(
    Object.entries(facts).map(([part, value]: [string, unknown]) => {
      const change: unknown = changes[part as keyof AccessFacts];
      const isObject = typeof value === 'object' && value !== null;
      return [part, isObject ? { ...value, ...(change as object) } : (change ?? value)];
    }),
  ) as unknown as AccessFacts;
}

/** The same under other terms. */
export function factsUnder(
  terms: Partial<AccessFacts['agreement']['terms']>,
  changes: Changes = {},
): AccessFacts {
  const { agreement } = accessFacts(changes);
  return accessFacts({
    ...changes,
    agreement: { ...agreement, terms: { ...agreement.terms, ...terms } },
  });
}
