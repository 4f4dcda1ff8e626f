import * as cedar from '@cedar-policy/cedar-wasm/nodejs';
import {
  ATTRIBUTES,
  type AttributeInput,
  type AttributeName,
  type AttributeType,
} from '../../src/policy/attributes.js';
import { isLeaf, type Condition, type Leaf } from '../../src/policy/condition.js';
import type { PolicyRule } from '../../src/policy/policy.types.js';
import { addressOf, plainText, rangeOf } from './addresses.js';
import type { Question } from './cases.js';
import { sortable } from './reference.js';

// Cedar skips a policy that errors, even a forbid, so every attribute is asked for with `has` first, and any error stops
// the run. A condition has two readings, surely true and surely false; an unknown is neither (policy section 9).

/** Where an entity or the context holds the attributes of each part of a name. */
const HOLDERS: Readonly<Record<string, string>> = {
  subject: 'principal',
  dataset: 'resource',
  agreement: 'context.agreement',
  project: 'context.project',
  request: 'context.request',
};

/** A Cedar expression that is true when `condition` surely is `wanted`. It never errors. */
function surely(wanted: boolean, condition: Condition): string {
  if (isLeaf(condition)) {
    const [part = '', attribute = ''] = condition.path.split('.');
    const holder = HOLDERS[part] ?? '';
    const test = comparison(condition, `${holder}.${attribute}`);
    return `(${holder} has ${attribute} && ${wanted ? test : `!(${test})`})`;
  }
  if (condition.op === 'not') {
    return surely(!wanted, condition.of);
  }
  const each = condition.of.map((child) => surely(wanted, child));
  return `(${each.join((condition.op === 'all') === wanted ? ' && ' : ' || ')})`;
}

function comparison(leaf: Leaf, actual: string): string {
  const type = ATTRIBUTES[leaf.path];
  switch (leaf.op) {
    case 'eq':
      return `${actual} == ${literal(type, leaf.value)}`;
    case 'ne':
      return `${actual} != ${literal(type, leaf.value)}`;
    case 'in':
      return `${literals(type, leaf.value)}.contains(${actual})`;
    case 'notIn':
      return `!${literals(type, leaf.value)}.contains(${actual})`;
    case 'contains':
      return `${actual}.contains(${literal('code', leaf.value)})`;
    case 'gte':
      return `${actual} >= ${literal(type, leaf.value)}`;
    case 'lte':
      return `${actual} <= ${literal(type, leaf.value)}`;
    case 'before':
      return `${actual} < ${literal(type, leaf.value)}`;
    case 'after':
      return `${actual} >= ${literal(type, leaf.value)}`;
    case 'within':
      return `(${leaf.value.map((range) => `${actual}.isInRange(${cidr(range)})`).join(' || ')})`;
  }
}

function cidr(text: string): string {
  const range = rangeOf(text);
  return `ip("${plainText(range)}/${String(range.bits)}")`;
}

const literals = (type: AttributeType, values: readonly unknown[]): string =>
  `[${values.map((value) => literal(type, value)).join(', ')}]`;

// The codes of a condition are printable ASCII, whose JSON text is its Cedar text.
const literal = (type: AttributeType, value: unknown): string =>
  type === 'instant' ? `datetime("${sortable(value)}")` : JSON.stringify(value);

const scope = (action: string, datasetId: string | null): string =>
  `(principal, action == Action::"${action}", resource${datasetId === null ? '' : ` == Dataset::"${datasetId}"`})`;

/** A rule as a Cedar policy of its own. */
function policyOf(rule: PolicyRule, narrowings: readonly Condition[]): string {
  const { action, datasetId, condition } = rule;
  if (rule.effect === 'deny') {
    return `forbid${scope(action, datasetId)} unless { ${surely(false, condition)} };`;
  }
  const narrowed = narrowings.map(
    (narrowing, at) => `(context.asked.narrowing == ${String(at)} && ${surely(true, narrowing)})`,
  );
  const conditions = [
    'context.asked.ageMs >= 0 && context.asked.ageMs <= 5000',
    `resource has id && resource.id == "${String(datasetId)}"`,
    `context.asked.agreementId == "${String(rule.agreementId)}"`,
    `context.asked.agreementVersion == ${String(rule.agreementVersion)}`,
    `principal has organisationId && ${literals('uuid', rule.recipients)}.contains(principal.organisationId)`,
    surely(true, condition),
    `(${['!(context.asked has narrowing)', ...narrowed].join(' || ')})`,
  ];
  return `permit${scope(action, datasetId)} when { ${conditions.join(' && ')} };`;
}

/**
 * Names a policy set and has Cedar parse it, once.
 * @param narrowings what an owner's decision may lay on a request.
 * @throws Error when it does not parse.
 */
export function loadPolicies(
  name: string,
  rules: readonly PolicyRule[],
  narrowings: readonly Condition[] = [],
): void {
  const policies = rules.map((rule) => [rule.id, policyOf(rule, narrowings)]);
  loadTexts(name, Object.fromEntries(policies) as Record<string, string>);
}

/** @throws Error when one does not parse. */
export function loadTexts(name: string, staticPolicies: Record<string, string>): void {
  const parsed = cedar.preparsePolicySet(name, { staticPolicies });
  if (parsed.type === 'failure') {
    throw new Error(`Cedar: ${JSON.stringify(parsed.errors)}`);
  }
}

export interface CedarAnswer {
  readonly outcome: 'allow' | 'deny';
  /** The permits that allow, or the forbids that deny. */
  readonly ruleIds: readonly string[];
}

/** A question in Cedar's words: made apart from asking, so that asking alone can be timed. */
export function callOf(name: string, question: Question): cedar.StatefulAuthorizationCall {
  const { key, narrowing, ageMs, now } = question;
  const attributes = { ...question.attributes, 'request.now': now.toISOString() };
  const principal = { type: 'Person', id: 'asking' };
  const resource = { type: 'Dataset', id: key.datasetId };
  const { agreementId, agreementVersion } = key;
  const asked = { agreementId, agreementVersion, ageMs };
  return {
    principal,
    action: { type: 'Action', id: key.action },
    resource,
    context: {
      asked: narrowing === null ? asked : { ...asked, narrowing },
      agreement: partOf('agreement', attributes),
      project: partOf('project', attributes),
      request: partOf('request', attributes),
    },
    entities: [
      { uid: principal, attrs: partOf('subject', attributes), parents: [] },
      { uid: resource, attrs: partOf('dataset', attributes), parents: [] },
    ],
    preparsedPolicySetId: name,
  };
}

type Values = Record<string, cedar.CedarValueJson>;

function partOf(part: string, attributes: AttributeInput): Values {
  const known = (Object.entries(attributes) as [AttributeName, unknown][]).filter(
    ([name, value]) => name.startsWith(`${part}.`) && value !== undefined && value !== null,
  );
  return Object.fromEntries(
    known.map(([name, value]) => [name.slice(part.length + 1), valueOf(ATTRIBUTES[name], value)]),
  );
}

function valueOf(type: AttributeType, value: unknown): cedar.CedarValueJson {
  if (type === 'instant') {
    return { __extn: { fn: 'datetime', arg: sortable(value) } };
  }
  if (type === 'ip') {
    return { __extn: { fn: 'ip', arg: plainText(addressOf(String(value))) } };
  }
  return value as cedar.CedarValueJson;
}

/** @throws Error for any error of Cedar's, in the call or in one policy. */
export function askCedar(call: cedar.StatefulAuthorizationCall): CedarAnswer {
  const answer = cedar.statefulIsAuthorized(call);
  if (answer.type === 'failure') {
    throw new Error(`Cedar: ${JSON.stringify(answer.errors)}`);
  }
  const { decision, diagnostics } = answer.response;
  if (diagnostics.errors.length > 0) {
    throw new Error(`Cedar: ${JSON.stringify(diagnostics.errors)}`);
  }
  return { outcome: decision, ruleIds: diagnostics.reason };
}
