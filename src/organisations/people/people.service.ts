import { Inject, Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import { Cascade } from '../../cascade/cascade.service.js';
import type { Principal } from '../../identity/principal.js';
import { Clock } from '../../kernel/clock.js';
import { londonDay } from '../../kernel/london-day.js';
import { Database } from '../../platform/database/database.js';
import { AwardsRepository } from './awards.repository.js';
import { PeopleRepository } from './people.repository.js';
import { aboutPerson, PersonChanges } from './person-changes.js';
import { Supervision } from './supervision.service.js';
import { movePerson, type PersonMove } from './person.rules.js';
import {
  toAccreditationView,
  toPersonView,
  toTrainingView,
  type Awards,
  type MeView,
  type PersonView,
} from './person.view.js';

const MOVED = { suspend: 'person.suspended', resume: 'person.resumed' } as const;

/** People, as themselves and others see them, and their suspension. */
@Injectable()
export class PeopleService {
  // eslint-disable-next-line max-params -- what a slice needs, and the clock
  constructor(
    private readonly database: Database,
    private readonly people: PeopleRepository,
    private readonly awards: AwardsRepository,
    private readonly changes: PersonChanges,
    private readonly audit: AuditService,
    private readonly cascade: Cascade,
    private readonly supervision: Supervision,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** The caller, from this request's sign-in. */
  async me(principal: Principal): Promise<MeView> {
    const { personId, pseudonym, name, authLevel, memberships } = principal;
    const today = londonDay(this.clock.now());
    const awards = await this.awardsOf(personId, today);
    return { personId, pseudonym, name, authLevel, memberships, ...awards };
  }

  async get(principal: Principal, id: string): Promise<PersonView> {
    const { person, today } = await this.changes.read(principal, id, 'person:read');
    return toPersonView(person, await this.awardsOf(id, today));
  }

  /** Suspending ends, in the same transaction, every grant of the person; resuming restores none (R3.16). */
  async move(
    principal: Principal,
    id: string,
    move: PersonMove,
    reason: string,
  ): Promise<PersonView> {
    const person = await this.changes.change(
      principal,
      id,
      'person:suspend',
      async (tx, opened) => {
        const status = movePerson(opened.person.status, move);
        const auditEventId = await this.audit.record(tx, MOVED[move], {
          ...aboutPerson(principal, opened),
          reasonText: reason,
        });
        await this.people.setStatus(tx, id, status, auditEventId);
        if (status === 'suspended') {
          const cause = { code: 'person_suspended', personId: id } as const;
          await this.cascade.apply(tx, ...(await this.supervision.following(tx, cause)));
        }
        return { ...opened.person, status };
      },
    );
    return toPersonView(person, await this.awardsOf(id, londonDay(this.clock.now())));
  }

  private async awardsOf(personId: string, today: string): Promise<Awards> {
    const { manager } = this.database;
    const accreditations = await this.awards.listAccreditations(manager, personId);
    const trainings = await this.awards.listTrainings(manager, personId);
    return {
      accreditations: accreditations.map((row) => toAccreditationView(row, today)),
      trainings: trainings.map(toTrainingView),
    };
  }
}
