import { readdirSync, readFileSync } from 'node:fs';
import { accessFacts, factsUnder } from '../../../test/support/access-facts.js';
import { PROBLEMS, type ErrorCode } from '../../kernel/errors.js';
import type { Principal } from '../../identity/principal.js';
import type { Decision } from '../../policy/decision.js';
import type { IssueContext } from './issue-context.js';
import { firstFailure, ISSUE_CHECKS } from './pipeline.js';

const NOW = new Date('2026-06-01T09:00:00Z');

const decision = (changes: Partial<Decision> = {}): Decision => ({
  decisionId: 'x',
  key: { agreementId: 'a', agreementVersion: 1, datasetId: 'd', action: 'dataset:read' },
  narrowing: null,
  outcome: 'allow',
  reason: 'allowed',
  policyVersion: 7,
  attributesHash: Buffer.alloc(32),
  attributesSalt: Buffer.alloc(32),
  attributesText: '{}',
  ruleIds: [],
  failed: [],
  explanation: 'Allowed.',
  decidedAt: NOW,
  notAfter: null,
  ...changes,
});

const principal = { kind: 'person', personId: 'p', authLevel: 2 } as Principal;

const program = (organisationId: string): Principal =>
  ({ ...principal, kind: 'service', memberships: [{ organisationId }] }) as unknown as Principal;

const WATCHED = { lastNumber: 7, isWatched: true };

/** A context that every check passes. */
const context = (changes: Partial<IssueContext> = {}): IssueContext => ({
  principal,
  now: NOW,
  isWithinRate: true,
  isKeyMismatched: false,
  refreshes: undefined,
  boundTo: null,
  asked: {},
  requesterId: 'p',
  requestedIn: 'o',
  facts: accessFacts(),
  endpointFault: undefined,
  delivery: 'stream',
  expiresAt: new Date(NOW.getTime() + 30_000),
  isBudgetLeft: true,
  decision: decision(),
  ...changes,
});

/** The table of grants-and-delivery section 1, "Issue pipeline". */
const TABLE: readonly (readonly [name: string, code: ErrorCode, status: number])[] = [
  ['callerAuthenticated', 'unauthenticated', 401],
  ['withinRate', 'rate_limited', 429],
  ['idempotencyKeyFree', 'idempotency_mismatch', 409],
  ['requestVisible', 'not_found', 404],
  ['requestApproved', 'request_not_approved', 409],
  ['personActive', 'person_suspended', 403],
  ['affiliationLive', 'affiliation_ended', 403],
  ['accreditationValid', 'accreditation_lapsed', 403],
  ['trainingValid', 'training_lapsed', 403],
  ['organisationChecksValid', 'organisation_check_lapsed', 403],
  ['agreementActive', 'agreement_not_active', 403],
  ['undertakingCurrent', 'undertaking_stale', 403],
  ['authLevelMet', 'step_up_required', 403],
  ['keyBound', 'dpop_required', 401],
  ['datasetAvailable', 'dataset_unavailable', 409],
  ['locationValid', 'location_invalid', 409],
  ['storeProven', 'store_not_ready', 503],
  ['deliveryModeFits', 'no_delivery_mode', 409],
  ['windowOpen', 'grant_window_closed', 409],
  ['noLiveTwin', 'grant_exists', 409],
  ['auditLogMoving', 'audit_log_stalled', 503],
  ['policyFresh', 'policy_unavailable', 503],
  ['policyAllows', 'policy_denied', 403],
];

describe('GD-2: the issue pipeline', () => {
  it('is the table of the design, in its order', () => {
    expect(ISSUE_CHECKS.map(({ name, code }) => [name, code, PROBLEMS[code].status])).toEqual(
      TABLE,
    );
  });

  it('has one file for each check, and no other', () => {
    const files = readdirSync(new URL('./checks/', `file://${process.cwd()}/src/grants/issue/`));
    const named = TABLE.map(
      ([name]) => `${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}.ts`,
    );
    expect(files.filter((file) => !file.endsWith('.spec.ts')).sort()).toEqual(named.sort());
  });

  it('lists checks and decides nothing', () => {
    const source = readFileSync('src/grants/issue/pipeline.ts', 'utf8');
    expect(source).not.toMatch(/facts|principal|await/);
  });

  it('passes what gives no reason to refuse', () => {
    expect(firstFailure(ISSUE_CHECKS, context())).toBeUndefined();
  });

  it('callerAuthenticated comes before everything that asks who calls', () => {
    const nobody = context({ principal: undefined });
    expect(firstFailure(ISSUE_CHECKS, nobody)?.check.name).toBe('callerAuthenticated');
  });

  const agreement = (changes: object): IssueContext['facts'] =>
    accessFacts({ agreement: { ...accessFacts().agreement, ...changes } });
  const facts = (name: string, value: IssueContext['facts']): [string, Partial<IssueContext>] => [
    name,
    { facts: value },
  ];

  it.each<[check: string, why: string, changes: Partial<IssueContext>]>([
    ['withinRate', 'too many calls', { isWithinRate: false }],
    ['idempotencyKeyFree', 'another body', { isKeyMismatched: true }],
    ['requestVisible', 'another’s', { requesterId: 'q' }],
    ['requestVisible', 'absent', { requesterId: undefined }],
    ['requestVisible', 'a program’s, elsewhere', { principal: program('elsewhere') }],
    ['requestApproved', ...facts('closed', accessFacts({ request: { status: 'closed' } }))],
    ['personActive', ...facts('suspended', accessFacts({ person: { status: 'suspended' } }))],
    ['affiliationLive', ...facts('no membership', { ...accessFacts(), affiliation: null })],
    [
      'affiliationLive',
      ...facts('not in the project', accessFacts({ project: { isMember: false } })),
    ],
    [
      'affiliationLive',
      ...facts('project not begun', accessFacts({ project: { startsOn: '2026-06-02' } })),
    ],
    ['affiliationLive', ...facts('project closed', accessFacts({ project: { status: 'closed' } }))],
    ['accreditationValid', ...facts('missing', factsUnder({ accreditations: ['dea_full'] }))],
    ['trainingValid', ...facts('missing', factsUnder({ trainings: ['t'] }))],
    ['organisationChecksValid', ...facts('missing', factsUnder({ orgChecks: ['dspt'] }))],
    ['agreementActive', ...facts('suspended', agreement({ status: 'suspended' }))],
    ['agreementActive', ...facts('over', agreement({ endsAt: NOW.toISOString() }))],
    ['agreementActive', ...facts('without end', agreement({ endsAt: null }))],
    ['agreementActive', ...facts('holder’s party', agreement({ partyStatus: 'withdrawn' }))],
    ['agreementActive', ...facts('no party', agreement({ partyStatus: null }))],
    ['agreementActive', ...facts('provider’s party', agreement({ providerStatus: 'suspended' }))],
    [
      'agreementActive',
      ...facts('organisation', accessFacts({ organisation: { status: 'suspended' } })),
    ],
    ['agreementActive', ...facts('provider', accessFacts({ provider: { status: 'closed' } }))],
    ['undertakingCurrent', ...facts('other terms', agreement({ versionHash: 'sha-256:2' }))],
    ['authLevelMet', 'one factor', { principal: { ...principal, authLevel: 1 } }],
    ['authLevelMet', ...facts('aal3 asked', factsUnder({ minAuth: 'aal3' }))],
    ['keyBound', ...facts('asked', factsUnder({ dpop: true }))],
    ['keyBound', 'a bound grant without its key', { refreshes: 'g', boundTo: 'key' }],
    [
      'keyBound',
      'a bound grant with another key',
      { refreshes: 'g', boundTo: 'key', principal: { ...principal, jkt: 'other' } },
    ],
    [
      'keyBound',
      'asked of a grant that was issued to bearers',
      {
        refreshes: 'g',
        principal: { ...principal, jkt: 'key' },
        facts: factsUnder({ dpop: true }),
      },
    ],
    ['datasetAvailable', ...facts('frozen', accessFacts({ dataset: { status: 'frozen' } }))],
    ['datasetAvailable', ...facts('unsealed', accessFacts({ dataset: { sealedVersion: null } }))],
    [
      'datasetAvailable',
      ...facts('a feed that was never looked at', accessFacts({ dataset: { kind: 'feed' } })),
    ],
    ['locationValid', 'endpoint', { endpointFault: 'is not a public address' }],
    ['locationValid', ...facts('prefix', accessFacts({ dataset: { prefix: '../' } }))],
    ['storeProven', ...facts('suspended', accessFacts({ store: { status: 'suspended' } }))],
    ['storeProven', ...facts('failed', accessFacts({ store: { probePassed: false } }))],
    ['storeProven', ...facts('never probed', accessFacts({ store: { probedAt: null } }))],
    [
      'storeProven',
      ...facts('26 h and 1 s ago', accessFacts({ store: { probedAt: '2026-05-31T06:59:59Z' } })),
    ],
    ['deliveryModeFits', 'none', { delivery: undefined }],
    ['windowOpen', '29 s left', { expiresAt: new Date(NOW.getTime() + 29_999) }],
    ['windowOpen', 'no budget left', { isBudgetLeft: false }],
    ['noLiveTwin', ...facts('another', { ...accessFacts(), liveGrantId: 'w' })],
    [
      'auditLogMoving',
      ...facts('stalled', { ...accessFacts(), logPublishedAt: '2026-06-01T08:44:59Z' }),
    ],
    ['policyFresh', 'another version', { decision: decision({ policyVersion: 6 }) }],
    ['policyFresh', 'no decision', { decision: undefined }],
    [
      'policyFresh',
      'engine and tree differ',
      { decision: decision({ outcome: 'deny', reason: 'engine_error' }) },
    ],
    [
      'policyAllows',
      'a condition fails',
      { decision: decision({ outcome: 'deny', reason: 'condition_failed' }) },
    ],
  ])('%s alone can deny: %s', (check, _why, changes) => {
    const failing = ISSUE_CHECKS.filter(({ check: run }) => run(context(changes)) !== true);
    expect(firstFailure(ISSUE_CHECKS, context(changes))?.check.name).toBe(check);
    // Nothing but policy, which comes last, can refuse for the same reason.
    expect(failing.map(({ name }) => name).filter((name) => name !== 'policyAllows')).toEqual(
      check === 'policyAllows' ? [] : [check],
    );
  });

  it('a dataset in no store is not available, and says so; no store proves it either', () => {
    const changes = { facts: { ...accessFacts(), store: null } };
    const failing = ISSUE_CHECKS.filter(({ check: run }) => run(context(changes)) !== true);
    expect(failing.map(({ name }) => name)).toEqual(['datasetAvailable', 'storeProven']);
    expect(firstFailure(ISSUE_CHECKS, context(changes))?.fields).toMatchObject({
      reason: 'no_store',
    });
  });

  it.each([
    [
      'the twin is the grant being refreshed',
      { refreshes: 'w', facts: { ...accessFacts(), liveGrantId: 'w' } },
    ],
    ['the log does not run yet', { facts: { ...accessFacts(), logPublishedAt: null } }],
    [
      'a feed is never sealed',
      { facts: accessFacts({ dataset: { kind: 'feed', sealedVersion: null, feed: WATCHED } }) },
    ],
    [
      'the probe is 26 hours old',
      { facts: accessFacts({ store: { probedAt: '2026-05-31T07:00:00Z' } }) },
    ],
  ])('passes when %s', (_name, changes) => {
    expect(firstFailure(ISSUE_CHECKS, context(changes))).toBeUndefined();
  });
});
