import type { Role } from '../../identity/roles.js';
import { dutyFor, type Act } from './approval.rules.js';

describe('R3.10: the duties of the two', () => {
  it.each<{ act: Act; held: Role[]; taken: Role | undefined; duty: Role | undefined }>([
    { act: 'role_add', held: ['platform_admin'], taken: undefined, duty: 'platform_admin' },
    { act: 'role_add', held: ['platform_admin'], taken: 'platform_admin', duty: 'platform_admin' },
    { act: 'role_add', held: ['data_owner', 'dpo'], taken: undefined, duty: undefined },
    { act: 'agreement_resume', held: ['signatory'], taken: undefined, duty: 'signatory' },
    { act: 'agreement_resume', held: ['signatory'], taken: 'signatory', duty: undefined },
    { act: 'agreement_resume', held: ['ig_officer'], taken: 'signatory', duty: 'ig_officer' },
    { act: 'agreement_resume', held: ['dpo'], taken: 'signatory', duty: undefined },
    { act: 'agreement_terminate', held: ['dpo'], taken: 'signatory', duty: 'dpo' },
    { act: 'agreement_terminate', held: ['signatory', 'dpo'], taken: 'dpo', duty: 'signatory' },
    { act: 'agreement_terminate', held: ['ig_officer'], taken: undefined, duty: undefined },
    { act: 'agreement_terminate', held: [], taken: undefined, duty: undefined },
  ])('$act by $held after $taken → $duty', ({ act, held, taken, duty }) => {
    expect(dutyFor(act, held, taken)).toBe(duty);
  });
});
