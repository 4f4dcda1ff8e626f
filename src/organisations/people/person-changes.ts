import { Inject, Injectable } from '@nestjs/common';
import { Authorisation } from '../../identity/authorisation.service.js';
import { deputyFields } from '../../identity/deputy.js';
import type { Operation } from '../../identity/operations.js';
import type { Principal } from '../../identity/principal.js';
import { Clock } from '../../kernel/clock.js';
import { ConcordatError } from '../../kernel/errors.js';
import { londonDay } from '../../kernel/london-day.js';
import { Database, type Tx } from '../../platform/database/database.js';
import { takeLocks } from '../../platform/database/locks.js';
import { actorOfOperator, actorOn } from '../acting.js';
import { PeopleRepository } from './people.repository.js';
import type { PersonEntity } from './person.entity.js';

/** A person somebody may act on, and where the person belongs today. */
export interface OpenedPerson {
  readonly person: PersonEntity;
  readonly organisationIds: readonly string[];
  readonly today: string;
}

/** How a person is loaded: for reading with the right to, for changing under their lock. */
@Injectable()
export class PersonChanges {
  constructor(
    private readonly database: Database,
    private readonly people: PeopleRepository,
    private readonly authorisation: Authorisation,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** @throws ConcordatError `not_found`, also for a person of other organisations. */
  async read(principal: Principal, id: string, operation: Operation): Promise<OpenedPerson> {
    return this.open(this.database.manager, principal, id, operation);
  }

  /** Under the person's exclusive lock: an issue of a grant waits for the change, or is waited for. */
  async change<T>(
    principal: Principal,
    id: string,
    operation: Operation,
    work: (tx: Tx, opened: OpenedPerson) => Promise<T>,
  ): Promise<T> {
    return this.database.transaction(async (tx) => {
      await takeLocks(tx, 'exclusive', [{ kind: 'person', id }]);
      return work(tx, await this.open(tx, principal, id, operation));
    });
  }

  /** What counts for a person is said by others: the same, and never by the person themselves. */
  async changeOfAnother<T>(
    principal: Principal,
    id: string,
    operation: Operation,
    work: (tx: Tx, opened: OpenedPerson) => Promise<T>,
  ): Promise<T> {
    return this.change(principal, id, operation, (tx, opened) => {
      if (principal.personId === id) {
        const detail = 'Nobody vouches for themselves. Somebody else must do it.';
        throw new ConcordatError('operation_denied', { operation, detail });
      }
      return work(tx, opened);
    });
  }

  private async open(
    manager: Database['manager'],
    principal: Principal,
    id: string,
    operation: Operation,
  ): Promise<OpenedPerson> {
    const today = londonDay(this.clock.now());
    const person = await this.people.find(manager, id);
    const organisationIds = await this.people.organisationsOf(manager, id, today);
    this.authorisation.require(principal, operation, { organisationIds, personId: id });
    if (!person) {
      throw new ConcordatError('not_found');
    }
    return { person, organisationIds, today };
  }
}

/** The fields of every event about a person, or about a thing of theirs. */
export function aboutPerson(
  principal: Principal,
  { person, organisationIds }: OpenedPerson,
  target: { readonly type: string; readonly id: string } = { type: 'person', id: person.id },
) {
  const shared = organisationIds.find((id) =>
    principal.memberships.some(({ organisationId }) => organisationId === id),
  );
  return {
    ...(shared === undefined ? actorOfOperator(principal) : actorOn(principal, shared)),
    organisationIds,
    targetType: target.type,
    targetId: target.id,
    alsoAbout: [person.id],
  };
}

/** The same for what a data_owner of the person's vouches for, in that one's name: by a deputy, with the delegation (R3.24). */
export function aboutAward(
  principal: Principal,
  opened: OpenedPerson,
  target: { readonly type: string; readonly id: string },
) {
  const { memberships } = principal;
  const owned = memberships.find(
    ({ organisationId, roles }) =>
      opened.organisationIds.includes(organisationId) && roles.includes('data_owner'),
  );
  return {
    ...aboutPerson(principal, opened, target),
    ...(owned && actorOn(principal, owned.organisationId)),
    ...(owned && deputyFields(principal, owned.organisationId)),
  };
}
