import { Injectable } from '@nestjs/common';
import { IsNull, type EntityManager } from 'typeorm';
import type { Tx } from '../../platform/database/database.js';
import { ProjectEntity, ProjectMemberEntity } from './project.entity.js';

export const MAX_MEMBERS = 500;

@Injectable()
export class ProjectsRepository {
  async insert(tx: Tx, project: ProjectEntity): Promise<void> {
    await tx.insert(ProjectEntity, project);
  }

  async insertMember(tx: Tx, member: ProjectMemberEntity): Promise<void> {
    await tx.insert(ProjectMemberEntity, member);
  }

  async find(manager: EntityManager, id: string): Promise<ProjectEntity | null> {
    return manager.findOneBy(ProjectEntity, { id });
  }

  /** Current members, leads first. */
  async findMembers(manager: EntityManager, projectId: string): Promise<ProjectMemberEntity[]> {
    return manager.find(ProjectMemberEntity, {
      where: { projectId, removedAt: IsNull() },
      order: { isLead: 'DESC', addedAt: 'ASC', id: 'ASC' },
      take: MAX_MEMBERS,
    });
  }

  async update(tx: Tx, id: string, changes: Partial<ProjectEntity>): Promise<void> {
    await tx.update(ProjectEntity, { id }, changes);
  }

  async removeMember(tx: Tx, id: string, removedAt: Date, auditEventId: string): Promise<void> {
    await tx.update(ProjectMemberEntity, { id }, { removedAt, auditEventId });
  }

  /**
   * Projects that a person is a member of, or in which one of the organisations leads or takes part. Newest first.
   * @param organisationIds those whose projects the caller may read.
   * @param after the id of the last project of the page before.
   */
  async list(
    manager: EntityManager,
    personId: string,
    organisationIds: readonly string[],
    after: string | null,
    limit: number,
  ): Promise<ProjectEntity[]> {
    const query = manager
      .createQueryBuilder(ProjectEntity, 'project')
      .where(
        `(project.organisation_id = ANY(:organisationIds) OR project.id = ANY(ARRAY(
          SELECT m.project_id FROM project_member m
          WHERE m.removed_at IS NULL AND (m.person_id = :personId OR m.organisation_id = ANY(:organisationIds)))))`,
        { organisationIds, personId },
      )
      .orderBy('project.id', 'DESC')
      .take(limit);
    if (after !== null) {
      query.andWhere('project.id < :after', { after });
    }
    return query.getMany();
  }
}
