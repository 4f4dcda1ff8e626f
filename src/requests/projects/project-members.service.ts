import { Inject, Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import { Cascade } from '../../cascade/cascade.service.js';
import type { Principal } from '../../identity/principal.js';
import { Clock } from '../../kernel/clock.js';
import { ConcordatError } from '../../kernel/errors.js';
import { IdFactory } from '../../kernel/ids.js';
import { londonDay } from '../../kernel/london-day.js';
import { LiveRolesRepository } from '../live-roles.repository.js';
import type { ProjectMemberDto } from './project.dto.js';
import { aboutProject, ProjectGate } from './project-gate.js';
import type { ProjectView } from './project.view.js';
import { MAX_MEMBERS, ProjectsRepository } from './projects.repository.js';

/** Who works in a project. */
@Injectable()
export class ProjectMembers {
  // eslint-disable-next-line max-params -- what a slice needs and the three ports
  constructor(
    private readonly gate: ProjectGate,
    private readonly projects: ProjectsRepository,
    private readonly roles: LiveRolesRepository,
    private readonly audit: AuditService,
    private readonly cascade: Cascade,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(IdFactory) private readonly ids: IdFactory,
  ) {}

  /** Takes in a live researcher of an organisation, in whose name that person then works here. */
  async add(principal: Principal, id: string, dto: ProjectMemberDto): Promise<ProjectView> {
    return this.gate.change(principal, id, 'project:add_member', async (tx, opened) => {
      const { project, members } = opened;
      if (project.status === 'closed') {
        throw new ConcordatError('transition_not_allowed', { from: 'closed', move: 'add_member' });
      }
      const now = this.clock.now();
      if (!(await this.roles.holds(tx, { ...dto, role: 'researcher' }, londonDay(now)))) {
        const reason = 'is no live researcher of that organisation';
        throw new ConcordatError('input_invalid', { errors: [{ pointer: '/personId', reason }] });
      }
      if (members.some(({ personId }) => personId === dto.personId)) {
        throw new ConcordatError('conflict', { personId: dto.personId });
      }
      if (members.length >= MAX_MEMBERS) {
        throw new ConcordatError('conflict', { members: MAX_MEMBERS });
      }
      const auditEventId = await this.audit.record(tx, 'project.member-added', {
        ...aboutProject(principal, project, [dto.organisationId]),
        alsoAbout: [dto.personId],
      });
      await this.projects.insertMember(tx, {
        id: this.ids.next(),
        projectId: project.id,
        personId: dto.personId,
        organisationId: dto.organisationId,
        isLead: false,
        addedAt: now,
        removedAt: null,
        auditEventId,
      });
    });
  }

  /** Takes a member out and, in the same transaction, ends that member's grants in this project. */
  async remove(
    principal: Principal,
    id: string,
    personId: string,
    reason: string,
  ): Promise<ProjectView> {
    return this.gate.change(principal, id, 'project:remove_member', async (tx, opened) => {
      const { project, members } = opened;
      const member = members.find((candidate) => candidate.personId === personId);
      if (!member) {
        throw new ConcordatError('not_found');
      }
      if (member.isLead) {
        throw new ConcordatError('transition_not_allowed', { from: 'lead', move: 'remove_member' });
      }
      const auditEventId = await this.audit.record(tx, 'project.member-removed', {
        ...aboutProject(principal, project, [member.organisationId]),
        reasonText: reason,
        alsoAbout: [personId],
      });
      await this.projects.removeMember(tx, member.id, this.clock.now(), auditEventId);
      await this.cascade.apply(tx, { code: 'member_removed', projectId: project.id, personId });
    });
  }
}
