import { createHash } from 'node:crypto';
import {
  aDeny,
  AGREEMENT_ID,
  anAllow,
  ask,
  DATASET_ID,
  NOW,
  READ_KEY,
  rulesOf,
  shippedGuardrails,
  someTerms,
  standing,
} from '../../test/support/policy-rules.js';
import type { AttributeInput, AttributeName } from './attributes.js';
import type { Condition } from './condition.js';
import { DataEngine } from './engine/data-engine.js';
import { decide } from './engine/decide.js';
import { EMPTY_SNAPSHOT, snapshotOf, type PolicyRule } from './engine/snapshot.js';
import { policyRefusal } from './refusal.js';
import { policiesFolder, readModel } from './storage/policy-files.js';

const engine = await DataEngine.load(readModel(policiesFolder()));
const rules = [...rulesOf(someTerms()), ...shippedGuardrails()];
const always: Condition = { op: 'eq', path: 'request.delivery', value: 'stream' };
const never: Condition = { op: 'eq', path: 'request.delivery', value: 'sts' };

describe('a decision under an agreement', () => {
  it('allows what its terms allow, and ends no later than they do', () => {
    const decision = ask(engine, rules);
    expect(decision).toMatchObject({ outcome: 'allow', reason: 'allowed', policyVersion: 7 });
    expect(decision.notAfter).toEqual(new Date('2027-04-01T00:00:00Z'));
    expect(decision.failed).toEqual([]);
  });

  it.each<[AttributeName, AttributeInput[AttributeName], string, string | null, string | null]>([
    ['subject.accreditations', ['dea_provisional'], 'condition_failed', '/accreditations', null],
    ['subject.accreditations', null, 'condition_failed', '/accreditations', null],
    ['request.purpose', 'Marketing', 'condition_failed', '/purposes', null],
    ['request.delivery', 'presign', 'condition_failed', '/modes', null],
    ['subject.authLevel', 1, 'guardrail', null, 'G01'],
    ['subject.authLevel', null, 'guardrail', null, 'G01'],
    ['project.status', 'closed', 'guardrail', null, 'G02'],
    ['project.status', null, 'guardrail', null, 'G02'],
    ['agreement.status', 'suspended', 'guardrail', null, 'G03'],
    ['agreement.partyStatus', 'withdrawn', 'guardrail', null, 'G04'],
    ['agreement.providerStatus', 'suspended', 'guardrail', null, 'G05'],
  ])(
    'refuses %s = %j by %s, naming clause %s or guardrail %s',
    (path, value, reason, clause, guardrail) => {
      const decision = ask(engine, rules, { [path]: value });
      expect(decision).toMatchObject({ outcome: 'deny', reason, notAfter: null });
      expect(decision.failed).toContainEqual(
        expect.objectContaining({ path, clause, guardrail, actual: value }),
      );
      expect(decision.explanation).toContain(path);
    },
  );

  it('explains in words: agreement, clause, what it requires and what was found', () => {
    const { explanation } = ask(engine, rules, { 'subject.accreditations': ['dea_provisional'] });
    expect(explanation).toBe(
      'Refused: CON-2026-0001, accreditations, requires dea_full in subject.accreditations. Found: dea_provisional.',
    );
    expect(ask(engine, rules, { 'project.status': 'closed' }).explanation).toBe(
      'Refused: guardrail G02, project.status. The project is not active. Found: closed.',
    );
  });

  it('lists every fault at once, guardrails first', () => {
    const decision = ask(engine, rules, { 'subject.authLevel': 1, 'request.delivery': 'sts' });
    expect(decision.failed.map(({ guardrail, clause }) => guardrail ?? clause)).toEqual([
      'G01',
      '/modes',
      '/minAuth',
    ]);
    expect(decision.ruleIds).toHaveLength(1);
  });

  it('refuses an organisation that is no recipient, and names the attribute', () => {
    const decision = ask(engine, rules, { 'subject.organisationId': AGREEMENT_ID });
    expect(decision).toMatchObject({ outcome: 'deny', reason: 'no_agreement' });
    expect(decision.failed).toEqual([expect.objectContaining({ path: 'subject.organisationId' })]);
  });

  it('never asks another version, dataset or action for its looser rule', () => {
    for (const key of [
      { ...READ_KEY, agreementVersion: 2 },
      { ...READ_KEY, agreementId: DATASET_ID },
      { ...READ_KEY, action: 'feed:subscribe' as const },
    ]) {
      expect(ask(engine, [anAllow(always)], {}, null, key).reason).toBe('no_agreement');
    }
  });

  it('refuses a question about one dataset with the attributes of another', () => {
    expect(ask(engine, [anAllow(always)], { 'dataset.id': AGREEMENT_ID }).outcome).toBe('deny');
  });

  it('does not apply a guardrail to an action it does not name, nor a deny of another dataset', () => {
    const other = [
      aDeny(always, { action: 'view:read' }),
      aDeny(always, { datasetId: AGREEMENT_ID }),
    ];
    expect(ask(engine, [anAllow(always), ...other]).outcome).toBe('allow');
    const own = aDeny(always, { datasetId: DATASET_ID });
    expect(ask(engine, [anAllow(always), own]).reason).toBe('denied_by_rule');
  });

  it('says country_unknown when a rule asks for a country nobody vouches for', () => {
    const country: Condition = { op: 'in', path: 'request.country', value: ['GB'] };
    expect(ask(engine, [anAllow(country)]).reason).toBe('country_unknown');
    expect(ask(engine, [anAllow(always), aDeny(country)]).reason).toBe('country_unknown');
    expect(ask(engine, [anAllow(country)], { 'request.country': 'US' }).reason).toBe(
      'condition_failed',
    );
  });
});

describe('the conditions of the owner’s decision', () => {
  const ethics: Condition = { op: 'eq', path: 'project.ethicsApproved', value: true };

  it('narrow, with a clause in the decision', () => {
    const decision = ask(engine, rules, {}, { op: 'all', of: [always, ethics] });
    expect(decision).toMatchObject({ outcome: 'deny', reason: 'condition_failed' });
    expect(decision.failed[0]?.clause).toBe('/decision/conditions/of/1');
    expect(ask(engine, rules, { 'project.ethicsApproved': true }, ethics).outcome).toBe('allow');
  });

  it('never speak for the agreement', () => {
    const posing = { ...ethics, clause: '/accreditations' } as Condition;
    expect(ask(engine, rules, {}, posing).failed[0]?.clause).toBe('/decision/conditions');
  });

  it('never widen', () => {
    expect(ask(engine, rules, { 'request.delivery': 'sts' }, never).outcome).toBe('deny');
    expect(ask(engine, rules, { 'subject.accreditations': [] }, always).outcome).toBe('deny');
  });
});

describe('the end of an allow', () => {
  const before = (value: string): Condition => ({ op: 'before', path: 'request.now', value });
  const after = (value: string): Condition => ({ op: 'after', path: 'request.now', value });
  const [soon, late] = ['2026-12-01T00:00:00Z', '2027-01-01T00:00:00Z'];
  it.each<[string, readonly PolicyRule[], string | null]>([
    ['no bound', [anAllow(always)], null],
    ['its own bound', [anAllow(before(late))], late],
    ['the earliest of two', [anAllow({ op: 'all', of: [before(late), before(soon)] })], soon],
    [
      'the latest of alternatives',
      [anAllow({ op: 'any', of: [before(late), before(soon)] })],
      late,
    ],
    ['no bound beside an alternative', [anAllow({ op: 'any', of: [always, before(soon)] })], null],
    ['a bound under not', [anAllow({ op: 'not', of: after(soon) })], soon],
    ['the start of a deny', [anAllow(before(late)), aDeny(after(soon))], soon],
    ['no bound behind it', [anAllow(after('2026-01-01T00:00:00Z'))], null],
  ])('is %s', (_name, given, expected) => {
    const decision = ask(engine, given);
    expect(decision.outcome).toBe('allow');
    expect(decision.notAfter).toEqual(expected === null ? null : new Date(expected));
  });

  it('is narrowed by the owner’s decision too', () => {
    expect(ask(engine, rules, {}, before(soon)).notAfter).toEqual(new Date(soon));
  });
});

describe('everything missing is a deny', () => {
  const question = { key: READ_KEY, attributes: standing, decisionId: 'd', now: NOW };
  const unavailable = { outcome: 'deny', reason: 'policy_unavailable' };
  const fresh = snapshotOf(7, rules, NOW.getTime());

  it.each<[string, () => ReturnType<typeof decide>]>([
    ['no engine', () => decide(undefined, fresh, question)],
    ['no snapshot', () => decide(engine, EMPTY_SNAPSHOT, question)],
    [
      'a stale snapshot',
      () => decide(engine, { ...fresh, confirmedAt: NOW.getTime() - 5_001 }, question),
    ],
    [
      'a snapshot of the future',
      () => decide(engine, { ...fresh, confirmedAt: NOW.getTime() + 1 }, question),
    ],
    [
      'an attribute of another type',
      () =>
        decide(engine, fresh, {
          ...question,
          attributes: { ...standing, 'subject.authLevel': '1' },
        }),
    ],
    [
      'a condition that throws',
      () => decide(engine, fresh, { ...question, narrowing: { op: 'eq' } as unknown as Condition }),
    ],
  ])('%s', (_name, decideIt) => {
    const decision = decideIt();
    expect(decision).toMatchObject(unavailable);
    expect(policyRefusal(decision).status).toBe(503);
  });

  it('a snapshot confirmed 5 seconds ago still decides', () => {
    const old = { ...fresh, confirmedAt: NOW.getTime() - 5_000 };
    expect(decide(engine, old, question).outcome).toBe('allow');
  });

  it('no rule at all', () => {
    expect(ask(engine, []).reason).toBe('no_agreement');
    expect(ask(engine, shippedGuardrails()).reason).toBe('no_agreement');
  });

  it('a closure that differs from the tree walk is engine_error, and 503', () => {
    const liar = snapshotOf(7, [anAllow(never)], NOW.getTime());
    const lying = {
      ...liar,
      buckets: liar.buckets.map((shard) => ({
        ...shard,
        allows: new Map(
          [...shard.allows].map(([key, rule]) => [key, { ...rule, test: () => true }]),
        ),
      })),
    };
    const decision = decide(engine, lying, question);
    expect(decision).toMatchObject({ outcome: 'deny', reason: 'engine_error' });
    expect(policyRefusal(decision).code).toBe('policy_unavailable');
  });
});

describe('the decision record', () => {
  it('commits to its attributes with a salt of its own', () => {
    const [one, two] = [ask(engine, rules), ask(engine, rules)];
    const hash = createHash('sha256')
      .update('concordat/attributes/v1\0')
      .update(one.attributesSalt)
      .update(one.attributesText);
    expect(one.attributesHash).toEqual(hash.digest());
    expect(one.attributesText).toBe(two.attributesText);
    expect(one.attributesHash).not.toEqual(two.attributesHash);
    expect(JSON.parse(one.attributesText)).toMatchObject({ 'request.now': NOW.toISOString() });
  });

  it('becomes a 403 that names each attribute with its clause or guardrail', () => {
    const error = policyRefusal(ask(engine, rules, { 'subject.accreditations': [] }));
    expect(error).toMatchObject({ code: 'policy_denied', status: 403 });
    expect(error.fields['failed']).toEqual([
      expect.objectContaining({ path: 'subject.accreditations', clause: '/accreditations' }),
    ]);
  });
});
