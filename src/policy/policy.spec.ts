import fc from 'fast-check';
import { freezeAttributes, type Attributes } from './attributes.js';
import { compileAgreement } from './compile-agreement.js';
import { compileCondition } from './compile-condition.js';
import type { Condition } from './condition.js';
import { DataEngine } from './data-engine.js';
import { decide } from './decide.js';
import { parseCondition } from './parse-condition.js';
import { policiesFolder, readGuardrails, readModel } from './policy-files.js';
import { buildSnapshot, type PolicyRule } from './snapshot.js';

const agreementId = '01990000-0000-7000-8000-000000000001';
const datasetId = '01990000-0000-7000-8000-000000000002';
const recipient = '01990000-0000-7000-8000-000000000003';
const key = { agreementId, agreementVersion: 1, datasetId, action: 'dataset:read' as const };
const now = new Date('2026-11-24T12:00:00Z');

const allowRule = (condition: Condition): PolicyRule => ({
  id: '01990000-0000-7000-8000-0000000000a1',
  guardrailId: null,
  datasetId,
  action: 'dataset:read',
  recipients: [recipient],
  effect: 'allow',
  condition,
  agreementId,
  agreementVersion: 1,
  reference: 'CON-2026-0001',
  message: null,
});
const denyRule = (id: number, condition: Condition): PolicyRule => ({
  ...allowRule(condition),
  id: `01990000-0000-7000-8000-0000000000b${String(id)}`,
  guardrailId: `G1${String(id)}`,
  effect: 'deny',
  datasetId: null,
  agreementId: null,
  agreementVersion: null,
  message: 'Not like this',
});
const guardrails = readGuardrails(policiesFolder())
  .filter(({ actions }) => actions.includes('dataset:read'))
  .map((row, index) => ({
    ...denyRule(index, row.condition),
    guardrailId: row.id,
    message: row.message,
  }));

const standing = {
  'subject.organisationId': recipient,
  'subject.accreditations': ['dea_full'],
  'subject.authLevel': 2,
  'dataset.id': datasetId,
  'agreement.status': 'active',
  'agreement.partyStatus': 'active',
  'agreement.providerStatus': 'active',
  'project.status': 'active',
  'request.purpose': 'ResearchAndDevelopment',
  'request.delivery': 'stream',
  'request.now': now.toISOString(),
} as const;

const [terms] = compileAgreement({
  purposes: ['ResearchAndDevelopment'],
  purposeClosure: ['ResearchAndDevelopment', 'AcademicResearch'],
  modes: ['stream'],
  accreditations: ['dea_full'],
  trainings: [],
  orgChecks: [],
  minAuth: 'aal2',
  dpop: false,
  countries: [],
  endsAt: new Date('2027-04-01T00:00:00Z'),
  items: [{ datasetId, release: 'raw' }],
  recipients: [recipient],
}).filter(({ action }) => action === 'dataset:read');
if (!terms) {
  throw new Error('An agreement compiles to a reading rule');
}

const engine = await DataEngine.load(readModel(policiesFolder()));
const ask = (rules: readonly PolicyRule[], attributes: Attributes, narrowing?: Condition) =>
  decide(engine, buildSnapshot(7, rules), {
    key,
    attributes,
    narrowing: narrowing ?? null,
    decisionId: 'd',
    now,
  });
const given = (changes: object = {}): Attributes => freezeAttributes({ ...standing, ...changes });

describe('a decision under an agreement', () => {
  const rules = [allowRule(terms.condition), ...guardrails];

  it('allows what its terms allow, and ends no later than they do', () => {
    const decision = ask(rules, given());
    expect(decision).toMatchObject({ outcome: 'allow', reason: 'allowed', policyVersion: 7 });
    expect(decision.notAfter).toEqual(new Date('2027-04-01T00:00:00Z'));
  });

  it.each([
    ['subject.accreditations', ['dea_provisional'], 'condition_failed', '/accreditations'],
    ['subject.accreditations', undefined, 'condition_failed', '/accreditations'],
    ['request.purpose', 'Marketing', 'condition_failed', '/purposes'],
    ['request.delivery', 'presign', 'condition_failed', '/modes'],
    ['request.now', '2027-04-01T00:00:00Z', 'condition_failed', '/endsOn'],
    ['subject.authLevel', 1, 'guardrail', null],
    ['subject.authLevel', undefined, 'guardrail', null],
    ['agreement.status', 'suspended', 'guardrail', null],
    ['agreement.partyStatus', 'withdrawn', 'guardrail', null],
    ['project.status', undefined, 'guardrail', null],
  ])('refuses %s = %p by %s, naming attribute and clause', (path, value, reason, clause) => {
    const decision = ask(rules, given({ [path]: value }));
    expect(decision).toMatchObject({ outcome: 'deny', reason });
    expect(decision.failed).toContainEqual(expect.objectContaining({ path, clause }));
    expect(decision.explanation).toContain(path);
  });

  it('refuses an organisation that is no recipient, without asking Casbin', () => {
    const decision = ask(rules, given({ 'subject.organisationId': agreementId }));
    expect(decision).toMatchObject({ outcome: 'deny', reason: 'no_agreement' });
  });

  it('is narrowed by the owner’s conditions and never widened', () => {
    const never: Condition = {
      op: 'eq',
      path: 'project.ethicsApproved',
      value: true,
      clause: '/decision/conditions',
    };
    expect(ask(rules, given(), never).failed[0]).toMatchObject({ clause: '/decision/conditions' });
    const always: Condition = { op: 'any', of: [{ op: 'eq', path: 'project.status', value: 'active' }] };
    expect(ask(rules, given({ 'request.delivery': 'sts' }), always).outcome).toBe('deny');
  });

  it('says country_unknown when a rule asks for a country nobody vouches for', () => {
    const country: Condition = { op: 'in', path: 'request.country', value: ['GB'] };
    expect(ask([allowRule(country)], given()).reason).toBe('country_unknown');
  });

  it('is a deny when there is no rule at all', () => {
    expect(ask([], given()).outcome).toBe('deny');
    expect(engine.allows([], given(), 'dataset:read')).toBe(false);
  });
});

describe('laws of the engine', () => {
  const leaf = fc.constantFrom<Condition>(
    { op: 'eq', path: 'project.status', value: 'active' },
    { op: 'eq', path: 'project.ethicsApproved', value: true },
    { op: 'gte', path: 'subject.authLevel', value: 2 },
    { op: 'contains', path: 'subject.trainings', value: 'srt' },
    { op: 'in', path: 'request.country', value: ['GB', 'FR'] },
  );
  const monotone = fc.letrec<{ node: Condition }>((tie) => ({
    node: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      leaf,
      fc.record({
        op: fc.constantFrom<'all' | 'any'>('all', 'any'),
        of: fc.array(tie('node'), { minLength: 1, maxLength: 4 }),
      }),
    ),
  })).node;
  const anyCondition = fc.oneof(
    monotone,
    monotone.map((of): Condition => ({ op: 'not', of })),
  );
  const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
  const attributes = fc
    .record({
      'project.status': optional(fc.constantFrom('active', 'closed')),
      'project.ethicsApproved': optional(fc.boolean()),
      'subject.authLevel': optional(fc.integer({ min: 1, max: 3 })),
      'subject.trainings': optional(fc.constantFrom<readonly string[]>([], ['srt'])),
      'request.country': optional(fc.constantFrom('GB', 'US')),
    })
    .map((changes) => given(changes));

  it('deny beats allow in any order', () => {
    fc.assert(
      fc.property(attributes, fc.shuffledSubarray([0, 1, 2], { minLength: 3 }), (values, order) => {
        const rules = [
          allowRule({ op: 'eq', path: 'request.delivery', value: 'stream' }),
          denyRule(1, { op: 'eq', path: 'request.delivery', value: 'stream' }),
          denyRule(2, { op: 'eq', path: 'request.delivery', value: 'presign' }),
        ];
        const shuffled = order.flatMap((at) => rules[at] ?? []);
        expect(ask(shuffled, values).outcome).toBe('deny');
      }),
    );
  });

  it('adding a deny never grants', () => {
    fc.assert(
      fc.property(anyCondition, anyCondition, attributes, (allow, deny, values) => {
        const before = ask([allowRule(allow)], values).outcome;
        const after = ask([allowRule(allow), denyRule(1, deny)], values).outcome;
        expect(before === 'deny' && after === 'allow').toBe(false);
      }),
    );
  });

  it('removing an attribute never grants unless the rule says not', () => {
    fc.assert(
      fc.property(monotone, attributes, (condition, values) => {
        const before = ask([allowRule(condition)], values).outcome;
        for (const name of Object.keys(values)) {
          const fewer = freezeAttributes({ ...values, [name]: undefined });
          const after = ask([allowRule(condition)], fewer).outcome;
          expect(before === 'deny' && after === 'allow').toBe(false);
        }
      }),
    );
  });

  it('Casbin and the tree walk agree on every case', () => {
    fc.assert(
      fc.property(anyCondition, anyCondition, attributes, (allow, deny, values) => {
        expect(ask([allowRule(allow), denyRule(1, deny)], values).reason).not.toBe('engine_error');
      }),
    );
  });
});

describe('a condition', () => {
  const pointer = (input: unknown): string | undefined => {
    try {
      parseCondition(input);
      return undefined;
    } catch (error) {
      return (error as { fields: { errors: { pointer: string }[] } }).fields.errors[0]?.pointer;
    }
  };
  const nested = (depth: number): object =>
    depth === 0
      ? { op: 'eq', path: 'project.status', value: 'active' }
      : { op: 'not', of: nested(depth - 1) };

  it.each([
    ['an unknown attribute', { op: 'eq', path: 'subject.shoeSize', value: 1 }, '/path'],
    ['an inherited name', { op: 'eq', path: 'constructor', value: 1 }, '/path'],
    ['an unknown operator', { op: 'matches', path: 'project.status', value: 'a' }, '/op'],
    ['an operator of another type', { op: 'gte', path: 'project.status', value: 1 }, '/op'],
    ['a wrong literal', { op: 'eq', path: 'subject.authLevel', value: '2' }, '/value'],
    ['a date that is none', { op: 'before', path: 'request.now', value: 'tomorrow' }, '/value'],
    ['a CIDR that is none', { op: 'within', path: 'request.ip', value: ['10.0.0.0/99'] }, '/value/0'],
    ['an empty list', { op: 'all', of: [] }, '/of'],
    ['an extra member', { op: 'not', of: nested(0), eval: 'x' }, '/eval'],
    ['too deep a tree', nested(6), '/of/of/of/of/of/of'],
    ['text', 'true) || (true', ''],
  ])('is refused with a pointer: %s', (_name, input, expected) => {
    expect(pointer(input)).toBe(expected);
  });

  it('treats an IPv4-mapped address as IPv4', () => {
    const test = compileCondition(
      parseCondition({ op: 'within', path: 'request.ip', value: ['10.0.0.0/8'] }),
    );
    expect(test(freezeAttributes({ 'request.ip': '::ffff:10.1.2.3' }))).toBe(true);
    expect(test(freezeAttributes({ 'request.ip': '::1' }))).toBe(false);
    expect(test(freezeAttributes({}))).toBeUndefined();
  });
});
