import { Inject, Injectable } from '@nestjs/common';
import { Vocabularies } from '../../agreements/vocabularies.js';
import { AuditService } from '../../audit/audit.service.js';
import { Cascade } from '../../cascade/cascade.service.js';
import { Authorisation } from '../../identity/authorisation.service.js';
import type { Principal } from '../../identity/principal.js';
import { Clock } from '../../kernel/clock.js';
import { ConcordatError } from '../../kernel/errors.js';
import { IdFactory } from '../../kernel/ids.js';
import { londonDay } from '../../kernel/london-day.js';
import { Database, type Tx } from '../../platform/database/database.js';
import { Idempotency } from '../../platform/database/idempotency.js';
import { nextReference } from '../../platform/database/references.js';
import { LiveRolesRepository } from '../live-roles.repository.js';
import { describedIn } from './described.js';
import type { ProjectDto } from './project.dto.js';
import { aboutProject, ProjectGate } from './project-gate.js';
import { checkProjectDates, checkProjectPurposes, moveProject } from './project.rules.js';
import { toProjectSummary, type ProjectSummary, type ProjectView } from './project.view.js';
import { ProjectsRepository } from './projects.repository.js';

/** Projects: for which purposes people work together, and until when. */
@Injectable()
export class ProjectsService {
  // eslint-disable-next-line max-params -- what a slice needs, the vocabulary and the two ports
  constructor(
    private readonly database: Database,
    private readonly gate: ProjectGate,
    private readonly projects: ProjectsRepository,
    private readonly roles: LiveRolesRepository,
    private readonly vocabularies: Vocabularies,
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
    checkProjectPurposes(dto.purposes, this.vocabularies.terms.purpose, dto.startsOn);
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
    return this.gate.read(principal, id);
  }

  /** The caller's projects, and those of the organisations in which the caller may read them. */
  async list(
    principal: Principal,
    after: string | null,
    limit: number,
  ): Promise<readonly ProjectSummary[]> {
    const organisationIds = principal.memberships
      .map(({ organisationId }) => organisationId)
      .filter((id) =>
        this.authorisation.allows(principal, 'project:read', { organisationIds: [id] }),
      );
    const rows = await this.projects.list(
      this.database.manager,
      principal.personId,
      organisationIds,
      after,
      limit,
    );
    return rows.map(toProjectSummary);
  }

  async activate(principal: Principal, id: string): Promise<ProjectView> {
    return this.gate.change(principal, id, 'project:activate', async (tx, { project }) => {
      const status = moveProject(project.status, 'activate');
      const auditEventId = await this.audit.record(
        tx,
        'project.activated',
        aboutProject(principal, project),
      );
      await this.projects.update(tx, id, { status, auditEventId });
    });
  }

  /** Ends the project and, in the same transaction, every grant under it. */
  async close(principal: Principal, id: string, reason: string): Promise<ProjectView> {
    return this.gate.change(principal, id, 'project:close', async (tx, { project, members }) => {
      const status = moveProject(project.status, 'close');
      const others = members.map(({ organisationId }) => organisationId);
      const auditEventId = await this.audit.record(tx, 'project.closed', {
        ...aboutProject(principal, project, others),
        reasonText: reason,
      });
      await this.projects.update(tx, id, { status, auditEventId });
      await this.cascade.apply(tx, { code: 'project_closed', projectId: id });
    });
  }

  private async insert(tx: Tx, principal: Principal, dto: ProjectDto): Promise<string> {
    const now = this.clock.now();
    const { personId } = principal;
    const { organisationId } = dto;
    const held = { personId, organisationId, role: 'researcher' } as const;
    if (!(await this.roles.holds(tx, held, londonDay(now)))) {
      const reason = 'must be an organisation whose live researcher you are';
      throw new ConcordatError('input_invalid', {
        errors: [{ pointer: '/organisationId', reason }],
      });
    }
    const id = this.ids.next();
    const auditEventId = await this.audit.record(
      tx,
      'project.created',
      aboutProject(principal, { id, organisationId }),
    );
    await this.projects.insert(tx, {
      id,
      reference: await nextReference(tx, 'PRJ', now.getUTCFullYear()),
      organisationId,
      ...describedIn(dto),
      status: 'draft',
      auditEventId,
    });
    await this.projects.insertMember(tx, {
      id: this.ids.next(),
      projectId: id,
      personId,
      organisationId,
      isLead: true,
      addedAt: now,
      removedAt: null,
      auditEventId,
    });
    return id;
  }
}
