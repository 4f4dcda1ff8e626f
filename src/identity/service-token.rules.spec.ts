import type { BearerIdentity } from './bearer-token.js';
import { OPERATIONS } from './operations.js';
import { isOfClientItself, programIdentity, SERVICE_SCOPES } from './service-token.rules.js';
import { TOKEN_SCOPES } from './tokens/personal-token.rules.js';

const bearer = (changes: Partial<BearerIdentity> = {}): BearerIdentity => ({
  issuer: 'https://id.example',
  subject: 'a-program',
  clientId: 'a-program',
  expiresAt: new Date('2026-05-01T09:00:00Z'),
  acr: null,
  amr: [],
  authenticatedAt: null,
  jkt: undefined,
  ...changes,
});

describe('a token that a client got for itself', () => {
  it('is told by its subject, and counts as two factors', () => {
    expect(isOfClientItself(bearer())).toBe(true);
    expect(programIdentity(bearer())).toMatchObject({ clientId: 'a-program', authLevel: 2 });
  });

  it.each<[string, Partial<BearerIdentity>]>([
    ['with a level', { acr: 'urn:concordat:acr:mfa' }],
    ['with the time of a sign-in', { authenticatedAt: new Date('2026-05-01T08:59:00Z') }],
  ])('stands for nobody %s: a person may have chosen that subject', (_, changes) => {
    expect(programIdentity(bearer(changes))).toBeUndefined();
  });

  it('is not a person’s through that client', () => {
    expect(isOfClientItself(bearer({ subject: 'somebody' }))).toBe(false);
  });
});

describe('what programs do', () => {
  it('is listed: an operation that is new is not theirs', () => {
    expect(OPERATIONS.filter((operation) => SERVICE_SCOPES.includes(operation))).toEqual([
      'organisation:read',
      'store:read',
      'store:probe',
      'store:rotate',
      'dataset:register',
      'dataset:read',
      'dataset:update',
      'dataset:publish',
      'dataset:seal',
      'dataset:freeze',
      'grant:issue',
      'grant:read',
      'grant:refresh',
      'grant:revoke',
    ]);
  });

  it('is less than a personal token may', () => {
    expect(SERVICE_SCOPES.filter((scope) => !TOKEN_SCOPES.includes(scope))).toEqual([]);
  });
});
