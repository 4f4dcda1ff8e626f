import {
  Helper,
  newCachedEnforcer,
  newEnforcer,
  newModelFromString,
  type Adapter,
  type Enforcer,
  type Model,
} from 'casbin';
import { policiesFolder, readModel } from '../storage/policy-files.js';
import { checkDataModel } from './check-data-model.js';
import { DataEngine } from './data-engine.js';

// What casbin does that we must not depend on, and what we do instead (policy section 8). An upgrade that changes one of
// these fails here, and somebody reads the section again.

const DENY_WINS = 'some(where (p.eft == allow)) && !some(where (p.eft == deny))';
const DENY_ONLY = '!some(where (p.eft == deny))';
const ALLOW_ONLY = 'some(where (p.eft == allow))';
const SAME = 'r.sub == p.sub && r.obj == p.obj && r.act == p.act';
const EVALUATED = 'eval(p.rule) && r.act == p.act';

const modelOf = (effect: string, matcher = SAME, policy = 'sub, obj, act, eft'): Model =>
  newModelFromString(`
[request_definition]
r = sub, obj, act
[policy_definition]
p = ${policy}
[policy_effect]
e = ${effect}
[matchers]
m = ${matcher}
`);

const rulesOf = (model: Model): string[][] => model.model.get('p')?.get('p')?.policy ?? [];

async function withRules(model: Model, rules: readonly string[][]): Promise<Enforcer> {
  const enforcer = await newEnforcer(model);
  await enforcer.addPolicies(rules.map((rule) => [...rule]));
  return enforcer;
}

/** An adapter that loads as told, and of which nothing else is asked. */
const adapterOf = (parts: Partial<Adapter>): Adapter => ({
  loadPolicy: () => Promise.resolve(),
  savePolicy: () => Promise.resolve(true),
  addPolicy: () => Promise.resolve(),
  removePolicy: () => Promise.resolve(),
  removeFilteredPolicy: () => Promise.resolve(),
  ...parts,
});

describe('an empty policy', () => {
  it('allows anybody anything under an effect that only denies', async () => {
    const enforcer = await newEnforcer(modelOf(DENY_ONLY));
    await expect(enforcer.enforce('stranger', 'secrets', 'read')).resolves.toBe(true);
  });

  it('allows a request of empty strings, even under an effect that needs an allow', async () => {
    const enforcer = await newEnforcer(modelOf(DENY_WINS));
    await expect(enforcer.enforce('', '', '')).resolves.toBe(true);
    await expect(enforcer.enforce('stranger', 'secrets', 'read')).resolves.toBe(false);
  });

  it('never reaches Casbin here, and our model would refuse it too', async () => {
    const engine = await DataEngine.load(readModel(policiesFolder()));
    const nothing = { sub: {}, obj: { id: undefined }, env: {} };
    expect(engine.allows([], nothing, '' as 'dataset:read')).toBe(false);
    const enforcer = await newEnforcer(newModelFromString(readModel(policiesFolder())));
    await enforcer.addFunction('holds', () => true);
    expect(enforcer.enforceSync({}, { id: '' }, '', {})).toBe(false);
  });
});

describe('loading', () => {
  it('decides on half a policy while it loads: the deny has not come yet', async () => {
    const reading = Promise.withResolvers<null>();
    const [allow, deny] = [
      ['alice', 'data', 'read', 'allow'],
      ['alice', 'data', 'read', 'deny'],
    ];
    let isSlow = false;
    const adapter = adapterOf({
      loadPolicy: async (model) => {
        rulesOf(model).push(allow);
        if (isSlow) {
          await reading.promise;
        }
        rulesOf(model).push(deny);
      },
    });
    const enforcer = await newEnforcer(modelOf(DENY_WINS), adapter);
    await expect(enforcer.enforce('alice', 'data', 'read')).resolves.toBe(false);
    isSlow = true;
    const loaded = enforcer.loadPolicy();
    await expect(enforcer.enforce('alice', 'data', 'read')).resolves.toBe(true);
    reading.resolve(null);
    await loaded;
    await expect(enforcer.enforce('alice', 'data', 'read')).resolves.toBe(false);
  });

  it('shifts the columns of a line that an adapter joined without its empty ones', () => {
    const model = modelOf(DENY_WINS);
    const columns = ['alice', '', 'read', 'allow'];
    Helper.loadPolicyLine(['p', ...columns.filter((column) => column)].join(', '), model);
    expect(rulesOf(model)).toEqual([['alice', 'read', 'allow']]);
  });

  it('reads an allow for another dataset out of a deny row whose id holds quotes', () => {
    const model = modelOf(DENY_WINS);
    const columns = ['x", "ds-secret", "read", "allow', 'ds-1', 'read', 'deny'];
    Helper.loadPolicyLine(['p', ...columns.map((column) => `"${column}"`)].join(', '), model);
    expect(rulesOf(model)[0]?.slice(0, 4)).toEqual(['x', 'ds-secret', 'read', 'allow']);
  });
});

describe('an effect or a cache', () => {
  it('by priority, an allow added behind a deny wins', async () => {
    const model = modelOf('priority(p.eft) || deny', SAME, 'priority, sub, obj, act, eft');
    const enforcer = await withRules(model, [['1', 'alice', 'data', 'read', 'deny']]);
    await enforcer.addPolicy('2', 'alice', 'data', 'read', 'allow');
    await expect(enforcer.enforce('alice', 'data', 'read')).resolves.toBe(true);
  });

  it('cached, one request answers for another, and outlives its rule', async () => {
    const enforcer = await newCachedEnforcer(modelOf(ALLOW_ONLY));
    await enforcer.addPolicy('a$$b', 'c', 'read', 'allow');
    await expect(enforcer.enforce('a', 'b$$c', 'read')).resolves.toBe(false);
    enforcer.invalidateCache();
    await expect(enforcer.enforce('a$$b', 'c', 'read')).resolves.toBe(true);
    await expect(enforcer.enforce('a', 'b$$c', 'read')).resolves.toBe(true);
    await enforcer.removePolicy('a$$b', 'c', 'read', 'allow');
    await expect(enforcer.enforce('a$$b', 'c', 'read')).resolves.toBe(true);
  });

  it('switched off, everything is allowed, and the explanation is no pair', async () => {
    const enforcer = await newEnforcer(modelOf(DENY_WINS));
    enforcer.enableEnforce(false);
    await expect(enforcer.enforce('stranger', 'secrets', 'read')).resolves.toBe(true);
    expect(enforcer.enforceExSync('stranger', 'secrets', 'read')).toBe(true);
  });

  it('takes a rule of no effect for an allow', async () => {
    const enforcer = await withRules(modelOf(DENY_WINS), [['alice', 'data', 'read', '']]);
    await expect(enforcer.enforce('alice', 'data', 'read')).resolves.toBe(true);
  });
});

describe('a rule as text', () => {
  const evaluated = (rules: readonly string[]): Promise<Enforcer> =>
    withRules(
      modelOf(DENY_WINS, EVALUATED, 'rule, act, eft'),
      rules.map((rule) => [rule, 'read', 'allow']),
    );

  it('breaks out of its brackets and matches any object', async () => {
    const matcher = 'r.obj == "ds-1" && eval(p.rule) && r.act == p.act';
    const model = modelOf(DENY_WINS, matcher, 'rule, act, eft');
    const enforcer = await withRules(model, [['true) || (true', 'read', 'allow']]);
    await expect(enforcer.enforce('stranger', 'ds-secret', 'read')).resolves.toBe(true);
  });

  it('when malformed, breaks every decision', async () => {
    const enforcer = await evaluated(['r.sub == "alice" &&', 'true']);
    await expect(enforcer.enforce('alice', 'data', 'read')).rejects.toThrow();
  });

  it('leaves a compiled matcher behind for each edit', async () => {
    const enforcer = await evaluated([]);
    for (let edit = 0; edit < 1_000; edit += 1) {
      const rule = [`r.sub == "alice-${String(edit)}"`, 'read', 'allow'];
      await enforcer.addPolicy(...rule);
      await enforcer.enforce('bob', 'data', 'read');
      await enforcer.removePolicy(...rule);
    }
    const { matcherMap } = enforcer as unknown as { matcherMap: ReadonlyMap<string, unknown> };
    expect(matcherMap.size).toBe(1_000);
  });
});

describe('removing by filter', () => {
  it('hands undefined to the adapter, whose table is then emptied while memory keeps the rules', async () => {
    const asked: unknown[] = [];
    const adapter = adapterOf({
      removeFilteredPolicy: (...values) => {
        asked.push(values);
        return Promise.resolve();
      },
    });
    const enforcer = await newEnforcer(modelOf(DENY_WINS), adapter);
    await enforcer.addPolicy('alice', 'data', 'read', 'deny');
    await enforcer.removeFilteredPolicy(0, undefined as unknown as string);
    expect(asked).toEqual([['p', 'p', 0, undefined]]);
    expect(rulesOf(enforcer.getModel())).toHaveLength(1);
  });

  it('takes an empty field for every value', async () => {
    const rules = [
      ['alice', 'data', 'read', 'deny'],
      ['bob', 'data', 'read', 'deny'],
    ];
    const enforcer = await withRules(modelOf(DENY_WINS), rules);
    await enforcer.removeFilteredPolicy(0, '');
    expect(rulesOf(enforcer.getModel())).toEqual([]);
  });
});

describe('our engine', () => {
  it('keeps one compiled matcher and no rule, however many decisions it made', async () => {
    const engine = await DataEngine.load(readModel(policiesFolder()));
    for (let round = 0; round < 100; round += 1) {
      checkDataModel(engine.allows.bind(engine));
    }
    const { enforcer } = engine as unknown as {
      enforcer: { matcherMap: ReadonlyMap<string, unknown>; getModel(): Model };
    };
    expect(enforcer.matcherMap.size).toBe(1);
    expect(rulesOf(enforcer.getModel())).toEqual([]);
  });

  it('keeps no rule after a condition that throws, and answers the next question', async () => {
    const engine = await DataEngine.load(readModel(policiesFolder()));
    const { enforcer } = engine as unknown as { enforcer: Enforcer };
    const faulty = {
      id: 'r',
      datasetId: 'd',
      action: 'dataset:read',
      effect: 'allow',
      hash: 'h',
      test: () => {
        throw new Error('Planted');
      },
    };
    const request = { sub: {}, obj: { id: 'd' }, env: {} };
    expect(() => engine.allows([faulty as never], request, 'dataset:read')).toThrow('Planted');
    expect(rulesOf(enforcer.getModel())).toEqual([]);
    checkDataModel(engine.allows.bind(engine));
  });

  it('refuses an answer that is no explained boolean', async () => {
    const engine = await DataEngine.load(readModel(policiesFolder()));
    const { enforcer } = engine as unknown as { enforcer: Enforcer };
    enforcer.enableEnforce(false);
    const rule = { id: 'r', datasetId: 'd', action: 'dataset:read', effect: 'deny', hash: 'h' };
    const request = { sub: {}, obj: { id: 'd' }, env: {} };
    expect(() => engine.allows([rule as never], request, 'dataset:read')).toThrow('explanation');
  });
});
