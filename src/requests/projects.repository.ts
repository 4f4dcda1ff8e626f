import { Injectable } from '@nestjs/common';
import { IsNull, type EntityManager } from 'typeorm';
import type { Tx } from '../platform/database/database.js';
import { ProjectEntity, ProjectMemberEntity } from './project.entity.js';

const MAX_MEMBERS = 500;

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

  async setStatus(
    tx: Tx,
    id: string,
    status: ProjectEntity['status'],
    auditEventId: string,
  ): Promise<void> {
    await tx.update(ProjectEntity, { id }, { status, auditEventId });
  }

  async removeMember(tx: Tx, id: string, removedAt: Date, auditEventId: string): Promise<void> {
    await tx.update(ProjectMemberEntity, { id }, { removedAt, auditEventId });
  }

  /** Projects that a person is a member of, or that one of the organisations leads, newest first. */
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
        `(project.organisation_id = ANY(:organisationIds) OR project.id IN (SELECT m.project_id FROM project_member m
          WHERE m.person_id = :personId AND m.removed_at IS NULL))`,
        { organisationIds, personId },
      )
      .orderBy('project.id', 'DESC')
      .take(limit);
    if (after !== null) {
      query.andWhere('project.id < :after', { after });
    }
    return query.getMany();
  }

  /** True when the person is a live researcher of the organisation on that London day. */
  async isLiveResearcher(
    manager: EntityManager,
    personId: string,
    organisationId: string,
    today: string,
  ): Promise<boolean> {
    const [row] = await manager.query<{ live: boolean }[]>(
      `SELECT EXISTS (SELECT FROM membership m
         JOIN membership_role r ON r.membership_id = m.id AND r.role = 'researcher' AND r.ended_at IS NULL
           AND r.starts_on <= $3 AND (r.ends_on IS NULL OR r.ends_on >= $3)
         JOIN organisation o ON o.id = m.organisation_id AND o.status = 'active'
         JOIN person p ON p.id = m.person_id AND p.status = 'active'
         WHERE m.person_id = $1 AND m.organisation_id = $2 AND m.ended_at IS NULL AND m.starts_on <= $3
           AND (m.ends_on IS NULL OR m.ends_on >= $3)) AS live`,
      [personId, organisationId, today],
    );
    return row?.live === true;
  }
}
