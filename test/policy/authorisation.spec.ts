import { Authorisation } from '../../src/identity/authorisation.service.js';
import type { Operation } from '../../src/identity/operations.js';
import type { LiveMembership, Principal } from '../../src/identity/principal.js';
import type { Role } from '../../src/identity/roles.js';
import type { ConcordatError } from '../../src/kernel/errors.js';
import { CasbinOperationDecision } from '../../src/policy/engine/operation-decision.casbin.js';
import { policiesFolder, readModel, readRoles } from '../../src/policy/storage/policy-files.js';

const OPERATOR = 'operator';
const COUNCIL = 'council';
const ELSEWHERE = 'elsewhere';
const ME = 'me';

describe('who may do what to which resource, by the roles of policies/roles.csv', () => {
  let authorisation: Authorisation;

  beforeAll(async () => {
    const folder = policiesFolder();
    authorisation = new Authorisation(
      await CasbinOperationDecision.load(readModel(folder), readRoles(folder)),
    );
  });

  const may = (
    held: Readonly<Record<string, readonly Role[]>>,
    operation: Operation,
    resource: { organisationIds: readonly string[]; personId?: string },
  ): boolean => authorisation.allows(principal(held), operation, resource);
  const council = { organisationIds: [COUNCIL] };

  it.each<readonly [string, Readonly<Record<string, readonly Role[]>>, Operation, boolean]>([
    ['a data owner in their organisation', { [COUNCIL]: ['data_owner'] }, 'store:suspend', true],
    [
      'a data owner of another organisation',
      { [ELSEWHERE]: ['data_owner'] },
      'store:suspend',
      false,
    ],
    [
      'an operator’s officer on an agreement anywhere',
      { [OPERATOR]: ['ig_officer'] },
      'agreement:suspend',
      true,
    ],
    [
      'an operator’s officer on a store of a tenant',
      { [OPERATOR]: ['ig_officer'] },
      'store:suspend',
      false,
    ],
    [
      'an operator’s officer as the second person of a tenant’s act',
      { [OPERATOR]: ['ig_officer'] },
      'approval:approve',
      true,
    ],
    [
      'an officer of another tenant as the second person',
      { [ELSEWHERE]: ['ig_officer'] },
      'approval:approve',
      false,
    ],
  ])('R1.1: %s', (_, held, operation, isAllowed) => {
    expect(may(held, operation, council)).toBe(isAllowed);
  });

  it.each<readonly [Role, Operation]>([
    ['ig_officer', 'store:read'],
    ['ig_officer', 'store:suspend'],
    ['ig_officer', 'dataset:freeze'],
    ['dpo', 'store:read'],
    ['dpo', 'access_request:read'],
    ['data_owner', 'dataset:withdraw'],
  ])(
    'R1.1: a membership elsewhere does not carry the operator’s %s to %s there',
    (role, operation) => {
      const both = { [OPERATOR]: [role], [COUNCIL]: ['researcher'] } as const;
      expect(may(both, operation, council)).toBe(may({ [OPERATOR]: [role] }, operation, council));
      expect(may(both, operation, council)).toBe(false);
    },
  );

  it('tells a stranger that nothing is there, and a member that the role is missing', () => {
    const codeFor = (held: Readonly<Record<string, readonly Role[]>>): string => {
      try {
        authorisation.require(principal(held), 'store:suspend', council);
      } catch (error) {
        return (error as ConcordatError).code;
      }
      return 'none';
    };
    expect(codeFor({ [ELSEWHERE]: ['data_owner'] })).toBe('not_found');
    expect(codeFor({ [COUNCIL]: ['researcher'] })).toBe('operation_denied');
    expect(codeFor({ [COUNCIL]: ['data_owner'] })).toBe('none');
  });

  it('lets a researcher use their own grant and nobody else’s', () => {
    const held = { [COUNCIL]: ['researcher'] } as const;
    expect(may(held, 'grant:read', { ...council, personId: ME })).toBe(true);
    expect(may(held, 'grant:read', { ...council, personId: 'another' })).toBe(false);
  });
});

function principal(held: Readonly<Record<string, readonly Role[]>>): Principal {
  const memberships = Object.entries(held).map(([organisationId, roles]): LiveMembership => ({
    membershipId: organisationId,
    organisationId,
    organisationName: organisationId,
    isOperator: organisationId === OPERATOR,
    position: 'Officer',
    roles,
  }));
  return {
    kind: 'person',
    personId: ME,
    pseudonym: 'P-aaaaaaaa',
    name: null,
    issuer: 'https://id.example',
    subject: ME,
    memberships,
    authLevel: 2,
    acr: null,
    amr: [],
    authenticatedAt: null,
    via: 'bearer',
    ip: null,
    country: null,
  };
}
