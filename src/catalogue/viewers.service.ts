import { Inject, Injectable } from '@nestjs/common';
import { Authorisation } from '../identity/authorisation.service.js';
import type { Principal } from '../identity/principal.js';
import { Clock } from '../kernel/clock.js';
import type { Viewer } from './visibility.repository.js';

/** Who looks, as the rule of visibility asks. */
@Injectable()
export class Viewers {
  constructor(
    private readonly authorisation: Authorisation,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** @param principal undefined for anybody, who may know of what is public. */
  of(principal: Principal | undefined): Viewer {
    return {
      organisationIds: (principal?.memberships ?? [])
        .map(({ organisationId }) => organisationId)
        .filter(
          (id) =>
            principal &&
            this.authorisation.allows(principal, 'dataset:read', { organisationIds: [id] }),
        ),
      now: this.clock.now(),
    };
  }
}
