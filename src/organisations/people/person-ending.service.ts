import { Inject, Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import { Cascade } from '../../cascade/cascade.service.js';
import { Clock } from '../../kernel/clock.js';
import type { Tx } from '../../platform/database/database.js';
import type { Actor } from '../acting.js';
import { aboutMembership } from '../memberships/membership-records.js';
import { MembershipsRepository } from '../memberships/memberships.repository.js';
import { PeopleRepository } from './people.repository.js';
import { newPseudonym } from './person-registration.js';
import { Supervision } from './supervision.service.js';

/** Ends all that somebody has here, for good, and who they were with it. */
@Injectable()
export class PersonEnding {
  // eslint-disable-next-line max-params -- the person, memberships, what rests on them, and the clock
  constructor(
    private readonly people: PeopleRepository,
    private readonly memberships: MembershipsRepository,
    private readonly audit: AuditService,
    private readonly cascade: Cascade,
    private readonly supervision: Supervision,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /**
   * The caller holds the person's exclusive lock.
   * @param auditEventId the event of the erasure.
   */
  async erase(tx: Tx, actor: Actor, personId: string, auditEventId: string): Promise<void> {
    await this.people.erase(tx, personId, newPseudonym(), auditEventId);
    const stopped = { code: 'person_suspended', personId } as const;
    const causes = [...(await this.supervision.following(tx, stopped))];
    for (const membership of await this.memberships.findOpenOf(tx, personId)) {
      const endEventId = await this.audit.record(tx, 'membership.ended', {
        ...aboutMembership(actor, membership),
        reasonCodes: ['subject_erased'],
      });
      await this.memberships.end(tx, membership.id, this.clock.now(), endEventId);
      const { organisationId } = membership;
      causes.push({ code: 'membership_ended', personId, organisationId });
    }
    await this.cascade.apply(tx, ...causes);
  }
}
