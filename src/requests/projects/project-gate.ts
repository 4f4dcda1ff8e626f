import { Injectable } from '@nestjs/common';
import { actorFields } from '../../identity/actor.js';
import { deputyFields } from '../../identity/deputy.js';
import { Authorisation } from '../../identity/authorisation.service.js';
import type { Principal } from '../../identity/principal.js';
import { ConcordatError } from '../../kernel/errors.js';
import { Database, type Tx } from '../../platform/database/database.js';
import { takeLocks } from '../../platform/database/locks.js';
import type { ProjectEntity, ProjectMemberEntity } from './project.entity.js';
import { toProjectView, type ProjectView } from './project.view.js';
import { ProjectsRepository } from './projects.repository.js';

/** A project and its current members. */
export interface OpenedProject {
  readonly project: ProjectEntity;
  readonly members: readonly ProjectMemberEntity[];
}

type ProjectOperation =
  | 'project:activate'
  | 'project:close'
  | 'project:update'
  | 'project:add_member'
  | 'project:remove_member';

/** The one door to a project: who sees it, and who may change it. */
@Injectable()
export class ProjectGate {
  constructor(
    private readonly database: Database,
    private readonly projects: ProjectsRepository,
    private readonly authorisation: Authorisation,
  ) {}

  /** Members see their project; so does who may read projects of an organisation that takes part. */
  async read(principal: Principal, id: string): Promise<ProjectView> {
    const { project, members } = await this.load(this.database.manager, id);
    if (!members.some(({ personId }) => personId === principal.personId)) {
      this.authorisation.require(principal, 'project:read', {
        organisationIds: [
          project.organisationId,
          ...members.map(({ organisationId }) => organisationId),
        ],
      });
    }
    return toProjectView(project, members);
  }

  /** Load → decide → change under the project's exclusive lock: an issue waits for it or is waited for. */
  async change(
    principal: Principal,
    id: string,
    operation: ProjectOperation,
    work: (tx: Tx, opened: OpenedProject) => Promise<void>,
  ): Promise<ProjectView> {
    await this.database.transaction(async (tx) => {
      await takeLocks(tx, 'exclusive', [{ kind: 'project', id }]);
      const opened = await this.load(tx, id);
      // A project is its lead's own.
      const lead = opened.members.find(({ isLead }) => isLead);
      this.authorisation.require(principal, operation, {
        organisationIds: [opened.project.organisationId],
        ...(lead && { personId: lead.personId }),
      });
      await work(tx, opened);
    });
    const { project, members } = await this.load(this.database.manager, id);
    return toProjectView(project, members);
  }

  private async load(manager: Database['manager'], id: string): Promise<OpenedProject> {
    const project = await this.projects.find(manager, id);
    if (!project) {
      throw new ConcordatError('not_found');
    }
    return { project, members: await this.projects.findMembers(manager, id) };
  }
}

/** What every event of a project says. @param others organisations concerned beside the lead's. */
export function aboutProject(
  principal: Principal,
  project: Pick<ProjectEntity, 'id' | 'organisationId'>,
  others: readonly string[] = [],
) {
  return {
    ...actorFields(principal, project.organisationId),
    ...deputyFields(principal, project.organisationId),
    organisationIds: [...new Set([project.organisationId, ...others])],
    targetType: 'project',
    targetId: project.id,
    projectId: project.id,
  };
}
