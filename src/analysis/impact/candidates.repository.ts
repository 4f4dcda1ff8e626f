import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

/** Somebody who reads a dataset for a project, or could ask to. */
export interface Candidate {
  /** Of somebody in a project, their place in it; of a request, the request. */
  readonly placeId: string;
  readonly personId: string;
  readonly pseudonym: string;
  readonly projectId: string;
  readonly organisationId: string;
  readonly datasetId: string;
  /** Whose the dataset is. */
  readonly ownerId: string;
  /** The newest request that is not over; null when they have yet to ask. */
  readonly accessRequestId: string | null;
  /** A draft is no business of the provider's yet. */
  readonly isSubmitted: boolean;
}

/** After whom a page starts. The reader holds it: nothing in it says who it is. */
export interface CandidatePosition {
  readonly placeId: string;
  readonly datasetId: string;
}

/** Which people, projects and datasets an agreement may concern. */
export interface AgreementScope {
  readonly agreementId: string;
  readonly datasetIds: readonly string[];
  readonly recipientIds: readonly string[];
  readonly today: string;
  /** Only of these organisations, or of their data; null for everybody. */
  readonly onlookerIds: readonly string[] | null;
}

const OPEN = `r.status NOT IN ('withdrawn', 'refused', 'lapsed', 'closed')`;

// $1 agreement, $2 datasets, $3 recipients, $4 today, $5 onlooker's organisations or null, $6 and $7 after, $8 limit.
export const OF_AGREEMENT = `
  SELECT c.id AS "placeId", c.person_id AS "personId", p.pseudonym, c.project_id AS "projectId", c.organisation_id AS "organisationId",
    c.dataset_id AS "datasetId", d.organisation_id AS "ownerId", c.request_id AS "accessRequestId",
    coalesce(c.status <> 'draft', false) AS "isSubmitted"
  FROM (
    SELECT m.id, m.person_id, m.project_id, m.organisation_id, x.id AS dataset_id, q.id AS request_id, q.status
    FROM project_member m
      JOIN project j ON j.id = m.project_id AND j.status <> 'closed'
      CROSS JOIN unnest($2::uuid[]) AS x(id)
      LEFT JOIN LATERAL (SELECT r.id, r.status FROM access_request r WHERE r.agreement_id = $1
        AND r.requester_id = m.person_id AND r.project_id = m.project_id AND r.dataset_id = x.id AND ${OPEN}
        ORDER BY r.id DESC LIMIT 1) q ON true
    WHERE m.removed_at IS NULL AND m.organisation_id = ANY ($3::uuid[])
      AND EXISTS (SELECT FROM live_role($4) l
        WHERE l.person_id = m.person_id AND l.organisation_id = m.organisation_id AND l.role = 'researcher')) c
    JOIN person p ON p.id = c.person_id
    JOIN dataset d ON d.id = c.dataset_id
  WHERE ($5::uuid[] IS NULL OR c.organisation_id = ANY ($5) OR d.organisation_id = ANY ($5))
    AND ($6::uuid IS NULL OR (c.id, c.dataset_id) > ($6, $7::uuid))
  ORDER BY c.id, c.dataset_id LIMIT $8`;

// $1 dataset or null for all, $2 after, $3 limit.
export const OF_GUARDRAIL = `
  SELECT r.id AS "placeId", r.requester_id AS "personId", p.pseudonym, r.project_id AS "projectId", r.organisation_id AS "organisationId",
    r.dataset_id AS "datasetId", d.organisation_id AS "ownerId", r.id AS "accessRequestId", true AS "isSubmitted"
  FROM access_request r JOIN person p ON p.id = r.requester_id JOIN dataset d ON d.id = r.dataset_id
  WHERE r.status IN ('submitted', 'in_review', 'returned', 'approved') AND ($1::uuid IS NULL OR r.dataset_id = $1) AND ($2::uuid IS NULL OR r.id > $2)
  ORDER BY r.id LIMIT $3`;

/** Who might gain or lose by a change, a page at a time. */
@Injectable()
export class CandidatesRepository {
  /** Live researchers in projects of the recipients, with each dataset: whether or not they have asked. */
  async ofAgreement(
    manager: EntityManager,
    scope: AgreementScope,
    after: CandidatePosition | null,
    limit: number,
  ): Promise<readonly Candidate[]> {
    return manager.query<Candidate[]>(OF_AGREEMENT, [
      scope.agreementId,
      scope.datasetIds,
      scope.recipientIds,
      scope.today,
      scope.onlookerIds,
      after?.placeId ?? null,
      after?.datasetId ?? null,
      limit,
    ]);
  }

  /** Those who asked: a guardrail changes nothing for anybody else until they do. */
  async ofGuardrail(
    manager: EntityManager,
    datasetId: string | null,
    after: string | null,
    limit: number,
  ): Promise<readonly Candidate[]> {
    return manager.query<Candidate[]>(OF_GUARDRAIL, [datasetId, after, limit]);
  }
}
