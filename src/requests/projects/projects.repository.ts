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
   * Projects that somebody leads for an organisation, and whether the successor works in them as a researcher of it.
   * @param today a London day.
   */
  async listLed(
    manager: EntityManager,
    who: {
      readonly personId: string;
      readonly organisationId: string;
      readonly successorId: string | null;
    },
    today: string,
    limit: number,
  ): Promise<
    { readonly id: string; readonly reference: string; readonly isSuccessorIn: boolean }[]
  > {
    return manager.query(
      `SELECT p.id, p.reference, EXISTS (SELECT FROM project_member s
           JOIN live_role($4) l ON l.person_id = s.person_id AND l.organisation_id = s.organisation_id
             AND l.role = 'researcher'
         WHERE s.project_id = p.id AND s.removed_at IS NULL AND s.person_id = $3 AND s.organisation_id = $2)
         AS "isSuccessorIn"
       FROM project_member m JOIN project p ON p.id = m.project_id AND p.status <> 'closed'
       WHERE m.person_id = $1 AND m.organisation_id = $2 AND m.is_lead AND m.removed_at IS NULL
       ORDER BY p.id LIMIT $5`,
      [who.personId, who.organisationId, who.successorId, today, limit],
    );
  }

  /** One lead at a time: the first statement makes room for the second. */
  async moveLead(tx: Tx, projectId: string, personId: string, auditEventId: string): Promise<void> {
    const current = { projectId, removedAt: IsNull() };
    await tx.update(
      ProjectMemberEntity,
      { ...current, isLead: true },
      { isLead: false, auditEventId },
    );
    await tx.update(ProjectMemberEntity, { ...current, personId }, { isLead: true, auditEventId });
    await tx.update(ProjectEntity, { id: projectId }, { auditEventId });
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
