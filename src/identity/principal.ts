import type { Operation } from './operations.js';
import type { Role } from './roles.js';

/** A role that somebody else of the organisation lends for stated dates (R3.24). */
export interface DelegatedRole {
  readonly delegationId: string;
  readonly role: Role;
  /** Whose duty it is. */
  readonly giverId: string;
}

/** A live membership: started, not ended, person and organisation active. Roles count only inside it (R1.1). */
export interface LiveMembership {
  readonly membershipId: string;
  readonly organisationId: string;
  readonly organisationName: string;
  readonly isOperator: boolean;
  readonly position: string;
  /** Their own and those delegated to them. */
  readonly roles: readonly Role[];
  /** Roles that they hold as a deputy, whether or not also as their own; absent: none. */
  readonly delegations?: readonly DelegatedRole[];
  /** Roles that they hold themselves; absent: all of `roles`. */
  readonly ownRoles?: readonly Role[];
}

/** Who is calling, as loaded at this request: never cached across requests. */
export interface Principal {
  readonly kind: 'person' | 'service';
  readonly personId: string;
  readonly pseudonym: string;
  readonly name: string | null;
  readonly issuer: string;
  readonly subject: string;
  readonly memberships: readonly LiveMembership[];
  /** What `acr` proves, by ACR_LEVELS. */
  readonly authLevel: 1 | 2 | 3;
  readonly acr: string | null;
  readonly amr: readonly string[];
  /** When the person proved who they are to the OpenID provider; null when it does not say. */
  readonly authenticatedAt: Date | null;
  readonly via: 'bearer' | 'session' | 'personal_token';
  /** What a personal token is good for; absent: everything that the person may do. */
  readonly scopes?: readonly Operation[];
  /** Of a program: the client of the OpenID provider that it is. `personId` is then who answers for it. */
  readonly clientId?: string;
  /** The key that this request proves its sender holds (RFC 9449); absent: none. */
  readonly jkt?: string;
  /** Where this request came from. */
  readonly ip: string | null;
  /** ISO 3166-1 alpha-2, from a trusted proxy; null when nobody vouches for it. */
  readonly country: string | null;
}

/** What an authentication proved, before the person behind it is known. */
export interface AuthenticatedIdentity {
  readonly issuer: string;
  readonly subject: string;
  readonly authLevel: 1 | 2 | 3;
  readonly acr: string | null;
  readonly amr: readonly string[];
  readonly authenticatedAt: Date | null;
  readonly via: 'bearer' | 'session' | 'personal_token';
  readonly scopes?: readonly Operation[];
  /** The client itself, where no person signed in. */
  readonly clientId?: string;
  readonly jkt?: string;
}
