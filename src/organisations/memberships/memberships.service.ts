import { Injectable } from '@nestjs/common';
import { Authorisation } from '../../identity/authorisation.service.js';
import type { Principal } from '../../identity/principal.js';
import { ConcordatError } from '../../kernel/errors.js';
import { Database, type Tx } from '../../platform/database/database.js';
import { Idempotency } from '../../platform/database/idempotency.js';
import { takeLocks } from '../../platform/database/locks.js';
import { actorOn } from '../acting.js';
import { PersonRegistration } from '../people/person-registration.js';
import { MembershipChanges } from './membership-changes.js';
import type { MembershipDto } from './membership.dto.js';
import { MembershipRecords } from './membership-records.js';
import { checkMembership } from './membership.rules.js';
import { MembershipRoles } from './membership-roles.service.js';
import type { MembershipView } from './membership.view.js';
import { MembershipsRepository, type MemberRow } from './memberships.repository.js';

/** Who belongs to which organisation. */
@Injectable()
export class MembershipsService {
  // eslint-disable-next-line max-params -- a member is a person, a membership and roles; the rest is every slice's
  constructor(
    private readonly database: Database,
    private readonly memberships: MembershipsRepository,
    private readonly changes: MembershipChanges,
    private readonly records: MembershipRecords,
    private readonly roles: MembershipRoles,
    private readonly registration: PersonRegistration,
    private readonly authorisation: Authorisation,
    private readonly idempotency: Idempotency,
  ) {}

  /** Makes a person a member. Roles that need two people are proposed; the others count at once. */
  async add(
    principal: Principal,
    organisationId: string,
    dto: MembershipDto,
    key?: string,
  ): Promise<MembershipView> {
    this.authorisation.require(principal, 'membership:add', { organisationIds: [organisationId] });
    const route = `POST organisations/${organisationId}/memberships`;
    const call = { principalId: principal.personId, route, key };
    const { id, approvals } = await this.database.transaction((tx) =>
      this.idempotency.once(tx, { ...call, body: { ...dto } }, () =>
        this.start(tx, principal, organisationId, dto),
      ),
    );
    return { ...(await this.changes.show(id)), approvals };
  }

  async list(
    principal: Principal,
    organisationId: string,
    after: string | null,
    limit: number,
  ): Promise<MemberRow[]> {
    this.authorisation.require(principal, 'membership:read', { organisationIds: [organisationId] });
    return this.memberships.listMembers(this.database.manager, organisationId, after, limit);
  }

  /** @throws ConcordatError `not_found` for what is no open membership of the organisation. */
  async get(principal: Principal, organisationId: string, id: string): Promise<MemberRow> {
    this.authorisation.require(principal, 'membership:read', { organisationIds: [organisationId] });
    const { manager } = this.database;
    const membership = await this.memberships.find(manager, id);
    const member = await this.memberships.findMember(manager, id);
    if (membership?.organisationId !== organisationId || membership.endedAt !== null || !member) {
      throw new ConcordatError('not_found');
    }
    return member;
  }

  private async start(
    tx: Tx,
    principal: Principal,
    organisationId: string,
    { issuer, subject, name, email, position, startsOn, endsOn, roles }: MembershipDto,
  ) {
    const isOperator = await this.memberships.isOperator(tx, organisationId);
    if (isOperator === undefined) {
      throw new ConcordatError('not_found');
    }
    checkMembership({ startsOn, endsOn, roles, isOperator });
    const actor = actorOn(principal, organisationId);
    const person = { issuer, subject, name, email };
    const personId = await this.registration.findOrRegister(tx, person, organisationId, actor);
    await takeLocks(tx, 'exclusive', [{ kind: 'person', id: personId }]);
    if (await this.memberships.findOf(tx, personId, organisationId)) {
      throw new ConcordatError('conflict', { personId });
    }
    const terms = { personId, organisationId, position, startsOn, endsOn: endsOn ?? null };
    const membership = await this.records.start(tx, actor, terms);
    const approvals = await this.roles.giveOrPropose(
      tx,
      principal,
      membership,
      roles.map((role) => ({ role })),
    );
    return { id: membership.id, approvals: approvals.map((proposed) => ({ ...proposed })) };
  }
}
