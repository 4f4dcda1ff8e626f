import { ConcordatError } from '../kernel/errors.js';
import { isUuid } from '../kernel/ids.js';
import { ATTRIBUTES, isAttributeName, isInstant, type AttributeType } from './attributes.js';
import { CONDITION_LIMITS as LIMITS, type Condition } from './condition.js';
import { parseCidr } from './engine/address.js';

const CODE = /^[\x21-\x7e]{1,256}$/;
// RFC 6901: in a token, ~ stands only before 0 or 1.
const CLAUSE = /^(\/([\x20-\x2e\x30-\x7d]|~[01])*)*$/;

const OPERATORS: Readonly<Record<string, readonly AttributeType[]>> = {
  eq: ['code', 'uuid', 'integer', 'boolean'],
  ne: ['code', 'uuid', 'integer', 'boolean'],
  in: ['code', 'uuid', 'integer'],
  notIn: ['code', 'uuid', 'integer'],
  contains: ['set'],
  gte: ['integer'],
  lte: ['integer'],
  before: ['instant'],
  after: ['instant'],
  within: ['ip'],
};

/**
 * Checks untrusted JSON against the whole grammar of conditions and its limits.
 * @returns a frozen copy: what was checked is what decides.
 * @throws ConcordatError `condition_invalid` (422) with a JSON Pointer to the faulty part.
 */
export function parseCondition(input: unknown, at = ''): Condition {
  // In a list, because undefined alone has no text.
  if (Buffer.byteLength(JSON.stringify([input])) - '[]'.length > LIMITS.bytes) {
    refuse(at, `is over ${String(LIMITS.bytes)} bytes`);
  }
  const budget = { nodes: 0 };
  checkNode(input, at, 1, budget);
  return freezeDeep(structuredClone(input)) as Condition;
}

function checkNode(input: unknown, at: string, depth: number, budget: { nodes: number }): void {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    refuse(at, 'must be a condition object');
  }
  budget.nodes += 1;
  if (depth > LIMITS.depth) {
    refuse(at, `is nested deeper than ${String(LIMITS.depth)}`);
  }
  if (budget.nodes > LIMITS.nodes) {
    refuse(at, `makes more than ${String(LIMITS.nodes)} conditions`);
  }
  const node = input as Record<string, unknown>;
  const { op, of } = node;
  if (op === 'not') {
    checkMembers(node, ['op', 'of'], at);
    checkNode(of, `${at}/of`, depth + 1, budget);
  } else if (op === 'all' || op === 'any') {
    checkMembers(node, ['op', 'of'], at);
    if (!Array.isArray(of) || of.length < 1 || of.length > LIMITS.children) {
      refuse(`${at}/of`, `must list 1 to ${String(LIMITS.children)} conditions`);
    }
    (of as unknown[]).forEach((child, index) => {
      checkNode(child, `${at}/of/${String(index)}`, depth + 1, budget);
    });
  } else {
    checkLeaf(node, at);
  }
}

function checkLeaf(node: Record<string, unknown>, at: string): void {
  checkMembers(node, ['op', 'path', 'value', 'clause'], at);
  const { op, path, value, clause } = node;
  const types = typeof op === 'string' && Object.hasOwn(OPERATORS, op) ? OPERATORS[op] : undefined;
  if (!types) {
    refuse(`${at}/op`, 'is no operator');
  }
  if (!isAttributeName(path)) {
    refuse(`${at}/path`, 'is no attribute');
  }
  const type = ATTRIBUTES[path];
  if (!types.includes(type)) {
    refuse(`${at}/op`, `does not apply to ${path}`);
  }
  if (
    clause !== undefined &&
    (typeof clause !== 'string' || clause.length > 256 || !CLAUSE.test(clause))
  ) {
    refuse(`${at}/clause`, 'must be a JSON Pointer');
  }
  checkValue(op as string, type, value, `${at}/value`);
}

function checkValue(op: string, type: AttributeType, value: unknown, at: string): void {
  if (op !== 'in' && op !== 'notIn' && op !== 'within') {
    checkLiteral(type === 'set' ? 'code' : type, value, at);
    return;
  }
  const most = op === 'within' ? LIMITS.cidrs : LIMITS.listLength;
  if (!Array.isArray(value) || value.length < 1 || value.length > most) {
    refuse(at, `must list 1 to ${String(most)} values`);
  }
  (value as unknown[]).forEach((item, index) => {
    checkLiteral(type, item, `${at}/${String(index)}`);
  });
}

function checkLiteral(type: AttributeType, value: unknown, at: string): void {
  const isText = typeof value === 'string' && value.length <= LIMITS.stringLength;
  const fits = {
    code: () => isText && CODE.test(value),
    set: () => isText && CODE.test(value),
    uuid: () => isText && isUuid(value),
    integer: () => Number.isSafeInteger(value),
    boolean: () => typeof value === 'boolean',
    instant: () => isText && isInstant(value),
    ip: () => isText && parseCidr(value) !== undefined,
  }[type];
  if (!fits()) {
    refuse(at, type === 'ip' ? 'must be a CIDR range' : `must be of type ${type}`);
  }
}

function checkMembers(node: Record<string, unknown>, known: readonly string[], at: string): void {
  const unknown = Object.keys(node).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    refuse(`${at}/${unknown.replaceAll('~', '~0').replaceAll('/', '~1')}`, 'is no member');
  }
}

function freezeDeep(value: unknown): unknown {
  if (typeof value === 'object' && value !== null) {
    Object.values(value).forEach(freezeDeep);
    Object.freeze(value);
  }
  return value;
}

function refuse(pointer: string, reason: string): never {
  throw new ConcordatError('condition_invalid', { errors: [{ pointer, reason }] });
}
