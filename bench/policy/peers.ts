import { createMongoAbility, subject, type MongoAbility } from '@casl/ability';
import { newEnforcer, newModelFromString, type Enforcer } from 'casbin';
import type { Condition, Leaf } from '../../src/policy/condition.js';
import type { DataEngine } from '../../src/policy/engine/data-engine.js';
import { decide } from '../../src/policy/engine/decide.js';
import { snapshotOf } from '../../src/policy/engine/snapshot.js';
import type { PolicyRule } from '../../src/policy/policy.types.js';
import type { Question } from '../differential/cases.js';
import { askCedar, callOf, loadPolicies } from '../differential/cedar.js';
import type { Ground } from './ground.js';

/** One engine that answers questions on all rules of a ground. */
export interface Peer {
  readonly name: string;
  /** Puts a question into the engine's own words: what is called then is the deciding alone. */
  readonly asking: (question: Question) => () => boolean;
}

/** This engine: finds the candidates, has Casbin decide, walks the trees, hashes the attributes and explains. */
export function ownPeer(engine: DataEngine, { allows, denies, questions }: Ground): Peer {
  const snapshot = snapshotOf(1, [...allows, ...denies], questions[0]?.now.getTime() ?? 0);
  return {
    name: 'this engine',
    asking: ({ key, attributes, now }) => {
      const question = { key, attributes, decisionId: 'benchmark', now };
      return () => decide(engine, snapshot, question).outcome === 'allow';
    },
  };
}

// As its documentation shows attribute-based access: the rule is text, evaluated for each request.
const EVAL_MODEL = `
[request_definition]
r = sub, obj, act
[policy_definition]
p = obj, act, rule, eft
[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))
[matchers]
m = (p.obj == r.obj || p.obj == "*") && p.act == r.act && eval(p.rule)
`;

/** Casbin with `eval()` over every rule. */
export async function casbinPeer({ allows, denies }: Ground): Promise<Peer> {
  const enforcer: Enforcer = await newEnforcer(newModelFromString(EVAL_MODEL));
  const rows = [...allows, ...denies].map((rule) => [
    rule.datasetId ?? '*',
    rule.action,
    rule.effect === 'allow' ? allowText(rule) : textOf(rule.condition),
    rule.effect,
  ]);
  await enforcer.addPolicies(rows);
  return {
    name: 'plain Casbin, eval()',
    asking: (question) => {
      const { datasetId, action } = question.key;
      const attributes = flat(question);
      return () => (enforcer.enforceSync(attributes, datasetId, action) as unknown) === true;
    },
  };
}

function allowText({ recipients, condition }: PolicyRule): string {
  return `${anyText('r.sub.subject_organisationId', recipients)} && ${textOf(condition)}`;
}

// Its parser knows no quotes in a member's name, and reads a dot as one more member.
function flat({ attributes, now }: Question): Record<string, unknown> {
  const known = Object.entries(attributes).map(
    ([name, value]) => [name.replace('.', '_'), value] as const,
  );
  return { ...Object.fromEntries(known), request_now: now.getTime() };
}

function textOf(condition: Condition): string {
  if (condition.op === 'not') {
    return `!(${textOf(condition.of)})`;
  }
  if (!('path' in condition)) {
    const joint = condition.op === 'all' ? ' && ' : ' || ';
    return `(${condition.of.map(textOf).join(joint)})`;
  }
  return leafText(condition);
}

function leafText(leaf: Leaf): string {
  const value = `r.sub.${leaf.path.replace('.', '_')}`;
  switch (leaf.op) {
    case 'eq':
      return `${value} == ${JSON.stringify(leaf.value)}`;
    case 'ne':
      return `${value} != ${JSON.stringify(leaf.value)}`;
    case 'in':
      return anyText(value, leaf.value);
    case 'notIn':
      return `!${anyText(value, leaf.value)}`;
    case 'contains':
      return `${value}.includes(${JSON.stringify(leaf.value)})`;
    case 'gte':
      return `${value} >= ${JSON.stringify(leaf.value)}`;
    case 'lte':
      return `${value} <= ${JSON.stringify(leaf.value)}`;
    case 'before':
      return `${value} < ${String(Date.parse(leaf.value))}`;
    case 'after':
      return `${value} >= ${String(Date.parse(leaf.value))}`;
    case 'within':
      throw new Error('No agreement of this benchmark asks for an address');
  }
}

// The parser takes no member of a list that is written out.
function anyText(value: string, list: readonly (string | number)[]): string {
  return `(${list.map((one) => `${value} == ${JSON.stringify(one)}`).join(' || ')})`;
}

/** Cedar, its policies parsed once; an allow is scoped to its dataset. */
export function cedarPeer({ allows, denies }: Ground): Peer {
  loadPolicies('benchmark', [...allows, ...denies]);
  return {
    name: 'Cedar WASM, stateful',
    asking: (question) => {
      const call = callOf('benchmark', question);
      return () => askCedar(call).outcome === 'allow';
    },
  };
}

/** CASL, which indexes its rules by the type of what is asked for: here the dataset. */
export function caslPeer({ allows, denies }: Ground): Peer {
  const rows = [
    ...allows.map((rule) => ({
      action: 'read',
      subject: rule.datasetId ?? '',
      conditions: {
        subject_organisationId: { $in: [...rule.recipients] },
        ...mongo(rule.condition),
      },
    })),
    ...denies.map((rule) => ({
      action: 'read',
      subject: 'all',
      inverted: true,
      conditions: mongo(rule.condition),
    })),
  ];
  const ability: MongoAbility = createMongoAbility(rows as never);
  return {
    name: 'CASL, indexed by type',
    asking: (question) => {
      const asked = subject(question.key.datasetId, flat(question)) as never;
      return () => ability.can('read', asked);
    },
  };
}

// It knows no `$and`: what must hold together stands together, by attribute.
function mongo(condition: Condition): Readonly<Record<string, object>> {
  if (condition.op === 'not' || condition.op === 'any') {
    throw new Error('No agreement of this benchmark says not or any');
  }
  if ('path' in condition) {
    return { [condition.path.replace('.', '_')]: mongoLeaf(condition) };
  }
  const merged: Record<string, object> = {};
  for (const [name, test] of condition.of.map(mongo).flatMap((one) => Object.entries(one))) {
    const before = merged[name] as { $all?: readonly string[] } | undefined;
    const { $all } = test as { $all?: readonly string[] };
    const both = before?.$all && $all ? { $all: [...before.$all, ...$all] } : {};
    merged[name] = { ...before, ...test, ...both };
  }
  return merged;
}

function mongoLeaf(leaf: Leaf): object {
  switch (leaf.op) {
    case 'eq':
    case 'ne':
    case 'gte':
    case 'lte':
      return { [`$${leaf.op}`]: leaf.value };
    case 'in':
      return { $in: [...leaf.value] };
    case 'notIn':
      return { $nin: [...leaf.value] };
    case 'contains':
      return { $all: [leaf.value] };
    case 'before':
      return { $lt: Date.parse(leaf.value) };
    case 'after':
      return { $gte: Date.parse(leaf.value) };
    case 'within':
      throw new Error('No agreement of this benchmark asks for an address');
  }
}
