import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../kernel/clock.js';
import { ConcordatError } from '../kernel/errors.js';
import { londonDay } from '../kernel/london-day.js';
import type { AuthenticatedIdentity, Principal } from './principal.js';
import { PrincipalRepository } from './principal.repository.js';

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
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** @throws ConcordatError `person_not_registered` or `person_suspended`. */
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
}
