import * as cedar from '@cedar-policy/cedar-wasm/nodejs';
import type { AttributeInput, AttributeName } from '../../src/policy/attributes.js';
import { ATTRIBUTES } from '../../src/policy/attributes.js';
import type { Condition, Leaf } from '../../src/policy/condition.js';
import { parseCidr, plainAddress } from '../../src/policy/engine/address.js';
import type { PolicyRule } from '../../src/policy/policy.types.js';

/**
 * The rules in Cedar. It skips a policy that errors, even a forbid, so every attribute is guarded with `has`: through T
 * (surely true) and F (surely false), which stand for Kleene's logic (policy section 9).
 */
export function cedarPolicies(rules: readonly PolicyRule[], narrowing: Condition | null): string {
  return rules
    .map((rule) => {
      if (rule.effect === 'deny') {
        return `forbid (principal, action, resource) when { !(${surely(rule.condition, false)}) };`;
      }
      const parts = [
        `(context has "subject.organisationId" && ${listOf(rule.recipients)}.contains(context["subject.organisationId"]))`,
        surely(rule.condition, true),
        ...(narrowing === null ? [] : [surely(narrowing, true)]),
      ];
      return `permit (principal, action, resource) when { ${parts.join(' && ')} };`;
    })
    .join('\n');
}

function surely(condition: Condition, wanted: boolean): string {
  if (condition.op === 'not') {
    return surely(condition.of, !wanted);
  }
  if (!('path' in condition)) {
    const joint = (condition.op === 'all') === wanted ? ' && ' : ' || ';
    return `(${condition.of.map((child) => surely(child, wanted)).join(joint)})`;
  }
  const test = leafText(condition);
  return `(context has "${condition.path}" && ${wanted ? test : `!(${test})`})`;
}

function leafText(leaf: Leaf): string {
  const value = `context["${leaf.path}"]`;
  switch (leaf.op) {
    case 'eq':
      return `${value} == ${literal(leaf.value)}`;
    case 'ne':
      return `${value} != ${literal(leaf.value)}`;
    case 'in':
      return `${listOf(leaf.value)}.contains(${value})`;
    case 'notIn':
      return `!(${listOf(leaf.value)}.contains(${value}))`;
    case 'contains':
      return `${value}.contains(${literal(leaf.value)})`;
    case 'gte':
      return `${value} >= ${literal(leaf.value)}`;
    case 'lte':
      return `${value} <= ${literal(leaf.value)}`;
    case 'before':
      return `${value} < ${String(Date.parse(leaf.value))}`;
    case 'after':
      return `${value} >= ${String(Date.parse(leaf.value))}`;
    case 'within':
      return `(${leaf.value.map((range) => `${value}.isInRange(ip("${rangeOf(range)}"))`).join(' || ')})`;
  }
}

function rangeOf(text: string): string {
  const cidr = parseCidr(text);
  return `${cidr?.address ?? ''}/${String(cidr?.bits)}`;
}

function literal(value: string | number | boolean): string {
  return JSON.stringify(value);
}

function listOf(values: readonly (string | number)[]): string {
  return `[${values.map(literal).join(', ')}]`;
}

/** What is known of a request, as Cedar takes it: instants are milliseconds, addresses its own type. */
export function cedarContext(request: AttributeInput): cedar.Context {
  const known = Object.entries(request).filter(
    ([, value]) => value !== undefined && value !== null,
  );
  return Object.fromEntries(
    known.map(([name, value]) => {
      const type = ATTRIBUTES[name as AttributeName];
      if (type === 'instant') {
        return [name, Date.parse(String(value))];
      }
      return type === 'ip'
        ? [name, { __extn: { fn: 'ip', arg: plainAddress(String(value)).address } }]
        : [name, value as cedar.CedarValueJson];
    }),
  );
}

const SOMEBODY = { type: 'Person', id: 'p' };
const CALL = {
  principal: SOMEBODY,
  action: { type: 'Action', id: 'read' },
  entities: [],
};

/** Parses the policies once, under a name. @throws Error for a text that is none. */
export function prepareCedar(name: string, policies: string): void {
  const answer = cedar.preparsePolicySet(name, { staticPolicies: policies });
  if (answer.type !== 'success') {
    throw new Error(`Cedar does not parse: ${JSON.stringify(answer)}\n${policies}`);
  }
}

/** @throws Error when any policy errors: Cedar would decide without it. */
export function cedarAllows(name: string, context: cedar.Context, datasetId = 'd'): boolean {
  const resource = { type: 'Dataset', id: datasetId };
  const call = { ...CALL, resource, context, preparsedPolicySetId: name };
  const answer = cedar.statefulIsAuthorized(call);
  if (answer.type !== 'success' || answer.response.diagnostics.errors.length > 0) {
    throw new Error(`Cedar errs: ${JSON.stringify(answer)}`);
  }
  return answer.response.decision === 'allow';
}
