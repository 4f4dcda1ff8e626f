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
    expect(dutyFor({ act, change: {} }, held, taken)).toBe(duty);
  });

  it.each<{ datasetId: string | null; held: Role[]; taken: Role | undefined; duty?: Role }>([
    { datasetId: null, held: ['platform_admin'], taken: undefined, duty: 'platform_admin' },
    { datasetId: null, held: ['ig_officer'], taken: 'platform_admin', duty: 'ig_officer' },
    { datasetId: null, held: ['platform_admin'], taken: 'platform_admin' },
    { datasetId: null, held: ['data_owner', 'dpo'], taken: undefined },
    { datasetId: 'one', held: ['data_owner'], taken: undefined, duty: 'data_owner' },
    { datasetId: 'one', held: ['dpo'], taken: 'data_owner', duty: 'dpo' },
    { datasetId: 'one', held: ['data_owner'], taken: 'data_owner' },
    { datasetId: 'one', held: ['platform_admin', 'ig_officer'], taken: undefined },
  ])(
    'guardrail_change of dataset $datasetId by $held after $taken → $duty',
    ({ datasetId, held, taken, duty }) => {
      const proposal = { act: 'guardrail_change', change: { datasetId } } as const;
      expect(dutyFor(proposal, held, taken)).toBe(duty);
    },
  );
});
