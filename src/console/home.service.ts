import { Inject, Injectable } from '@nestjs/common';
import { Authorisation } from '../identity/authorisation.service.js';
import type { Operation } from '../identity/operations.js';
import type { Principal } from '../identity/principal.js';
import { Clock } from '../kernel/clock.js';
import {
  HomeRepository,
  type AgreementRow,
  type DatasetRow,
  type GrantRow,
} from './home.repository.js';

/** What the caller's first page is made of. */
export interface Home {
  readonly agreements: readonly AgreementRow[];
  readonly datasets: readonly DatasetRow[];
  readonly grants: readonly GrantRow[];
  /** When it was read: a date that has passed counts, whatever a status still says (R3.25). */
  readonly readAt: Date;
}

/** Reads the first page of whoever is signed in. */
@Injectable()
export class HomeService {
  constructor(
    private readonly repository: HomeRepository,
    private readonly authorisation: Authorisation,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  async read(principal: Principal): Promise<Home> {
    const readAt = this.clock.now();
    const [agreements, datasets, grants] = await Promise.all([
      this.repository.agreementsOf(this.organisationsFor(principal, 'agreement:read')),
      this.repository.datasetsFor(this.organisationsFor(principal, 'dataset:read'), readAt),
      this.repository.grantsOf(principal.personId),
    ]);
    return { agreements, datasets, grants, readAt };
  }

  /** Roles count only inside their membership's organisation (R1.1). */
  private organisationsFor(principal: Principal, operation: Operation): readonly string[] {
    return principal.memberships
      .map(({ organisationId }) => organisationId)
      .filter((id) => this.authorisation.allows(principal, operation, { organisationIds: [id] }));
  }
}
