import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../kernel/clock.js';
import { ConcordatError } from '../kernel/errors.js';
import { londonDay } from '../kernel/london-day.js';
import type { AuthenticatedIdentity, Principal } from './principal.js';
import { PrincipalRepository } from './principal.repository.js';
import { ServicePrincipals } from './service-principals.repository.js';

/** Where a request came from, as the edge vouches for it. */
export interface RequestSource {
  readonly ip: string | null;
  readonly country: string | null;
}

/** Makes the principal of a request from what its token or session proved. */
@Injectable()
export class PrincipalService {
  constructor(
    private readonly people: PrincipalRepository,
    private readonly services: ServicePrincipals,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** @throws ConcordatError `person_not_registered`, `service_not_registered` or `person_suspended`. */
  async load(identity: AuthenticatedIdentity, source: RequestSource): Promise<Principal> {
    const { principal, isSuspended } = await this.find(identity, source);
    if (isSuspended) {
      throw new ConcordatError('person_suspended');
    }
    return principal;
  }

  /** Suspended people too, for whoever must record that they were refused. @throws ConcordatError `person_not_registered` */
  async find(
    identity: AuthenticatedIdentity,
    source: RequestSource,
  ): Promise<{ readonly principal: Principal; readonly isSuspended: boolean }> {
    const today = londonDay(this.clock.now());
    if (identity.clientId !== undefined) {
      return { principal: await this.program(identity, source, today), isSuspended: false };
    }
    const person = await this.people.find(identity.issuer, identity.subject, today);
    if (!person || person.status === 'erased') {
      throw new ConcordatError('person_not_registered');
    }
    const principal: Principal = {
      ...identity,
      ...source,
      kind: 'person',
      personId: person.id,
      pseudonym: person.pseudonym,
      name: person.name,
      memberships: person.memberships,
    };
    return { principal, isSuspended: person.status === 'suspended' };
  }

  // Whoever answers for a program must be there today, in its organisation and in its roles.
  private async program(
    identity: AuthenticatedIdentity,
    source: RequestSource,
    today: string,
  ): Promise<Principal> {
    const account = await this.services.find(identity.issuer, identity.subject, today);
    if (!account) {
      throw new ConcordatError('service_not_registered');
    }
    const { accountableId, pseudonym, name, membership } = account;
    const who = { personId: accountableId, pseudonym, name, memberships: [membership] };
    return { ...identity, ...source, ...who, kind: 'service' };
  }
}
