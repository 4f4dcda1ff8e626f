import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Tx } from '../platform/database/database.js';
import { AccessDecisionEntity, AccessRequestEntity } from './access-request.entity.js';
import type { ProjectStatus } from './projects/project.rules.js';

const MAX_DECISIONS = 100;
const MAX_OF_FORM = 100;

/** What a new request must fit: the agreement as its parties see it. */
export interface AgreementFit {
  /** Empty in a framework. */
  readonly modes: readonly string[];
  readonly hasDataset: boolean;
  readonly isRecipient: boolean;
}

/** What a new request must fit: the project as its member sees it. */
export interface OwnProject {
  /** In whose name the person works there. */
  readonly organisationId: string;
  readonly status: ProjectStatus;
  readonly purposes: readonly string[];
}

export interface RequestFilter {
  readonly personId: string;
  readonly organisationIds: readonly string[];
  readonly seesAll: boolean;
}

@Injectable()
export class AccessRequestsRepository {
  async insert(tx: Tx, request: AccessRequestEntity): Promise<void> {
    await tx.insert(AccessRequestEntity, request);
  }

  async insertDecision(tx: Tx, decision: AccessDecisionEntity): Promise<void> {
    await tx.insert(AccessDecisionEntity, decision);
  }

  async update(tx: Tx, id: string, changes: Partial<AccessRequestEntity>): Promise<void> {
    await tx.update(AccessRequestEntity, { id }, changes);
  }

  async find(manager: EntityManager, id: string): Promise<AccessRequestEntity | null> {
    return manager.findOneBy(AccessRequestEntity, { id });
  }

  async decisionsOf(
    manager: EntityManager,
    accessRequestId: string,
  ): Promise<AccessDecisionEntity[]> {
    return manager.find(AccessDecisionEntity, {
      where: { accessRequestId },
      order: { decidedAt: 'ASC', id: 'ASC' },
      take: MAX_DECISIONS,
    });
  }

  /** The organisation that owns the dataset, or undefined when there is no such dataset. */
  async providerOf(manager: EntityManager, datasetId: string): Promise<string | undefined> {
    const [row] = await manager.query<{ organisation_id: string }[]>(
      'SELECT organisation_id FROM dataset WHERE id = $1',
      [datasetId],
    );
    return row?.organisation_id;
  }

  /** A project as a current member finds it; undefined for everybody else. */
  async findOwnProject(
    manager: EntityManager,
    projectId: string,
    personId: string,
  ): Promise<OwnProject | undefined> {
    const [row] = await manager.query<OwnProject[]>(
      `SELECT m.organisation_id AS "organisationId", j.status, j.purposes
       FROM project_member m JOIN project j ON j.id = m.project_id
       WHERE m.project_id = $1 AND m.person_id = $2 AND m.removed_at IS NULL`,
      [projectId, personId],
    );
    return row;
  }

  /** True for whoever works in a project or ever did: leaving it for a moment makes nobody a judge of it. */
  async hasWorkedIn(manager: EntityManager, projectId: string, personId: string): Promise<boolean> {
    const [row] = await manager.query<{ worked: boolean }[]>(
      `SELECT EXISTS (SELECT FROM project_member WHERE project_id = $1 AND person_id = $2) AS worked`,
      [projectId, personId],
    );
    return row?.worked === true;
  }

  /** The version that a submission is for: the one in force, else the newest. */
  async versionInForce(manager: EntityManager, agreementId: string): Promise<number | undefined> {
    const [row] = await manager.query<{ version: number }[]>(
      `SELECT version FROM agreement_version WHERE agreement_id = $1
       ORDER BY status = 'active' DESC, version DESC LIMIT 1`,
      [agreementId],
    );
    return row?.version;
  }

  /** The agreement in force (or the newest version) as it bears on one dataset and organisation. */
  async findFit(
    manager: EntityManager,
    agreementId: string,
    datasetId: string,
    organisationId: string,
  ): Promise<AgreementFit | undefined> {
    const [row] = await manager.query<AgreementFit[]>(
      `SELECT coalesce(v.terms->'modes', '[]') AS modes,
         EXISTS (SELECT FROM agreement_item i WHERE i.agreement_id = v.agreement_id AND i.version = v.version
           AND i.dataset_id = $2) AS "hasDataset",
         EXISTS (SELECT FROM agreement_party p WHERE p.agreement_id = v.agreement_id AND p.organisation_id = $3
           AND p.data_role IN ('recipient', 'both')) AS "isRecipient"
       FROM agreement g JOIN agreement_version v ON v.agreement_id = g.id
       WHERE g.id = $1 ORDER BY (v.status = 'active') DESC, v.version DESC LIMIT 1`,
      [agreementId, datasetId, organisationId],
    );
    return row;
  }

  /** True while the organisation owes a certificate under the agreement that is late, written or not (R3.20, R3.25). */
  async owesClosure(
    manager: EntityManager,
    agreementId: string,
    organisationId: string,
    now: Date,
  ): Promise<boolean> {
    const [row] = await manager.query<{ owes: boolean }[]>(
      `SELECT EXISTS (SELECT FROM closure c WHERE c.agreement_id = $1 AND c.organisation_id = $2
         AND (c.status = 'overdue' OR (c.status = 'due' AND c.due_at <= $3 AND NOT EXISTS (SELECT FROM grants g
           WHERE g.project_id = c.project_id AND g.agreement_id = c.agreement_id
             AND g.status IN ('issued', 'active'))))) AS owes`,
      [agreementId, organisationId, now],
    );
    return row?.owes === true;
  }

  /** Moves every request that may still lead to a grant from one version of its agreement to the next. */
  async follow(
    tx: Tx,
    change: {
      readonly agreementId: string;
      readonly version: number;
      readonly nextVersion: number;
    },
  ): Promise<void> {
    await tx.query(
      `UPDATE access_request r SET agreement_version = n.version, undertaking_hash = CASE
         WHEN n.amendment = 'administrative' AND r.undertaking_hash = o.version_hash THEN n.version_hash
         ELSE r.undertaking_hash END
       FROM agreement_version o, agreement_version n
       WHERE o.agreement_id = $1 AND o.version = $2 AND n.agreement_id = $1 AND n.version = $3
         AND r.agreement_id = $1 AND r.agreement_version = $2
         AND r.status IN ('submitted', 'in_review', 'returned', 'approved')`,
      [change.agreementId, change.version, change.nextVersion],
    );
  }

  /** The requests of one form, oldest first. */
  async findForm(manager: EntityManager, formId: string): Promise<AccessRequestEntity[]> {
    return manager.find(AccessRequestEntity, {
      where: { formId },
      order: { id: 'ASC' },
      take: MAX_OF_FORM,
    });
  }

  /** Requests a caller may see: their own, those from their organisations, and what was submitted to them. Newest first. */
  async list(
    manager: EntityManager,
    { personId, organisationIds, seesAll }: RequestFilter,
    after: string | null,
    limit: number,
  ): Promise<AccessRequestEntity[]> {
    const query = manager
      .createQueryBuilder(AccessRequestEntity, 'request')
      .orderBy('request.id', 'DESC')
      .take(limit);
    if (!seesAll) {
      query.where(
        `(request.requester_id = :personId OR request.organisation_id = ANY(:organisationIds)
          OR (request.undertaken_at IS NOT NULL AND request.dataset_id = ANY(ARRAY(
            SELECT d.id FROM dataset d WHERE d.organisation_id = ANY(:organisationIds)))))`,
        { personId, organisationIds },
      );
    }
    if (after !== null) {
      query.andWhere('request.id < :after', { after });
    }
    return query.getMany();
  }
}
