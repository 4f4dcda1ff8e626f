import { Inject, Injectable } from '@nestjs/common';
import { AuditService } from '../audit/audit.service.js';
import { Config } from '../config/config.js';
import { ConcordatError } from '../kernel/errors.js';
import { Database, type Tx } from '../platform/database/database.js';
import { actorFields } from './actor.js';
import type { PersonProfile } from './oidc/id-token.js';
import type { AuthenticatedIdentity, Principal } from './principal.js';
import { PrincipalService, type RequestSource } from './principal.service.js';

/** What a sign-in does to the person who signed in. */
@Injectable()
export class SignInService {
  constructor(
    private readonly database: Database,
    private readonly principals: PrincipalService,
    private readonly audit: AuditService,
    @Inject(Config) private readonly config: Config,
  ) {}

  /**
   * Records a sign-in and takes over the name and the e-mail address that the provider vouches for.
   * @throws ConcordatError `person_not_registered` or `person_suspended`: there is no session then.
   */
  async signedIn(
    identity: AuthenticatedIdentity,
    profile: PersonProfile,
    source: RequestSource & { readonly traceId: string },
  ): Promise<Principal> {
    const principal = await this.principals.load(identity, source);
    await this.database.transaction(async (tx) => {
      await this.updateProfile(tx, principal, profile);
      await this.audit.record(tx, 'auth.signed-in', {
        ...actorFields(principal),
        organisationIds: organisationsOf(principal),
        outcome: 'success',
        reasonCodes: identity.acr === null ? [] : [identity.acr],
        ip: source.ip ?? undefined,
        traceId: source.traceId,
      });
    });
    return principal;
  }

  async signedOut(principal: Principal, traceId: string): Promise<void> {
    await this.database.transaction((tx) =>
      this.audit.record(tx, 'auth.signed-out', {
        ...actorFields(principal),
        organisationIds: organisationsOf(principal),
        outcome: 'success',
        traceId,
      }),
    );
  }

  // Only the configured provider's word counts: accounts are keyed by issuer and subject, never by e-mail.
  private async updateProfile(tx: Tx, principal: Principal, profile: PersonProfile): Promise<void> {
    if (principal.issuer !== this.config.oidc.issuer) {
      throw new ConcordatError('sign_in_failed');
    }
    const changed = await tx.query<[unknown[], number]>(
      `UPDATE person SET name = coalesce($2, name), email = coalesce($3, email)
       WHERE id = $1 AND (name IS DISTINCT FROM coalesce($2, name) OR email IS DISTINCT FROM coalesce($3, email))`,
      [principal.personId, profile.name, profile.email],
    );
    if (changed[1] > 0) {
      const eventId = await this.audit.record(tx, 'person.updated', {
        ...actorFields(principal),
        organisationIds: organisationsOf(principal),
        targetType: 'person',
        targetId: principal.personId,
        changedPaths: ['/name', '/email'],
      });
      await tx.query('UPDATE person SET audit_event_id = $2 WHERE id = $1', [
        principal.personId,
        eventId,
      ]);
    }
  }
}

function organisationsOf({ memberships }: Principal): readonly string[] {
  return memberships.map(({ organisationId }) => organisationId);
}
