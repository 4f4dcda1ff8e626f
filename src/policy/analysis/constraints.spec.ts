import type { Condition } from '../condition.js';
import { gained } from './findings.js';
import type { Constraint } from './constraints.js';

const ONE = '01890000-0000-7000-8000-000000000001';

/** What is gained by allowing what was not: the first region. */
function shown(allow: Condition): Constraint | undefined {
  return gained({ allow: null, denies: [] }, { allow, denies: [] }, 1)[0]?.region[0];
}

describe('a region in words', () => {
  it.each<[string, Condition, object]>([
    [
      'what is at least 2 has no upper end',
      { op: 'gte', path: 'subject.authLevel', value: 2 },
      { ranges: [{ from: 2, to: null }] },
    ],
    [
      'what is at most 2 has no lower end',
      { op: 'lte', path: 'subject.authLevel', value: 2 },
      { ranges: [{ from: null, to: 2 }] },
    ],
    [
      'all but one number are two ranges',
      { op: 'ne', path: 'subject.authLevel', value: 2 },
      {
        ranges: [
          { from: null, to: 1 },
          { from: 3, to: null },
        ],
      },
    ],
    [
      'before an instant is until the millisecond before it',
      { op: 'before', path: 'request.now', value: '2028-11-27T00:00:00.000Z' },
      { ranges: [{ from: null, to: '2028-11-26T23:59:59.999Z' }] },
    ],
    [
      'a range of addresses is its first and last',
      { op: 'within', path: 'request.ip', value: ['10.0.0.0/8'] },
      { ranges: [{ from: '10.0.0.0', to: '10.255.255.255' }] },
    ],
    [
      'a whole family of addresses names its first',
      { op: 'within', path: 'request.ip', value: ['::/0'] },
      { ranges: [{ from: '::', to: null }] },
    ],
    [
      'what is outside a range is both its sides, and the other family',
      { op: 'not', of: { op: 'within', path: 'request.ip', value: ['10.0.0.0/8'] } },
      {
        ranges: [
          { from: '0.0.0.0', to: '9.255.255.255' },
          { from: '11.0.0.0', to: null },
          { from: '::', to: null },
        ],
      },
    ],
    [
      'codes that are named remain alone',
      { op: 'in', path: 'request.delivery', value: ['stream', 'sts'] },
      { among: ['stream', 'sts'] },
    ],
    [
      'codes that are not named remain, however they are called',
      { op: 'notIn', path: 'request.delivery', value: ['sts'] },
      { notAmong: ['sts'] },
    ],
    ['so do ids', { op: 'ne', path: 'subject.organisationId', value: ONE }, { notAmong: [ONE] }],
    ['yes is not no', { op: 'eq', path: 'request.dpop', value: true }, { among: [true] }],
    [
      'a set has what it must have',
      { op: 'contains', path: 'subject.accreditations', value: 'dea_full' },
      { contains: ['dea_full'], lacks: [] },
    ],
  ])('%s', (_, condition, expected) => {
    expect(shown(condition)).toEqual({
      path: expect.any(String) as unknown,
      mayBeUnknown: false,
      ...expected,
    });
  });
});
