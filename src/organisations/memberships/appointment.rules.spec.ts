import { refusalOf } from '../../../test/support/refusal-of.js';
import { ROLES, type Role } from '../../identity/roles.js';
import { checkAppointment } from './appointment.rules.js';

describe('who gives and takes which role', () => {
  it.each<[Role, string]>([
    ['researcher', 'allowed'],
    ['data_owner', 'allowed'],
    ['dpo', 'operation_denied'],
    ['signatory', 'operation_denied'],
    ['ig_officer', 'operation_denied'],
    ['platform_admin', 'operation_denied'],
  ])('%s by a data owner: %s', (role, answer) => {
    expect(
      refusalOf(() => {
        checkAppointment(['researcher', role], false);
      }),
    ).toBe(answer);
  });

  it('any by whoever may appoint', () => {
    expect(
      refusalOf(() => {
        checkAppointment(ROLES, true);
      }),
    ).toBe('allowed');
  });
});
