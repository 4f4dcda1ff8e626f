import { ROLES, type Role } from '../../identity/roles.js';
import { ConcordatError, type FieldError } from '../../kernel/errors.js';
import { addMonths } from '../../kernel/london-day.js';

/** Roles that bind an organisation, watch it or run the broker: adding one takes two people (R3.10). */
export const TWO_PERSON_ROLES: ReadonlySet<Role> = new Set<Role>([
  'signatory',
  'ig_officer',
  'platform_admin',
]);

export function isRole(value: unknown): value is Role {
  return ROLES.some((role) => role === value);
}

/** R1.2: who watches does not own or administer, in one organisation. */
const INCOMPATIBLE: readonly (readonly [Role, Role])[] = [
  ['ig_officer', 'data_owner'],
  ['ig_officer', 'platform_admin'],
];
const MAX_RESEARCHER_MONTHS = 60;

/** @throws ConcordatError `roles_incompatible` (409) naming the two. */
export function checkCompatible(roles: readonly Role[]): void {
  const clash = INCOMPATIBLE.find((pair) => pair.every((role) => roles.includes(role)));
  if (clash) {
    throw new ConcordatError('roles_incompatible', { roles: clash });
  }
}

/** A role and its London days; without an end it lasts as long as the membership. */
export interface RoleTerms {
  readonly role: Role;
  readonly startsOn: string;
  readonly endsOn: string | null;
}

/**
 * The days of a role as it is given: today at the earliest, and within its membership.
 * @throws ConcordatError `input_invalid` (422)
 */
export function roleTerms(
  asked: { readonly role: Role; readonly startsOn?: string; readonly endsOn?: string },
  membership: { readonly startsOn: string; readonly endsOn: string | null },
  today: string,
): RoleTerms {
  const earliest = membership.startsOn > today ? membership.startsOn : today;
  const { role, startsOn = earliest, endsOn = null } = asked;
  const last = membership.endsOn;
  const faults: readonly (readonly [boolean, string, string])[] = [
    [startsOn < earliest, '/startsOn', `must not be before ${earliest}`],
    [last !== null && startsOn > last, '/startsOn', `must not be after ${String(last)}`],
    [endsOn !== null && endsOn < startsOn, '/endsOn', 'must not be before startsOn'],
    [
      last !== null && endsOn !== null && endsOn > last,
      '/endsOn',
      `must not be after ${String(last)}`,
    ],
  ];
  const errors = faults
    .filter(([isFault]) => isFault)
    .map(([, pointer, reason]) => ({ pointer, reason }));
  if (errors.length > 0) {
    throw new ConcordatError('input_invalid', { errors });
  }
  return { role, startsOn, endsOn };
}

export interface MembershipTerms {
  readonly startsOn: string;
  readonly endsOn: string | undefined;
  readonly roles: readonly Role[];
  readonly isOperator: boolean;
}

/**
 * domain.md section 10, Membership: a researcher's affiliation ends within five years; an administrator belongs to the
 * operator; and the operator opens no data, so no one owns, signs for or researches data there.
 * @throws ConcordatError `input_invalid` (422) or `roles_incompatible` (409)
 */
export function checkMembership(terms: MembershipTerms): void {
  const errors = faultsOf(terms);
  if (errors.length > 0) {
    throw new ConcordatError('input_invalid', { errors });
  }
  checkCompatible(terms.roles);
}

function faultsOf({ startsOn, endsOn, roles, isOperator }: MembershipTerms): FieldError[] {
  const errors: FieldError[] = [];
  if (endsOn !== undefined && endsOn < startsOn) {
    errors.push({ pointer: '/endsOn', reason: 'must not be before startsOn' });
  }
  if (roles.includes('researcher')) {
    if (endsOn === undefined) {
      errors.push({ pointer: '/endsOn', reason: 'is required with the role researcher' });
    } else if (endsOn > addMonths(startsOn, MAX_RESEARCHER_MONTHS)) {
      errors.push({ pointer: '/endsOn', reason: 'must be at most five years after startsOn' });
    }
  }
  const misplaced = ROLES.filter((role) => roles.includes(role) && isMisplaced(role, isOperator));
  for (const role of misplaced) {
    errors.push({ pointer: '/roles', reason: `${role} cannot be held in this organisation` });
  }
  return errors;
}

function isMisplaced(role: Role, isOperator: boolean): boolean {
  return role === 'platform_admin'
    ? !isOperator
    : isOperator && role !== 'ig_officer' && role !== 'dpo';
}
