import { createMongoAbility, subject, type MongoAbility } from '@casl/ability';
import { newEnforcer, newModelFromString, type Enforcer } from 'casbin';
import type { AttributeInput } from '../../src/policy/attributes.js';
import type { Condition, Leaf } from '../../src/policy/condition.js';
import type { PolicyRule } from '../../src/policy/policy.types.js';
import { cedarAllows, cedarContext, cedarPolicies, prepareCedar } from '../differential/cedar.js';
import type { Ground, Question } from './ground.js';

/** One engine that answers questions on all rules of a ground. */
export interface Peer {
  readonly name: string;
  readonly allows: (question: Question) => boolean;
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
export async function plainCasbin({ rules, guardrails }: Ground): Promise<Peer> {
  const enforcer: Enforcer = await newEnforcer(newModelFromString(EVAL_MODEL));
  const rows = [...rules, ...guardrails].map((rule) => [
    rule.datasetId ?? '*',
    rule.action,
    rule.effect === 'allow' ? allowText(rule) : textOf(rule.condition),
    rule.effect,
  ]);
  await enforcer.addPolicies(rows);
  return {
    name: 'node-casbin, eval()',
    allows: ({ key, attributes }) =>
      enforcer.enforceSync(flat(attributes), key.datasetId, key.action),
  };
}

function allowText({ recipients, condition }: PolicyRule): string {
  return `${anyText('r.sub.subject_organisationId', recipients)} && ${textOf(condition)}`;
}

// Its parser knows no quotes in a member's name, and reads a dot as one more member.
function flat(attributes: AttributeInput): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [
      name.replace('.', '_'),
      name === 'request.now' ? Date.parse(String(value)) : value,
    ]),
  );
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

/** Cedar, its policies parsed once. */
export function cedarPeer({ rules, guardrails }: Ground): Peer {
  const scoped = rules.map((rule) =>
    cedarPolicies([rule], null).replace(
      'resource)',
      `resource == Dataset::"${rule.datasetId ?? ''}")`,
    ),
  );
  prepareCedar('bench', [...scoped, cedarPolicies(guardrails, null)].join('\n'));
  return {
    name: 'Cedar wasm, stateful',
    allows: ({ key, attributes }) => cedarAllows('bench', cedarContext(attributes), key.datasetId),
  };
}

/** CASL, which indexes its rules by the type of what is asked for: here the dataset. */
export function caslPeer({ rules, guardrails }: Ground): Peer {
  const rows = [
    ...rules.map((rule) => ({
      action: 'read',
      subject: rule.datasetId ?? '',
      conditions: {
        subject_organisationId: { $in: [...rule.recipients] },
        ...mongo(rule.condition),
      },
    })),
    ...guardrails.map((rule) => ({
      action: 'read',
      subject: 'all',
      inverted: true,
      conditions: mongo(rule.condition),
    })),
  ];
  const ability: MongoAbility = createMongoAbility(rows as never);
  return {
    name: 'CASL, indexed by type',
    allows: ({ key, attributes }) =>
      ability.can('read', subject(key.datasetId, { ...flat(attributes) }) as never),
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
