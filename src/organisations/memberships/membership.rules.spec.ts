import { refusalOf } from '../../../test/support/refusal-of.js';
import { ROLES, type Role } from '../../identity/roles.js';
import { checkCompatible, checkMembership, type MembershipTerms } from './membership.rules.js';

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
