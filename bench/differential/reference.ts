import { isIPv4, isIPv6 } from 'node:net';
import type { AttributeInput } from '../../src/policy/attributes.js';
import type { Condition, Leaf } from '../../src/policy/condition.js';
import type { PolicyRule } from '../../src/policy/policy.types.js';

/** Policy section 3 once more, written for nothing but to be plain: no code of the engine's. */
export function referenceAllows(
  rules: readonly PolicyRule[],
  narrowing: Condition | null,
  request: AttributeInput,
): boolean {
  const allow = rules.find((rule) => rule.effect === 'allow');
  if (allow === undefined) {
    return false;
  }
  const organisation = request['subject.organisationId'];
  if (typeof organisation !== 'string' || !allow.recipients.includes(organisation)) {
    return false;
  }
  if (truth(allow.condition, request) !== 'yes') {
    return false;
  }
  if (narrowing !== null && truth(narrowing, request) !== 'yes') {
    return false;
  }
  for (const rule of rules) {
    if (rule.effect === 'deny' && truth(rule.condition, request) !== 'no') {
      return false;
    }
  }
  return true;
}

type Answer = 'yes' | 'no' | 'unknown';

function truth(condition: Condition, request: AttributeInput): Answer {
  if (condition.op === 'not') {
    const inner = truth(condition.of, request);
    return inner === 'unknown' ? 'unknown' : inner === 'yes' ? 'no' : 'yes';
  }
  if (!('path' in condition)) {
    const answers = condition.of.map((child) => truth(child, request));
    const decisive = condition.op === 'all' ? 'no' : 'yes';
    if (answers.includes(decisive)) {
      return decisive;
    }
    return answers.includes('unknown') ? 'unknown' : condition.op === 'all' ? 'yes' : 'no';
  }
  const value = request[condition.path];
  if (value === undefined || value === null) {
    return 'unknown';
  }
  return compare(condition, value) ? 'yes' : 'no';
}

function compare(leaf: Leaf, value: unknown): boolean {
  switch (leaf.op) {
    case 'eq':
      return value === leaf.value;
    case 'ne':
      return value !== leaf.value;
    case 'in':
      return leaf.value.some((one) => one === value);
    case 'notIn':
      return !leaf.value.some((one) => one === value);
    case 'contains':
      return (value as string[]).includes(leaf.value);
    case 'gte':
      return (value as number) >= leaf.value;
    case 'lte':
      return (value as number) <= leaf.value;
    case 'before':
      return Date.parse(String(value)) < Date.parse(leaf.value);
    case 'after':
      return Date.parse(String(value)) >= Date.parse(leaf.value);
    case 'within':
      return leaf.value.some((range) => isWithin(String(value), range));
  }
}

const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

function isWithin(address: string, range: string): boolean {
  const [network = '', length = ''] = range.split('/');
  let bits = Number(length);
  const mapped = MAPPED.exec(network)?.[1];
  if (mapped !== undefined) {
    bits -= 96;
  }
  const one = bitsOf(MAPPED.exec(address)?.[1] ?? address);
  const other = bitsOf(mapped ?? network);
  return one.length === other.length && one.slice(0, bits) === other.slice(0, bits);
}

function bitsOf(address: string): string {
  if (isIPv4(address)) {
    return address
      .split('.')
      .map((part) => Number(part).toString(2).padStart(8, '0'))
      .join('');
  }
  if (!isIPv6(address)) {
    throw new Error(`No address: ${address}`);
  }
  const [head = '', tail = ''] = address.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === '' ? [] : tail.split(':');
  const middle = Array<string>(8 - left.length - right.length).fill('0');
  return [...left, ...middle, ...right]
    .map((part) => Number.parseInt(part, 16).toString(2).padStart(16, '0'))
    .join('');
}
