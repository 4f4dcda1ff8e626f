import { refusalOf } from '../../../test/support/refusal-of.js';
import { ROLES, type Role } from '../../identity/roles.js';
import { isConcordatError } from '../../kernel/errors.js';
import {
  checkCompatible,
  checkMembership,
  roleTerms,
  type MembershipTerms,
} from './membership.rules.js';

describe('R1.2: who watches neither owns nor administers', () => {
  const pairs = ROLES.flatMap((one, at) => ROLES.slice(at + 1).map((other) => [one, other]));
  const clashing = ['data_owner ig_officer', 'ig_officer platform_admin'];

  it.each(pairs.map((pair) => ({ pair: pair.join(' ') })))('$pair', ({ pair }) => {
    const roles = pair.split(' ') as Role[];
    const expected = clashing.includes(pair) ? 'roles_incompatible' : 'allowed';
    for (const order of [roles, roles.toReversed()]) {
      expect(
        refusalOf(() => {
          checkCompatible(order);
        }),
      ).toBe(expected);
    }
  });
});

describe('the terms of a membership', () => {
  const base: MembershipTerms = {
    startsOn: '2026-05-01',
    endsOn: undefined,
    roles: [],
    isOperator: false,
  };

  it.each<{ name: string; terms: Partial<MembershipTerms>; result: string }>([
    { name: 'an open end', terms: { roles: ['data_owner'] }, result: 'allowed' },
    { name: 'one day', terms: { endsOn: '2026-05-01' }, result: 'allowed' },
    {
      name: 'an end before the start',
      terms: { endsOn: '2026-04-30' },
      result: 'input_invalid /endsOn',
    },
    {
      name: 'a researcher without an end',
      terms: { roles: ['researcher'] },
      result: 'input_invalid /endsOn',
    },
    {
      name: 'a researcher for five years',
      terms: { roles: ['researcher'], endsOn: '2031-05-01' },
      result: 'allowed',
    },
    {
      name: 'a researcher for five years and a day',
      terms: { roles: ['researcher'], endsOn: '2031-05-02' },
      result: 'input_invalid /endsOn',
    },
    {
      name: 'an administrator outside the operator',
      terms: { roles: ['platform_admin'] },
      result: 'input_invalid /roles',
    },
    {
      name: 'an administrator of the operator',
      terms: { roles: ['platform_admin'], isOperator: true },
      result: 'allowed',
    },
    {
      name: 'an officer and a dpo of the operator',
      terms: { roles: ['ig_officer', 'dpo'], isOperator: true },
      result: 'allowed',
    },
    ...(['data_owner', 'signatory'] as const).map((role) => ({
      name: `a ${role} of the operator, who opens no data`,
      terms: { roles: [role], isOperator: true },
      result: 'input_invalid /roles',
    })),
    {
      name: 'an officer who owns',
      terms: { roles: ['ig_officer', 'data_owner'] },
      result: 'roles_incompatible',
    },
  ])('$name → $result', ({ terms, result }) => {
    const check = (): void => {
      checkMembership({ ...base, ...terms });
    };
    expect(refusalOf(check)).toBe(result);
  });
});

describe('the days of a role', () => {
  const membership = { startsOn: '2026-05-01', endsOn: '2026-12-31' };

  it.each<
    [string, { startsOn?: string; endsOn?: string }, { startsOn: string; endsOn: string | null }]
  >([
    ['count from today', {}, { startsOn: '2026-06-15', endsOn: null }],
    ['may begin later', { startsOn: '2026-07-01' }, { startsOn: '2026-07-01', endsOn: null }],
    ['may be one', { endsOn: '2026-06-15' }, { startsOn: '2026-06-15', endsOn: '2026-06-15' }],
    [
      'may end with the membership',
      { endsOn: '2026-12-31' },
      { startsOn: '2026-06-15', endsOn: '2026-12-31' },
    ],
  ])('%s', (_what, asked, days) => {
    expect(roleTerms({ role: 'dpo', ...asked }, membership, '2026-06-15')).toEqual({
      role: 'dpo',
      ...days,
    });
  });

  it('count from the first of a membership that is to come', () => {
    const terms = roleTerms(
      { role: 'dpo' },
      { startsOn: '2026-08-01', endsOn: null },
      '2026-06-15',
    );
    expect(terms.startsOn).toBe('2026-08-01');
  });

  it.each<[string, { startsOn?: string; endsOn?: string }, readonly string[]]>([
    ['before today', { startsOn: '2026-06-14' }, ['/startsOn']],
    ['after the membership', { startsOn: '2027-01-01' }, ['/startsOn']],
    ['that end before they begin', { startsOn: '2026-07-01', endsOn: '2026-06-30' }, ['/endsOn']],
    ['that outlast the membership', { endsOn: '2027-01-01' }, ['/endsOn']],
    ['that are over', { endsOn: '2026-06-01' }, ['/endsOn']],
  ])('are none %s', (_what, asked, pointers) => {
    let named: readonly string[] = [];
    try {
      roleTerms({ role: 'dpo', ...asked }, membership, '2026-06-15');
    } catch (error) {
      named = isConcordatError(error) ? (error.fields.errors ?? []).map((one) => one.pointer) : [];
    }
    expect(named).toEqual(pointers);
  });
});
