import { Inject, Injectable } from '@nestjs/common';
import { AuditService } from '../audit/audit.service.js';
import { Cascade } from '../cascade/cascade.service.js';
import { actorFields } from '../identity/actor.js';
import { Authorisation } from '../identity/authorisation.service.js';
import type { Principal } from '../identity/principal.js';
import { Clock } from '../kernel/clock.js';
import { ConcordatError } from '../kernel/errors.js';
import { IdFactory } from '../kernel/ids.js';
import { londonDay } from '../kernel/london-day.js';
import { Database, type Tx } from '../platform/database/database.js';
import { Idempotency } from '../platform/database/idempotency.js';
import { takeLocks } from '../platform/database/locks.js';
import { nextReference } from '../platform/database/references.js';
import type { ProjectDto, ProjectMemberDto } from './project.dto.js';
import type { ProjectEntity, ProjectMemberEntity } from './project.entity.js';
import { checkProjectDates, moveProject, type ProjectMove } from './project.rules.js';
import { ProjectsRepository } from './projects.repository.js';

export interface ProjectView {
  readonly id: string;
  readonly reference: string;
  readonly organisationId: string;
  readonly title: string;
  readonly summary: string;
  readonly technicalSummary: string | null;
  readonly publicBenefit: string;
  readonly purposes: readonly string[];
  readonly startsOn: string;
  readonly endsOn: string;
  readonly ethicsApproved: boolean;
  readonly ethicsReference: string | null;
  readonly status: string;
  readonly members: readonly {
    readonly personId: string;
    readonly organisationId: string;
    readonly isLead: boolean;
  }[];
}

interface Loaded {
  readonly project: ProjectEntity;
  readonly members: readonly ProjectMemberEntity[];
}

/** Projects: who works together, for which purposes, until when. */
@Injectable()
export class ProjectsService {
  // eslint-disable-next-line max-params -- five collaborators and the three ports
  constructor(
    private readonly database: Database,
    private readonly projects: ProjectsRepository,
    private readonly authorisation: Authorisation,
    private readonly audit: AuditService,
    private readonly cascade: Cascade,
    private readonly idempotency: Idempotency,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(IdFactory) private readonly ids: IdFactory,
  ) {}

  /** The creator, a live researcher of the lead organisation, becomes the project's lead. */
  async create(principal: Principal, dto: ProjectDto, key?: string): Promise<ProjectView> {
    this.authorisation.require(principal, 'project:create', {
      organisationIds: [dto.organisationId],
    });
    checkProjectDates(dto.startsOn, dto.endsOn);
    const id = await this.database.transaction((tx) =>
      this.idempotency.once(
        tx,
        { principalId: principal.personId, route: 'POST projects', key, body: { ...dto } },
        () => this.insert(tx, principal, dto),
      ),
    );
    return this.get(principal, id);
  }

  async get(principal: Principal, id: string): Promise<ProjectView> {
    const loaded = await this.load(this.database.manager, id);
    this.requireSight(principal, loaded);
    return toView(loaded);
  }

  /** @param after the id of the last project of the page before. */
  async list(principal: Principal, after: string | null, limit: number): Promise<ProjectView[]> {
    const organisationIds = principal.memberships.map(({ organisationId }) => organisationId);
    const manager = this.database.manager;
    const rows = await this.projects.list(
      manager,
      principal.personId,
      organisationIds,
      after,
      limit,
    );
    return Promise.all(
      rows.map(async (project) =>
        toView({ project, members: await this.projects.findMembers(manager, project.id) }),
      ),
    );
  }

  async activate(principal: Principal, id: string): Promise<ProjectView> {
    return this.move(principal, id, 'activate', null);
  }

  /** Ends the project and, in the same transaction, every grant under it. */
  async close(principal: Principal, id: string, reason: string): Promise<ProjectView> {
    return this.move(principal, id, 'close', reason);
  }

  async addMember(principal: Principal, id: string, dto: ProjectMemberDto): Promise<ProjectView> {
    await this.change(principal, id, 'project:add_member', async (tx, { project, members }) => {
      const today = londonDay(this.clock.now());
      const isLive = await this.projects.isLiveResearcher(
        tx,
        dto.personId,
        dto.organisationId,
        today,
      );
      if (!isLive) {
        const reason = 'is no live researcher of that organisation';
        throw new ConcordatError('input_invalid', { errors: [{ pointer: '/personId', reason }] });
      }
      if (members.some(({ personId }) => personId === dto.personId)) {
        throw new ConcordatError('conflict', { personId: dto.personId });
      }
      const auditEventId = await this.audit.record(tx, 'project.member-added', {
        ...this.about(principal, project, [dto.organisationId]),
        alsoAbout: [dto.personId],
      });
      await this.projects.insertMember(tx, this.member(project.id, dto, false, auditEventId));
    });
    return this.get(principal, id);
  }

  /** Takes a member out and, in the same transaction, ends that member's grants in this project. */
  async removeMember(
    principal: Principal,
    id: string,
    personId: string,
    reason: string,
  ): Promise<ProjectView> {
    await this.change(principal, id, 'project:remove_member', async (tx, { project, members }) => {
      const member = members.find((candidate) => candidate.personId === personId);
      if (!member) {
        throw new ConcordatError('not_found');
      }
      if (member.isLead) {
        throw new ConcordatError('transition_not_allowed', { from: 'lead', move: 'remove_member' });
      }
      const auditEventId = await this.audit.record(tx, 'project.member-removed', {
        ...this.about(principal, project, [member.organisationId]),
        reasonText: reason,
        alsoAbout: [personId],
      });
      await this.projects.removeMember(tx, member.id, this.clock.now(), auditEventId);
      await this.cascade.apply(tx, { code: 'member_removed', projectId: project.id, personId });
    });
    return this.get(principal, id);
  }

  private async insert(tx: Tx, principal: Principal, dto: ProjectDto): Promise<string> {
    const now = this.clock.now();
    const today = londonDay(now);
    const isLive = await this.projects.isLiveResearcher(
      tx,
      principal.personId,
      dto.organisationId,
      today,
    );
    if (!isLive) {
      const reason = 'must be an organisation whose live researcher you are';
      throw new ConcordatError('input_invalid', {
        errors: [{ pointer: '/organisationId', reason }],
      });
    }
    const id = this.ids.next();
    const auditEventId = await this.audit.record(tx, 'project.created', {
      ...actorFields(principal, dto.organisationId),
      organisationIds: [dto.organisationId],
      targetType: 'project',
      targetId: id,
      projectId: id,
    });
    await this.projects.insert(tx, {
      id,
      reference: await nextReference(tx, 'PRJ', now.getUTCFullYear()),
      organisationId: dto.organisationId,
      title: dto.title,
      summary: dto.summary,
      technicalSummary: dto.technicalSummary ?? null,
      publicBenefit: dto.publicBenefit,
      purposes: dto.purposes,
      startsOn: dto.startsOn,
      endsOn: dto.endsOn,
      ethicsApproved: dto.ethicsApproved,
      ethicsReference: dto.ethicsReference ?? null,
      status: 'draft',
      auditEventId,
    });
    const lead = { personId: principal.personId, organisationId: dto.organisationId };
    await this.projects.insertMember(tx, this.member(id, lead, true, auditEventId));
    return id;
  }

  private async move(
    principal: Principal,
    id: string,
    move: ProjectMove,
    reason: string | null,
  ): Promise<ProjectView> {
    await this.change(principal, id, `project:${move}`, async (tx, { project }) => {
      const status = moveProject(project.status, move);
      const type = move === 'activate' ? 'project.activated' : 'project.closed';
      const auditEventId = await this.audit.record(tx, type, {
        ...this.about(principal, project, []),
        reasonText: reason ?? undefined,
      });
      await this.projects.setStatus(tx, id, status, auditEventId);
      if (move === 'close') {
        await this.cascade.apply(tx, { code: 'project_closed', projectId: id });
      }
    });
    return this.get(principal, id);
  }

  // Load → decide → change under the project's exclusive lock, so that an issue waits for it or is waited for.
  private async change(
    principal: Principal,
    id: string,
    operation:
      'project:activate' | 'project:close' | 'project:add_member' | 'project:remove_member',
    work: (tx: Tx, loaded: Loaded) => Promise<void>,
  ): Promise<void> {
    await this.database.transaction(async (tx) => {
      await takeLocks(tx, 'exclusive', [{ kind: 'project', id }]);
      const loaded = await this.load(tx, id);
      this.authorisation.require(principal, operation, {
        organisationIds: [loaded.project.organisationId],
      });
      await work(tx, loaded);
    });
  }

  private async load(manager: Database['manager'], id: string): Promise<Loaded> {
    const project = await this.projects.find(manager, id);
    if (!project) {
      throw new ConcordatError('not_found');
    }
    return { project, members: await this.projects.findMembers(manager, id) };
  }

  private requireSight(principal: Principal, { project, members }: Loaded): void {
    const isMember = members.some(({ personId }) => personId === principal.personId);
    if (!isMember) {
      this.authorisation.require(principal, 'project:read', {
        organisationIds: [
          project.organisationId,
          ...members.map(({ organisationId }) => organisationId),
        ],
      });
    }
  }

  private about(principal: Principal, project: ProjectEntity, others: readonly string[]) {
    return {
      ...actorFields(principal, project.organisationId),
      organisationIds: [project.organisationId, ...others],
      targetType: 'project',
      targetId: project.id,
      projectId: project.id,
    };
  }

  private member(
    projectId: string,
    { personId, organisationId }: ProjectMemberDto,
    isLead: boolean,
    auditEventId: string,
  ): ProjectMemberEntity {
    const addedAt = this.clock.now();
    return {
      id: this.ids.next(),
      projectId,
      personId,
      organisationId,
      isLead,
      addedAt,
      removedAt: null,
      auditEventId,
    };
  }
}

function toView({ project, members }: Loaded): ProjectView {
  return {
    id: project.id,
    reference: project.reference,
    organisationId: project.organisationId,
    title: project.title,
    summary: project.summary,
    technicalSummary: project.technicalSummary,
    publicBenefit: project.publicBenefit,
    purposes: project.purposes,
    startsOn: project.startsOn,
    endsOn: project.endsOn,
    ethicsApproved: project.ethicsApproved,
    ethicsReference: project.ethicsReference,
    status: project.status,
    members: members.map(({ personId, organisationId, isLead }) => ({
      personId,
      organisationId,
      isLead,
    })),
  };
}
