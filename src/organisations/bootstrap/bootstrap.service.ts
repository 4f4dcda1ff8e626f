import { Inject, Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import { BROKER_ACTOR } from '../../identity/actor.js';
import { Clock } from '../../kernel/clock.js';
import { ConcordatError } from '../../kernel/errors.js';
import { IdFactory } from '../../kernel/ids.js';
import { londonDay } from '../../kernel/london-day.js';
import { Database, type Tx } from '../../platform/database/database.js';
import { takeLocks } from '../../platform/database/locks.js';
import { MembershipRecords } from '../memberships/membership-records.js';
import { OrganisationsRepository } from '../organisations.repository.js';
import { PersonRegistration } from '../people/person-registration.js';

/** Two accounts at one OpenID provider: what takes two people, one alone could never begin. */
export interface FirstPeople {
  readonly issuer: string;
  readonly subjects: readonly [string, string];
}

const MAX_LENGTH = 255;

/** Writes the operator and its first two administrators, once: from then on people are added by people. */
@Injectable()
export class Bootstrap {
  // eslint-disable-next-line max-params -- the rows of three kinds, their events, and the ports
  constructor(
    private readonly database: Database,
    private readonly organisations: OrganisationsRepository,
    private readonly registration: PersonRegistration,
    private readonly memberships: MembershipRecords,
    private readonly audit: AuditService,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(IdFactory) private readonly ids: IdFactory,
  ) {}

  /** @throws ConcordatError `already_bootstrapped` (409) when there is an operator; `input_invalid` (422) */
  async bootstrap(people: FirstPeople): Promise<void> {
    checkPeople(people);
    await this.database.transaction(async (tx) => {
      await takeLocks(tx, 'exclusive', [{ kind: 'organisation', id: 'operator' }]);
      if (await this.organisations.hasOperator(tx)) {
        throw new ConcordatError('already_bootstrapped');
      }
      const operatorId = await this.registerOperator(tx);
      for (const subject of people.subjects) {
        await this.addAdministrator(tx, operatorId, people.issuer, subject);
      }
    });
  }

  private async registerOperator(tx: Tx): Promise<string> {
    const id = this.ids.next();
    const auditEventId = await this.audit.record(tx, 'organisation.registered', {
      ...BROKER_ACTOR,
      organisationIds: [id],
      targetType: 'organisation',
      targetId: id,
    });
    const isInserted = await this.organisations.insert(tx, {
      id,
      name: 'Operator',
      kind: 'agency',
      identifierScheme: null,
      identifierValue: null,
      publicAuthority: true,
      isOperator: true,
      status: 'active',
      auditEventId,
    });
    if (!isInserted) {
      throw new ConcordatError('conflict');
    }
    return id;
  }

  // Name and e-mail follow at the first sign-in, from the provider.
  private async addAdministrator(
    tx: Tx,
    organisationId: string,
    issuer: string,
    subject: string,
  ): Promise<void> {
    const person = { issuer, subject, name: null, email: null };
    const today = londonDay(this.clock.now());
    const membership = await this.memberships.start(tx, BROKER_ACTOR, {
      personId: await this.registration.findOrRegister(tx, person, organisationId, BROKER_ACTOR),
      organisationId,
      position: 'Platform administrator',
      startsOn: today,
      endsOn: null,
    });
    const role = { role: 'platform_admin', startsOn: today, endsOn: null } as const;
    await this.memberships.giveRole(tx, BROKER_ACTOR, membership, role);
  }
}

function checkPeople({ issuer, subjects }: FirstPeople): void {
  const isBounded = (text: string): boolean => text.length > 0 && text.length <= MAX_LENGTH;
  if (![issuer, ...subjects].every(isBounded) || subjects[0] === subjects[1]) {
    const detail = 'Name one issuer and two different subjects of at most 255 characters.';
    throw new ConcordatError('input_invalid', { detail });
  }
}
