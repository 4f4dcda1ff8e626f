import { Inject, Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import { Authorisation } from '../../identity/authorisation.service.js';
import type { Principal } from '../../identity/principal.js';
import { Clock } from '../../kernel/clock.js';
import { ConcordatError } from '../../kernel/errors.js';
import { IdFactory } from '../../kernel/ids.js';
import { londonDay } from '../../kernel/london-day.js';
import { Database, type Tx } from '../../platform/database/database.js';
import { Idempotency } from '../../platform/database/idempotency.js';
import { takeLocks } from '../../platform/database/locks.js';
import { actorOn } from '../acting.js';
import type { MembershipEntity } from '../memberships/membership.entity.js';
import { checkCompatible } from '../memberships/membership.rules.js';
import { MembershipsRepository } from '../memberships/memberships.repository.js';
import { DelegationEnds } from './delegation-ends.js';
import type { DelegationDto } from './delegation.dto.js';
import { checkDelegation } from './delegation.rules.js';
import { toDelegationView, type DelegationView } from './delegation.view.js';
import { DelegationsRepository } from './delegations.repository.js';

/** Deputies: who holds a duty lends it to another member for stated dates (R3.24). */
@Injectable()
export class Delegations {
  // eslint-disable-next-line max-params -- what a slice needs, the memberships and the two ports
  constructor(
    private readonly database: Database,
    private readonly delegations: DelegationsRepository,
    private readonly memberships: MembershipsRepository,
    private readonly ends: DelegationEnds,
    private readonly authorisation: Authorisation,
    private readonly audit: AuditService,
    private readonly idempotency: Idempotency,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(IdFactory) private readonly ids: IdFactory,
  ) {}

  /** @throws ConcordatError `operation_denied` to a caller who does not hold the role themselves: no deputy lends on. */
  async give(
    principal: Principal,
    organisationId: string,
    dto: DelegationDto,
    key?: string,
  ): Promise<DelegationView> {
    const organisationIds = [organisationId];
    this.authorisation.require(principal, 'delegation:give', { organisationIds });
    checkDelegation(dto, londonDay(this.clock.now()));
    const route = `POST organisations/${organisationId}/delegations`;
    const call = { principalId: principal.personId, route, key, body: { ...dto } };
    const id = await this.database.transaction((tx) =>
      this.idempotency.once(tx, call, () => this.insert(tx, principal, organisationId, dto)),
    );
    return toDelegationView(await this.load(this.database.manager, id));
  }

  async list(
    principal: Principal,
    organisationId: string,
    after: string | null,
    limit: number,
  ): Promise<DelegationView[]> {
    this.authorisation.require(principal, 'membership:read', { organisationIds: [organisationId] });
    const { manager } = this.database;
    const rows = await this.delegations.list(manager, organisationId, after, limit);
    return rows.map(toDelegationView);
  }

  /** By the giver, the deputy or a platform_admin; everyone else is told that there is none. */
  async end(principal: Principal, id: string, reason: string): Promise<DelegationView> {
    await this.database.transaction(async (tx) => {
      const delegation = await this.load(tx, id);
      const { giverId, deputyId, organisationId } = delegation;
      await lockPeople(tx, [giverId, deputyId]);
      const concerned = [giverId, deputyId].find((personId) => personId === principal.personId);
      this.authorisation.require(principal, 'delegation:end', {
        organisationIds: [organisationId],
        ...(concerned === undefined ? {} : { personId: concerned }),
      });
      const actor = actorOn(principal, organisationId);
      const why = { endedBy: principal.personId, reasonText: reason };
      if (!(await this.ends.end(tx, actor, delegation, why))) {
        throw new ConcordatError('transition_not_allowed', { from: 'ended', move: 'end' });
      }
    });
    return toDelegationView(await this.load(this.database.manager, id));
  }

  private async insert(
    tx: Tx,
    principal: Principal,
    organisationId: string,
    { role, deputyId, startsOn, endsOn, reason }: DelegationDto,
  ): Promise<string> {
    const giverId = principal.personId;
    await lockPeople(tx, [giverId, deputyId]);
    const membership = await this.requireGiver(tx, giverId, organisationId, role);
    await this.requireDeputy(tx, { giverId, deputyId, organisationId }, role);
    const terms = { membershipId: membership.id, role, deputyId, startsOn, endsOn };
    if (await this.delegations.overlaps(tx, terms)) {
      throw new ConcordatError('conflict', { deputyId, role });
    }
    const id = this.ids.next();
    const auditEventId = await this.audit.record(tx, 'membership.delegated', {
      ...actorOn(principal, organisationId),
      organisationIds: [organisationId],
      targetType: 'membership',
      targetId: membership.id,
      delegationId: id,
      reasonCodes: [role],
      reasonText: reason,
      alsoAbout: [deputyId],
    });
    const open = { endedAt: null, endedBy: null, auditEventId };
    await this.delegations.insert(tx, { id, ...terms, reason, ...open });
    return id;
  }

  private async requireGiver(
    tx: Tx,
    personId: string,
    organisationId: string,
    role: string,
  ): Promise<MembershipEntity> {
    const today = londonDay(this.clock.now());
    const membership = await this.memberships.findLiveOf(tx, personId, organisationId, today);
    const roles = membership ? await this.memberships.findRoles(tx, membership.id) : [];
    if (!membership || !roles.some((held) => held.role === role)) {
      const detail = 'Only who holds a role themselves may name a deputy for it.';
      throw new ConcordatError('operation_denied', { role, detail });
    }
    return membership;
  }

  // R1.2 looks at people: what the deputy holds, and what they stand in for, must go together.
  private async requireDeputy(
    tx: Tx,
    who: { readonly giverId: string; readonly deputyId: string; readonly organisationId: string },
    role: DelegationDto['role'],
  ): Promise<void> {
    const { giverId, deputyId, organisationId } = who;
    const today = londonDay(this.clock.now());
    const membership = await this.memberships.findLiveOf(tx, deputyId, organisationId, today);
    if (!membership || deputyId === giverId) {
      const reason = 'must be another member of the organisation';
      throw new ConcordatError('input_invalid', { errors: [{ pointer: '/deputyId', reason }] });
    }
    const own = await this.memberships.findRoles(tx, membership.id);
    const lent = await this.delegations.openRolesOf(tx, deputyId, organisationId, today);
    checkCompatible([...own.map((held) => held.role), ...lent, role]);
  }

  private async load(manager: Database['manager'], id: string) {
    const row = await this.delegations.find(manager, id);
    if (!row) {
      throw new ConcordatError('not_found');
    }
    return row;
  }
}

async function lockPeople(tx: Tx, ids: readonly string[]): Promise<void> {
  await takeLocks(
    tx,
    'exclusive',
    ids.map((id) => ({ kind: 'person', id })),
  );
}
