import { Injectable } from '@nestjs/common';
import type { Database } from '../platform/database/database.js';
import { queryPlanned } from '../platform/database/planned-statement.js';
import type { AccessFacts } from './access-facts.js';

// $2 today as a London day, $3 now, $4 an agreement version or null. Every lookup is by primary key or by an index on its
// first column.
const factsOf = (request: string): string => `
  SELECT jsonb_build_object(
    'request', jsonb_build_object('id', r.id, 'status', r.status, 'requesterId', r.requester_id,
      'projectId', r.project_id, 'datasetId', r.dataset_id, 'agreementId', r.agreement_id,
      'agreementVersion', v.version, 'organisationId', r.organisation_id, 'purpose', r.purpose,
      'delivery', r.delivery, 'untilOn', r.until_on, 'conflict', r.conflict, 'undertakingHash', r.undertaking_hash,
      'conditions', (SELECT a.conditions FROM access_decision a
        WHERE a.access_request_id = r.id AND a.decision = 'approved')),
    'person', jsonb_build_object('status', p.status,
      'accreditations', coalesce((SELECT jsonb_agg(jsonb_build_object('code', a.scheme, 'expiresOn', a.expires_on))
        FROM held_accreditations(p.id, $2) a), '[]'),
      'trainings', coalesce((SELECT jsonb_agg(jsonb_build_object('code', t.course, 'expiresOn', t.expires_on))
        FROM training t WHERE t.person_id = p.id AND t.expires_on >= $2), '[]')),
    'affiliation', (SELECT jsonb_build_object('endsOn', least(m.ends_on, mr.ends_on), 'roles', (
        SELECT jsonb_agg(x.role) FROM membership_role x
        WHERE x.membership_id = m.id AND x.ended_at IS NULL AND x.starts_on <= $2
          AND (x.ends_on IS NULL OR x.ends_on >= $2)))
      FROM membership m JOIN membership_role mr ON mr.membership_id = m.id AND mr.role = 'researcher'
        AND mr.ended_at IS NULL AND mr.starts_on <= $2 AND (mr.ends_on IS NULL OR mr.ends_on >= $2)
      WHERE m.person_id = p.id AND m.organisation_id = r.organisation_id AND m.ended_at IS NULL
        AND m.starts_on <= $2 AND (m.ends_on IS NULL OR m.ends_on >= $2)),
    'organisation', jsonb_build_object('status', o.status, 'kind', o.kind,
      'checks', coalesce((SELECT jsonb_agg(jsonb_build_object('code', c.kind, 'expiresOn', c.expires_on))
        FROM organisation_check c WHERE c.organisation_id = o.id AND c.expires_on >= $2), '[]')),
    'provider', jsonb_build_object('id', po.id, 'status', po.status),
    'project', jsonb_build_object('status', j.status, 'startsOn', j.starts_on, 'endsOn', j.ends_on, 'purposes', to_jsonb(j.purposes),
      'ethicsApproved', j.ethics_approved, 'isMember', EXISTS (SELECT FROM project_member pm
        WHERE pm.project_id = j.id AND pm.person_id = p.id AND pm.removed_at IS NULL)),
    'agreement', jsonb_build_object('reference', g.reference, 'status', CASE
        WHEN v.status = 'active' AND v.ends_at <= $3 THEN 'expired'
        WHEN v.status = 'active' AND coalesce(v.next_review_on, v.terms ->> 'reviewOn') <= ($2::date - 30)::text
        THEN 'suspended' ELSE v.status END, 'versionHash', v.version_hash,
      'endsAt', v.ends_at,
      'partyStatus', CASE WHEN mine.ends_at <= $3 THEN 'withdrawn' ELSE mine.status END,
      'providerStatus', CASE WHEN theirs.ends_at <= $3 THEN 'withdrawn' ELSE theirs.status END,
      'partyRole', mine.data_role, 'terms', v.terms),
    'dataset', jsonb_build_object('access', d.access, 'kind', d.kind, 'status', d.status,
      'sensitivity', d.sensitivity, 'tags', to_jsonb(d.tags), 'prefix', d.prefix, 'sealedVersion', d.sealed_version,
      'disclosesLocation', coalesce((SELECT bool_and(x.discloses_location) FROM distribution x
        WHERE x.dataset_id = d.id AND x.removed_at IS NULL AND x.path IS NOT NULL), false),
      'feed', (SELECT jsonb_build_object('lastNumber', f.last_number, 'isWatched',
        coalesce(f.watched_at > $3::timestamptz - interval '10 minutes', false))
        FROM feed f WHERE f.dataset_id = d.id)),
    'store', CASE WHEN s.id IS NOT NULL THEN jsonb_build_object('id', s.id, 'endpoint', s.endpoint, 'status', s.status,
      'probePassed', s.probe_passed, 'probedAt', s.probed_at, 'clockOffsetSeconds', s.clock_offset_seconds,
      'stsChecks', CASE WHEN s.sts IS NOT NULL THEN (SELECT jsonb_object_agg(c ->> 'name', c ->> 'result')
        FROM jsonb_array_elements(s.probe) c WHERE starts_with(c ->> 'name', 'sts_')) END) END,
    'liveGrantId', (SELECT w.id FROM grants w WHERE w.person_id = p.id AND w.access_request_id = r.id
      AND w.status IN ('issued', 'active') AND w.expires_at > $3),
    'policyVersion', (SELECT version FROM policy_head WHERE id = 1),
    'logPublishedAt', (SELECT published_at FROM log_state WHERE id = 1)) AS facts
  FROM ${request} r
  JOIN person p ON p.id = r.requester_id
  JOIN organisation o ON o.id = r.organisation_id
  JOIN project j ON j.id = r.project_id
  JOIN dataset d ON d.id = r.dataset_id
  JOIN organisation po ON po.id = d.organisation_id
  LEFT JOIN partner_store s ON s.id = d.store_id
  JOIN agreement g ON g.id = r.agreement_id
  JOIN agreement_version v ON v.agreement_id = g.id AND v.version = coalesce($4::int, r.agreement_version, g.current_version)
  LEFT JOIN agreement_party mine ON mine.agreement_id = g.id AND mine.organisation_id = r.organisation_id
  LEFT JOIN agreement_party theirs ON theirs.agreement_id = g.id AND theirs.organisation_id = d.organisation_id
`;

/** $1 access request. */
export const FACTS = `${factsOf('access_request')} WHERE r.id = $1`;

// Of a request that nobody made: the first purpose of the project that the agreement names, else its first.
const PURPOSE = `coalesce((SELECT u.purpose FROM unnest(j.purposes) WITH ORDINALITY u(purpose, at)
        WHERE v.terms -> 'purposes' ? u.purpose ORDER BY u.at LIMIT 1), j.purposes[1])`;

// $1 person, $5 project, $6 dataset, $7 agreement: what a request of theirs would be, asked for today.
const FACTS_OF_NONE = factsOf(`(
    SELECT NULL::uuid AS id, 'draft'::text AS status, $1::uuid AS requester_id, j.id AS project_id,
      $6::uuid AS dataset_id, a.id AS agreement_id, NULL::int AS agreement_version, m.organisation_id,
      ${PURPOSE} AS purpose, v.terms #>> '{modes,0}' AS delivery, j.ends_on AS until_on, false AS conflict,
      NULL::text AS undertaking_hash
    FROM project j JOIN project_member m ON m.project_id = j.id AND m.person_id = $1 AND m.removed_at IS NULL
      JOIN agreement a ON a.id = $7
      JOIN agreement_version v ON v.agreement_id = a.id AND v.version = a.current_version
    WHERE j.id = $5)`);

// $1 access requests, in this order.
const FACTS_OF_MANY = `${factsOf('access_request')} WHERE r.id = ANY ($1::uuid[]) ORDER BY array_position($1::uuid[], r.id)`;

// $1 people, $5 projects, $6 datasets, side by side; $7 agreement: what requests of theirs would be.
const FACTS_OF_MANY_NONE = `${factsOf(`(
    SELECT NULL::uuid AS id, 'draft'::text AS status, c.person_id AS requester_id, j.id AS project_id,
      c.dataset_id, a.id AS agreement_id, NULL::int AS agreement_version, m.organisation_id,
      ${PURPOSE} AS purpose, v.terms #>> '{modes,0}' AS delivery, j.ends_on AS until_on, false AS conflict,
      NULL::text AS undertaking_hash, c.at
    FROM unnest($1::uuid[], $5::uuid[], $6::uuid[]) WITH ORDINALITY AS c(person_id, project_id, dataset_id, at)
      JOIN project j ON j.id = c.project_id
      JOIN project_member m ON m.project_id = j.id AND m.person_id = c.person_id AND m.removed_at IS NULL
      JOIN agreement a ON a.id = $7
      JOIN agreement_version v ON v.agreement_id = a.id AND v.version = coalesce($4::int, a.current_version))`)} ORDER BY r.at`;

/** Who would ask for what. */
export interface Asking {
  readonly personId: string;
  readonly projectId: string;
  readonly datasetId: string;
  readonly agreementId: string;
}

/** What never changes of an access request: the things whose locks its grant takes. */
export interface RequestScope {
  readonly organisationIds: readonly string[];
  readonly agreementId: string;
  readonly projectId: string;
  readonly personId: string;
  /** Of a dataset in no store its own id, as `catalogue` locks it. */
  readonly storeId: string;
}

/** Reads the facts of one access request, for every slice that judges one. */
@Injectable()
export class AccessFactsService {
  /**
   * @param today the London day of `now`.
   * @param version the agreement version to look at; absent: that of the request.
   */
  async find(
    manager: Database['manager'],
    accessRequestId: string,
    today: string,
    now: Date,
    version?: number,
  ): Promise<AccessFacts | undefined> {
    const params = [accessRequestId, today, now, version ?? null];
    const { rows } = await queryPlanned(manager, FACTS, params);
    const [row] = rows as { readonly facts: AccessFacts }[];
    return row?.facts;
  }

  /** Of the request that was submitted: the approved one, else the newest that is not over. Its provider knows of it. */
  findSubmitted(
    manager: Database['manager'],
    asking: Asking,
    today: string,
    now: Date,
  ): Promise<AccessFacts | undefined> {
    return this.findAsked(manager, asking, 'undertaken_at IS NOT NULL', today, now);
  }

  /** The same with drafts, and without any request of one that could be made today: its undertaking is null. */
  async findFor(
    manager: Database['manager'],
    asking: Asking,
    today: string,
    now: Date,
  ): Promise<AccessFacts | undefined> {
    const asked = await this.findAsked(manager, asking, 'true', today, now);
    if (asked) {
      return asked;
    }
    const { personId, projectId, datasetId, agreementId } = asking;
    const [row] = await manager.query<{ facts: AccessFacts }[]>(FACTS_OF_NONE, [
      personId,
      today,
      now,
      null,
      projectId,
      datasetId,
      agreementId,
    ]);
    return row?.facts;
  }

  /** Of many requests at once, in the order of their ids; what is not there is left out. */
  async findMany(
    manager: Database['manager'],
    accessRequestIds: readonly string[],
    today: string,
    now: Date,
    version?: number,
  ): Promise<readonly AccessFacts[]> {
    const params = [accessRequestIds, today, now, version ?? null];
    const rows = await manager.query<{ facts: AccessFacts }[]>(FACTS_OF_MANY, params);
    return rows.map(({ facts }) => facts);
  }

  /** Of requests that nobody made, in the order of `askings`, which are all of one agreement. */
  async findManyUnasked(
    manager: Database['manager'],
    askings: readonly Asking[],
    today: string,
    now: Date,
    version: number,
  ): Promise<readonly AccessFacts[]> {
    const rows = await manager.query<{ facts: AccessFacts }[]>(FACTS_OF_MANY_NONE, [
      askings.map(({ personId }) => personId),
      today,
      now,
      version,
      askings.map(({ projectId }) => projectId),
      askings.map(({ datasetId }) => datasetId),
      askings[0]?.agreementId,
    ]);
    return rows.map(({ facts }) => facts);
  }

  private async findAsked(
    manager: Database['manager'],
    { personId, projectId, datasetId, agreementId }: Asking,
    condition: string,
    today: string,
    now: Date,
  ): Promise<AccessFacts | undefined> {
    const [request] = await manager.query<{ id: string }[]>(
      `SELECT id FROM access_request WHERE requester_id = $1 AND project_id = $2 AND dataset_id = $3
         AND agreement_id = $4 AND status NOT IN ('withdrawn', 'refused', 'lapsed', 'closed') AND ${condition}
       ORDER BY status = 'approved' DESC, id DESC LIMIT 1`,
      [personId, projectId, datasetId, agreementId],
    );
    return request && this.find(manager, request.id, today, now);
  }

  async findScope(
    manager: Database['manager'],
    accessRequestId: string,
  ): Promise<RequestScope | undefined> {
    const [row] = await manager.query<RequestScope[]>(
      `SELECT ARRAY[r.organisation_id, d.organisation_id]::text[] AS "organisationIds", r.agreement_id AS "agreementId",
         r.project_id AS "projectId", r.requester_id AS "personId",
         coalesce(d.store_id, d.id) AS "storeId"
       FROM access_request r JOIN dataset d ON d.id = r.dataset_id WHERE r.id = $1`,
      [accessRequestId],
    );
    return row;
  }
}
