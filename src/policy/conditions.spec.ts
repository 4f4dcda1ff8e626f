import fc from 'fast-check';
import { isConcordatError } from '../kernel/errors.js';
import { freezeAttributes, isInstant, type AttributeInput } from './attributes.js';
import { CONDITION_LIMITS, type Condition } from './condition.js';
import { compileCondition, conditionHash, type Truth } from './engine/compile-condition.js';
import { blame, evaluateCondition } from './engine/evaluate-condition.js';
import { casbinRequest } from './engine/request.js';
import { parseCondition } from './parse-condition.js';

const leaf: Condition = { op: 'eq', path: 'project.status', value: 'active' };
const nested = (depth: number): object =>
  depth === 0 ? leaf : { op: 'not', of: nested(depth - 1) };
const pointer = (input: unknown): string | undefined => {
  try {
    parseCondition(input);
    return undefined;
  } catch (error) {
    return isConcordatError(error, 'condition_invalid')
      ? error.fields.errors?.[0]?.pointer
      : String(error);
  }
};

// Both evaluators must say the same of every case here.
function truthOf(condition: unknown, attributes: AttributeInput): Truth {
  const parsed = parseCondition(condition);
  const checked = freezeAttributes(attributes);
  const compiled = compileCondition(parsed)(casbinRequest(checked));
  expect(evaluateCondition(parsed, checked)).toBe(compiled);
  return compiled;
}

describe('a condition', () => {
  it.each([
    ['an unknown attribute (R4.1)', { op: 'eq', path: 'subject.shoeSize', value: 1 }, '/path'],
    ['an inherited name', { op: 'eq', path: 'constructor', value: 1 }, '/path'],
    ['an unknown operator', { op: 'matches', path: 'project.status', value: 'a' }, '/op'],
    ['an inherited operator', { op: 'toString', path: 'project.status', value: 'a' }, '/op'],
    ['an operator of another type', { op: 'gte', path: 'project.status', value: 1 }, '/op'],
    ['a comparison of a whole set', { op: 'eq', path: 'subject.roles', value: 'dpo' }, '/op'],
    ['a wrong literal', { op: 'eq', path: 'subject.authLevel', value: '2' }, '/value'],
    ['a fraction', { op: 'gte', path: 'subject.authLevel', value: 1.5 }, '/value'],
    ['no literal', { op: 'eq', path: 'subject.authLevel' }, '/value'],
    ['a day for an instant', { op: 'before', path: 'request.now', value: '2027-01-01' }, '/value'],
    ['30 February', { op: 'before', path: 'request.now', value: '2026-02-30T00:00:00Z' }, '/value'],
    [
      'an offset',
      { op: 'after', path: 'request.now', value: '2026-02-03T00:00:00+01:00' },
      '/value',
    ],
    ['a prefix too long', { op: 'within', path: 'request.ip', value: ['10.0.0.0/99'] }, '/value/0'],
    ['an octal address', { op: 'within', path: 'request.ip', value: ['010.0.0.0/8'] }, '/value/0'],
    ['an address without prefix', { op: 'within', path: 'request.ip', value: ['::1'] }, '/value/0'],
    [
      'a range over two families',
      { op: 'within', path: 'request.ip', value: ['::ffff:0:0/90'] },
      '/value/0',
    ],
    ['33 ranges', { op: 'within', path: 'request.ip', value: Array(33).fill('::/0') }, '/value'],
    ['an empty list', { op: 'in', path: 'project.status', value: [] }, '/value'],
    ['257 values', { op: 'in', path: 'subject.authLevel', value: Array(257).fill(1) }, '/value'],
    ['a string of 257', { op: 'eq', path: 'project.status', value: 'a'.repeat(257) }, '/value'],
    ['an empty group', { op: 'all', of: [] }, '/of'],
    ['a group of 33', { op: 'any', of: Array(33).fill(leaf) }, '/of'],
    ['one condition for a group', { op: 'all', of: leaf }, '/of'],
    ['a list under not', { op: 'not', of: [leaf] }, '/of'],
    ['an extra member', { op: 'not', of: leaf, eval: 'x' }, '/eval'],
    ['an extra member to escape', { ...leaf, 'a/b~c': 1 }, '/a~1b~0c'],
    ['a prototype', JSON.parse('{"op":"not","of":{},"__proto__":{}}'), '/__proto__'],
    ['a clause that is no pointer', { ...leaf, clause: 'terms' }, '/clause'],
    ['a clause with a bare tilde', { ...leaf, clause: '/a~b' }, '/clause'],
    ['too deep a tree', nested(6), '/of/of/of/of/of/of'],
    ['65 nodes', { op: 'all', of: Array(32).fill({ op: 'not', of: leaf }) }, '/of/31/of'],
    ['text', 'true) || (true', ''],
    ['a list', [leaf], ''],
    ['nothing', undefined, ''],
  ])('is refused with a pointer: %s', (_name, input, expected) => {
    expect(pointer(input)).toBe(expected);
  });

  it('is refused over 8 KiB', () => {
    const value = Array.from({ length: 40 }, (_item, at) => `${'a'.repeat(250)}${String(at)}`);
    expect(pointer({ op: 'in', path: 'request.purpose', value })).toBe('');
    expect(CONDITION_LIMITS.bytes).toBe(8192);
  });

  it('is a frozen copy: what was checked is what decides', () => {
    const input = { op: 'all', of: [{ ...leaf }] };
    const parsed = parseCondition(input);
    input.of[0] = { ...leaf, value: 'closed' };
    expect(parsed).toEqual({ op: 'all', of: [leaf] });
    expect(Object.isFrozen(parsed) && parsed.op === 'all' && Object.isFrozen(parsed.of[0])).toBe(
      true,
    );
  });

  it('is named by its canonical text, whatever the order of members', () => {
    const reordered = { value: 'active', path: 'project.status', op: 'eq' } as const;
    expect(conditionHash(reordered)).toBe(conditionHash(leaf));
    expect(conditionHash(leaf)).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('an operator', () => {
  const uuid = '01990000-0000-7000-8000-000000000001';
  it.each([
    ['eq', 'project.status', 'active', 'active', true],
    ['eq', 'project.ethicsApproved', true, false, false],
    ['eq', 'subject.authLevel', 0, -0, true],
    ['ne', 'dataset.id', uuid, uuid, false],
    ['in', 'request.country', ['GB', 'IE'], 'IE', true],
    ['notIn', 'request.country', ['GB', 'IE'], 'IE', false],
    ['contains', 'subject.roles', 'dpo', ['dpo', 'signatory'], true],
    ['contains', 'subject.roles', 'dpo', [], false],
    ['gte', 'subject.authLevel', 2, 2, true],
    ['gte', 'subject.authLevel', 2, 1, false],
    ['lte', 'subject.authLevel', 1, 1, true],
    ['lte', 'subject.authLevel', 1, 2, false],
    ['before', 'request.now', '2027-01-01T00:00:00Z', '2026-12-31T23:59:59.999Z', true],
    ['before', 'request.now', '2027-01-01T00:00:00Z', '2027-01-01T00:00:00.000Z', false],
    ['after', 'request.now', '2027-01-01T00:00:00Z', '2027-01-01T00:00:00Z', true],
    ['within', 'request.ip', ['10.0.0.0/8'], '10.1.2.3', true],
    ['within', 'request.ip', ['10.0.0.0/8'], '::ffff:10.1.2.3', true],
    ['within', 'request.ip', ['::ffff:10.0.0.0/104'], '10.1.2.3', true],
    ['within', 'request.ip', ['10.0.0.0/8'], '::1', false],
    ['within', 'request.ip', ['10.0.0.0/8'], '::10.1.2.3', false],
    ['within', 'request.ip', ['::10.1.2.0/120'], '::a01:203', true],
    ['within', 'request.ip', ['::10.1.2.0/120'], '10.1.2.3', false],
    ['within', 'request.ip', ['::/0'], '10.1.2.3', false],
    ['within', 'request.ip', ['0.0.0.0/0'], '2001:db8::1', false],
    ['within', 'request.ip', ['2001:db8::/32'], '2001:db8:1::1', true],
  ])('%s on %s: %j given %j is %p', (op, path, value, actual, expected) => {
    expect(truthOf({ op, path, value }, { [path]: actual })).toBe(expected);
    expect(truthOf({ op, path, value }, {})).toBeUndefined();
  });
});

describe('Kleene logic', () => {
  const truths = { T: 'active', F: 'closed', U: undefined };
  const paths = { a: 'project.status', b: 'agreement.status' } as const;
  const both = (op: string): object => ({
    op,
    of: [paths.a, paths.b].map((path) => ({ op: 'eq', path, value: 'active' })),
  });
  it.each([
    ['T', 'T', true, true],
    ['T', 'F', false, true],
    ['T', 'U', undefined, true],
    ['F', 'F', false, false],
    ['F', 'U', false, undefined],
    ['U', 'U', undefined, undefined],
  ] as const)('%s with %s is %p under all, %p under any', (a, b, all, any) => {
    for (const [x, y] of [
      [a, b],
      [b, a],
    ] as const) {
      const attributes = { [paths.a]: truths[x], [paths.b]: truths[y] };
      expect(truthOf(both('all'), attributes)).toBe(all);
      expect(truthOf(both('any'), attributes)).toBe(any);
    }
  });

  it('leaves the unknown unknown under not', () => {
    expect(truthOf({ op: 'not', of: leaf }, {})).toBeUndefined();
    expect(truthOf({ op: 'not', of: leaf }, { 'project.status': 'closed' })).toBe(true);
  });
});

describe('attributes', () => {
  it.each<[string, Record<string, unknown>]>([
    ['an unknown name', { 'subject.shoeSize': 1 }],
    ['an inherited name', { toString: 'x' }],
    ['text for an integer', { 'subject.authLevel': '1' }],
    ['a code for a set', { 'subject.roles': 'dpo' }],
    ['a day for an instant', { 'request.until': '2026-01-01' }],
    ['an address with a port', { 'request.ip': '10.0.0.1:80' }],
    ['a lone surrogate', { 'request.purpose': '\ud800' }],
    ['a name for an id', { 'dataset.id': '*' }],
  ])('refuse %s', (_name, values) => {
    expect(() => freezeAttributes(values)).toThrow(TypeError);
  });

  it('inherit nothing, cannot change, and leave out what is unknown', () => {
    const attributes = freezeAttributes({ 'subject.roles': ['b', 'a'], 'request.ip': null });
    expect(Object.getPrototypeOf(attributes)).toBeNull();
    expect(Object.isFrozen(attributes) && Object.isFrozen(attributes['subject.roles'])).toBe(true);
    expect({ ...attributes }).toEqual({ 'subject.roles': ['a', 'b'] });
  });

  it('reach Casbin as sub, obj and env', () => {
    const attributes = freezeAttributes({
      'subject.authLevel': 2,
      'agreement.status': 'active',
      'project.status': 'active',
    });
    const { sub, obj, env } = casbinRequest(attributes);
    expect({ ...sub }).toEqual({ 'subject.authLevel': 2 });
    expect({ ...obj }).toEqual({ 'agreement.status': 'active', id: undefined });
    expect({ ...env }).toEqual({ 'project.status': 'active' });
  });

  it('take every instant that exists and no other', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date(0), max: new Date('9999-12-31'), noInvalidDate: true }),
        (at) => {
          expect(isInstant(at.toISOString())).toBe(true);
          expect(isInstant(at.toISOString().replace('Z', ''))).toBe(false);
        },
      ),
    );
    expect(['2026-02-30T00:00:00Z', '2026-01-01T24:00:00Z'].some(isInstant)).toBe(false);
  });
});

describe('the leaves to blame', () => {
  const values = freezeAttributes({ 'project.status': 'closed', 'subject.authLevel': 1 });
  const strong: Condition = { op: 'gte', path: 'subject.authLevel', value: 2, clause: '/minAuth' };
  const paths = (condition: Condition, wanted: boolean): string[] =>
    blame(condition, values, wanted).map(({ path }) => path);

  it('are each that failed under all, and all under any', () => {
    expect(paths({ op: 'all', of: [leaf, strong] }, true)).toEqual([
      'project.status',
      'subject.authLevel',
    ]);
    expect(paths({ op: 'any', of: [leaf, strong] }, true)).toEqual([
      'project.status',
      'subject.authLevel',
    ]);
    expect(paths({ op: 'any', of: [leaf, { op: 'not', of: strong }] }, true)).toEqual([]);
  });

  it('turn under not, and keep operator, expected and actual values, and clause', () => {
    expect(
      blame({ op: 'not', of: strong }, freezeAttributes({ 'subject.authLevel': 3 }), true),
    ).toEqual([
      {
        path: 'subject.authLevel',
        op: 'gte',
        wanted: false,
        expected: 2,
        actual: 3,
        clause: '/minAuth',
      },
    ]);
  });

  it('include what is unknown, for a deny as for an allow (R4.2)', () => {
    const unknown = freezeAttributes({});
    expect(blame(leaf, unknown, true)[0]?.actual).toBeNull();
    expect(blame(leaf, unknown, false)[0]?.actual).toBeNull();
  });
});
