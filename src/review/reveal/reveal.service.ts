import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import { actorFields } from '../../identity/actor.js';
import type { Principal } from '../../identity/principal.js';
import { ConcordatError } from '../../kernel/errors.js';
import { Database } from '../../platform/database/database.js';
import { RateLimits } from '../../platform/rate-limits/rate-limits.js';
import { Offices } from '../offices.service.js';
import { TrailReading, type SearchSource } from '../trail-reading.service.js';
import { RevealRepository, type RevealedRow } from './reveal.repository.js';

const PER_MINUTE = 10;

/** Who is behind a pseudonym. */
export interface RevealedView {
  readonly id: string;
  /** True: there is nothing left to be shown. */
  readonly isErased: boolean;
  readonly pseudonym: string | null;
  readonly name: string | null;
  readonly email: string | null;
}

/** R5.7: a pseudonym is opened for a reason, which is an event before anything is shown. Asked twice, it is two events. */
@Injectable()
export class Reveal {
  // eslint-disable-next-line max-params -- who may see whom, the trail and the limit
  constructor(
    private readonly database: Database,
    private readonly people: RevealRepository,
    private readonly offices: Offices,
    private readonly reading: TrailReading,
    private readonly audit: AuditService,
    private readonly rates: RateLimits,
  ) {}

  /**
   * @param person a pseudonym or an id: somebody who was erased has no pseudonym.
   * @throws ConcordatError `operation_denied`; `not_found` for nobody, and for whom the officer has nothing to do with (R5.8);
   * `rate_limited` (429)
   */
  async reveal(
    principal: Principal,
    person: string,
    reason: string,
    { traceId }: SearchSource,
  ): Promise<RevealedView> {
    const operation = 'audit:reveal';
    const office = this.offices.of(principal, operation);
    if (!(await this.rates.take('reveal', principal.personId, PER_MINUTE))) {
      throw new ConcordatError('rate_limited');
    }
    return this.database.transaction(async (tx) => {
      const personId = await this.reading.personOf(tx, person);
      const found = personId && (await this.people.find(tx, personId, office.sees));
      if (!found) {
        throw new ConcordatError('not_found');
      }
      if (!found.isSeen) {
        const cause = new ConcordatError('operation_denied', { operation });
        throw new ConcordatError('not_found', {}, { cause });
      }
      await this.audit.record(tx, 'audit.identity-revealed', {
        ...actorFields(principal, office.organisationId),
        // No business of whoever the person works for.
        organisationIds: [office.organisationId],
        outcome: found.isErased ? 'refused' : 'success',
        targetType: 'person',
        targetId: found.id,
        reasonCodes: found.isErased ? ['person_erased'] : [],
        reasonText: reason,
        traceId,
      });
      return toView(found);
    });
  }
}

function toView({ id, isErased, pseudonym, name, email }: RevealedRow): RevealedView {
  return { id, isErased, pseudonym, name, email };
}
