import { refusalOf } from '../../../test/support/refusal-of.js';
import {
  checkAccountable,
  checkClient,
  moveService,
  type ServiceMove,
  type ServiceStatus,
} from './service-account.rules.js';

const OIDC = { issuer: 'https://id.example', clientId: 'concordat' };

describe('a service account', () => {
  it.each<[ServiceStatus, ServiceMove, string]>([
    ['active', 'enable', 'transition_not_allowed'],
    ['active', 'disable', 'disabled'],
    ['active', 'end', 'ended'],
    ['disabled', 'enable', 'active'],
    ['disabled', 'disable', 'transition_not_allowed'],
    ['disabled', 'end', 'ended'],
    ['ended', 'enable', 'transition_not_allowed'],
    ['ended', 'disable', 'transition_not_allowed'],
    ['ended', 'end', 'transition_not_allowed'],
  ])('%s + %s → %s', (from, move, to) => {
    let moved: string | undefined;
    const refusal = refusalOf(() => {
      moved = moveService(from, move);
    });
    expect(moved ?? refusal).toBe(to);
  });

  it.each<[string, string, string]>([
    ['https://id.example', 'a-program', 'allowed'],
    ['https://id.example/', 'a-program', 'input_invalid /issuer'],
    ['https://other.example', 'concordat', 'input_invalid /issuer /clientId'],
    ['https://id.example', 'concordat', 'input_invalid /clientId'],
    ['https://id.example', 'concordat-person', 'input_invalid /clientId'],
  ])('of %s, %s: %s', (issuer, clientId, answer) => {
    expect(
      refusalOf(() => {
        checkClient({ issuer, clientId }, OIDC);
      }),
    ).toBe(answer);
  });

  it.each<[readonly string[], string]>([
    [['data_owner', 'researcher', 'dpo'], 'allowed'],
    [['data_owner'], 'input_invalid /accountablePersonId'],
    [['signatory'], 'input_invalid /accountablePersonId'],
    [[], 'input_invalid /accountablePersonId'],
  ])('that owns and researches is answered for by whoever holds %j: %s', (held, answer) => {
    expect(
      refusalOf(() => {
        checkAccountable(['data_owner', 'researcher'], held);
      }),
    ).toBe(answer);
  });
});
