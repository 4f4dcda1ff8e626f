import { Inject, Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import { Authorisation } from '../../identity/authorisation.service.js';
import type { Principal } from '../../identity/principal.js';
import { Clock } from '../../kernel/clock.js';
import { ConcordatError } from '../../kernel/errors.js';
import { IdFactory } from '../../kernel/ids.js';
import { londonDay } from '../../kernel/london-day.js';
import { Database, type Tx } from '../../platform/database/database.js';
import { takeLocks } from '../../platform/database/locks.js';
import { actorOn } from '../acting.js';
import { MembershipsRepository } from '../memberships/memberships.repository.js';
import type { TeamDto } from './team.dto.js';
import type { OwnTeamView, TeamView } from './team.view.js';
import { MAX_TEAM_MEMBERS, MAX_TEAMS } from './team-limits.js';
import { TeamsRepository, type TeamRow } from './teams.repository.js';

/** Named groups of an organisation's members. They say whom to ask, and give no right. */
@Injectable()
export class Teams {
  // eslint-disable-next-line max-params -- what a slice needs, the memberships and the two ports
  constructor(
    private readonly database: Database,
    private readonly teams: TeamsRepository,
    private readonly memberships: MembershipsRepository,
    private readonly authorisation: Authorisation,
    private readonly audit: AuditService,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(IdFactory) private readonly ids: IdFactory,
  ) {}

  async ofPublic(organisationId: string): Promise<readonly TeamView[]> {
    return this.teams.listPublic(this.database.manager, organisationId);
  }

  /** For the organisation's own people. */
  async ofOwn(organisationId: string): Promise<readonly OwnTeamView[]> {
    const today = londonDay(this.clock.now());
    return this.teams.listOwn(this.database.manager, organisationId, today);
  }

  /** @throws ConcordatError `conflict` for a name that another team has, or one team too many. */
  async create(principal: Principal, organisationId: string, dto: TeamDto): Promise<OwnTeamView> {
    const id = this.ids.next();
    await this.change(principal, organisationId, async (tx) => {
      if ((await this.teams.count(tx, organisationId)) >= MAX_TEAMS) {
        throw new ConcordatError('conflict', { teams: MAX_TEAMS });
      }
      const row = { ...rowOf(dto), id, organisationId };
      const auditEventId = await this.record(tx, principal, row, ['/name']);
      const createdAt = this.clock.now();
      if (!(await this.teams.insert(tx, row, { createdAt, auditEventId }))) {
        throw nameTaken();
      }
    });
    return this.view(organisationId, id);
  }

  /**
   * @param membershipIds who is in it from now on; absent: who is. Each who comes or goes is an event of the same transaction.
   * @throws ConcordatError `not_found` for somebody else's members, `conflict` for too many or a name that another team has.
   */
  async update(
    principal: Principal,
    id: string,
    dto: TeamDto,
    membershipIds?: readonly string[],
  ): Promise<OwnTeamView> {
    const { organisationId } = await this.load(this.database.manager, id);
    await this.change(principal, organisationId, async (tx) => {
      const team = await this.load(tx, id);
      if (await this.teams.hasName(tx, organisationId, dto.name, id)) {
        throw nameTaken();
      }
      const changed = ['/name', '/purpose', '/contact', '/isPublic'];
      const auditEventId = await this.record(tx, principal, team, changed);
      await this.teams.update(tx, { ...rowOf(dto), id }, auditEventId);
      if (membershipIds) {
        await this.changeMembers(tx, principal, team, membershipIds);
      }
    });
    return this.view(organisationId, id);
  }

  async end(principal: Principal, id: string): Promise<void> {
    const { organisationId } = await this.load(this.database.manager, id);
    await this.change(principal, organisationId, async (tx) => {
      const team = await this.load(tx, id);
      const auditEventId = await this.record(tx, principal, team, ['/endedAt']);
      await this.teams.end(tx, id, this.clock.now(), auditEventId);
    });
  }

  /** Adding a member who is in it, or taking out one who is not, changes nothing. */
  async changeMember(
    principal: Principal,
    id: string,
    membershipId: string,
    change: 'add' | 'remove',
  ): Promise<OwnTeamView> {
    const { organisationId } = await this.load(this.database.manager, id);
    await this.change(principal, organisationId, async (tx) => {
      await this.move(tx, principal, await this.load(tx, id), membershipId, change);
    });
    return this.view(organisationId, id);
  }

  private async changeMembers(
    tx: Tx,
    principal: Principal,
    team: TeamRow,
    membershipIds: readonly string[],
  ): Promise<void> {
    const wanted = new Set(membershipIds);
    const today = londonDay(this.clock.now());
    const teams = await this.teams.listOwn(tx, team.organisationId, today);
    const held = teams.find(({ id }) => id === team.id)?.members ?? [];
    for (const { membershipId } of held.filter((one) => !wanted.has(one.membershipId))) {
      await this.move(tx, principal, team, membershipId, 'remove');
    }
    for (const membershipId of wanted) {
      await this.move(tx, principal, team, membershipId, 'add');
    }
  }

  private async move(
    tx: Tx,
    principal: Principal,
    team: TeamRow,
    membershipId: string,
    change: 'add' | 'remove',
  ): Promise<void> {
    const membership = await this.memberships.find(tx, membershipId);
    if (membership?.organisationId !== team.organisationId) {
      throw new ConcordatError('not_found');
    }
    if ((await this.teams.isMember(tx, team.id, membershipId)) === (change === 'add')) {
      return;
    }
    const paths = [`/members/${membershipId}`];
    const auditEventId = await this.record(tx, principal, team, paths, membership.personId);
    if (change === 'remove') {
      await this.teams.deleteMember(tx, team.id, membershipId);
      return;
    }
    if ((await this.teams.countMembers(tx, team.id)) >= MAX_TEAM_MEMBERS) {
      throw new ConcordatError('conflict', { members: MAX_TEAM_MEMBERS });
    }
    await this.teams.insertMember(tx, team.id, membershipId, auditEventId);
  }

  // One after the other in an organisation, so that what is counted stands.
  private async change(
    principal: Principal,
    organisationId: string,
    work: (tx: Tx) => Promise<void>,
  ): Promise<void> {
    const organisationIds = [organisationId];
    this.authorisation.require(principal, 'organisation:describe', { organisationIds });
    await this.database.transaction(async (tx) => {
      await takeLocks(tx, 'exclusive', [{ kind: 'organisation', id: organisationId }]);
      await work(tx);
    });
  }

  private record(
    tx: Tx,
    principal: Principal,
    { id, organisationId }: Pick<TeamRow, 'id' | 'organisationId'>,
    changedPaths: readonly string[],
    about?: string,
  ): Promise<string> {
    return this.audit.record(tx, 'organisation.updated', {
      ...actorOn(principal, organisationId),
      organisationIds: [organisationId],
      targetType: 'team',
      targetId: id,
      changedPaths,
      ...(about === undefined ? {} : { alsoAbout: [about] }),
    });
  }

  private async load(manager: Database['manager'], id: string): Promise<TeamRow> {
    const team = await this.teams.find(manager, id);
    if (!team) {
      throw new ConcordatError('not_found');
    }
    return team;
  }

  private async view(organisationId: string, id: string): Promise<OwnTeamView> {
    const team = (await this.ofOwn(organisationId)).find((one) => one.id === id);
    if (!team) {
      throw new ConcordatError('not_found');
    }
    return team;
  }
}

function rowOf({ name, purpose, contact, isPublic }: TeamDto) {
  return { name, purpose: purpose ?? null, contact, isPublic };
}

function nameTaken(): ConcordatError {
  const errors = [{ pointer: '/name', reason: 'another team has it' }];
  return new ConcordatError('conflict', { errors });
}
