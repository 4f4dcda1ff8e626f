import { id } from './ground.js';
import { DUTIES } from './duties.js';
import {
  DISCLOSED,
  GRANT_SEEN,
  items,
  NAMED,
  NAMES,
  one,
  PAGE,
  REPORTS,
  SEEN,
  shuffled,
  type Question,
} from './question.js';

export const QUESTIONS: readonly Question[] = [
  {
    name: '1 access',
    picks: `SELECT dataset_id AS dataset, to_char(issued_at + interval '20 days', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS at
      FROM grants WHERE ${GRANT_SEEN} AND issued_at < now() - interval '20 days' ${shuffled('id')}`,
    path: ({ dataset, at }) => `${REPORTS}/access?datasetId=${dataset ?? ''}&at=${at ?? ''}`,
    sql: `SELECT g.id, ${NAMED}, g.issued_at, g.expires_at, g.ended_at, g.end_reason, used.*
      FROM grants g ${NAMES}, LATERAL (SELECT count(*), sum(e.bytes), min(e.occurred_at), max(e.occurred_at) FROM audit_event e
        WHERE e.grant_id = g.id AND e.type IN ${DISCLOSED}) used
      WHERE g.dataset_id = :dataset::uuid AND g.issued_at <= :at::timestamptz
        AND least(coalesce(g.ended_at, g.expires_at), g.expires_at)
          + make_interval(secs => CASE WHEN g.delivery IN ('presign', 'sts') THEN g.max_revocation_seconds ELSE 0 END) > :at::timestamptz
        AND (:sees::uuid[] IS NULL OR g.organisation_id = ANY (:sees) OR g.provider_id = ANY (:sees))
      ORDER BY g.issued_at, g.id LIMIT ${String(PAGE)}`,
    size: items,
  },
  {
    name: '2 activity',
    picks: `SELECT person_ids[1] AS person FROM audit_event WHERE ${SEEN} AND type = 'object.opened'
        AND id IN (SELECT ${id('event', 'x * 7919')} FROM generate_series(1, 100) x)
      UNION SELECT person_ids[1] FROM (SELECT person_ids FROM audit_event WHERE ${SEEN} AND type = 'object.opened'
        ORDER BY occurred_at DESC LIMIT 200) x LIMIT $2`,
    path: ({ person }) => `${REPORTS}/people/${person ?? ''}/activity`,
    sql: `SELECT e.id, e.type, e.occurred_at, e.outcome, e.organisation_ids, e.reason_codes, y.bodies,
        d.title, a.reference, j.reference AS project, r.reference AS request
      FROM (SELECT * FROM audit_event WHERE person_ids @> ARRAY[:person::uuid] AND (:sees::uuid[] IS NULL OR organisation_ids && :sees)
          ORDER BY occurred_at DESC, id DESC LIMIT ${String(PAGE)}) e
        LEFT JOIN dataset d ON d.id = e.dataset_id LEFT JOIN agreement a ON a.id = e.agreement_id
        LEFT JOIN project j ON j.id = e.project_id LEFT JOIN access_request r ON r.id = e.access_request_id,
        LATERAL (SELECT array_agg(body) AS bodies FROM audit_payload WHERE event_id = e.id) y
      ORDER BY e.occurred_at DESC, e.id DESC`,
    size: items,
  },
  ...disclosures(),
  {
    name: '4 basis',
    picks: `SELECT id AS event FROM audit_event WHERE ${SEEN} AND type = 'object.delivered'
      AND occurred_at > now() - interval '300 days' LIMIT $2`,
    path: ({ event }) => `${REPORTS}/disclosures/${event ?? ''}/basis`,
    sql: `SELECT e.*, y.body, ${NAMED}, g.issued_at, g.expires_at, r.purpose, r.justification, v.terms, v.activated_at,
        (SELECT jsonb_agg(jsonb_build_object('reason', c.reason, 'position', c.position, 'by', x.pseudonym))
          FROM access_decision c JOIN person x ON x.id = c.decider_id WHERE c.access_request_id = r.id) AS decisions,
        (SELECT jsonb_agg(jsonb_build_object('hash', s.version_hash, 'at', s.signed_at, 'by', x.pseudonym))
          FROM agreement_signoff s JOIN person x ON x.id = s.person_id
          WHERE s.agreement_id = a.id AND s.version = v.version AND s.voided_at IS NULL) AS signoffs
      FROM audit_event e JOIN grants g ON g.id = e.grant_id ${NAMES} LEFT JOIN audit_payload y ON y.event_id = e.id
        AND y.subject_id = '00000000-0000-0000-0000-000000000000'
      WHERE e.id = :event::uuid AND (:sees::uuid[] IS NULL OR e.organisation_ids && :sees)`,
    size: one,
  },
  {
    name: '5 decision',
    picks: `SELECT r.id AS request FROM access_request r JOIN dataset d ON d.id = r.dataset_id
      WHERE $1::uuid[] IS NULL OR r.organisation_id = ANY ($1) OR d.organisation_id = ANY ($1) ${shuffled('r.id')}`,
    path: ({ request }) => `${REPORTS}/access-requests/${request ?? ''}/decision`,
    sql: `SELECT r.*, p.pseudonym, o.name, q.name AS provider, d.title, j.reference AS project, a.reference AS agreement, v.title AS agreement_title,
        (SELECT jsonb_agg(to_jsonb(c) || jsonb_build_object('by', x.pseudonym)) FROM access_decision c
          JOIN person x ON x.id = c.decider_id WHERE c.access_request_id = r.id) AS decisions,
        (SELECT jsonb_agg(jsonb_build_object('id', e.id, 'type', e.type, 'at', e.occurred_at, 'reasons', e.reason_codes))
          FROM audit_event e WHERE e.access_request_id = r.id AND e.type LIKE 'request.%') AS history,
        (SELECT count(*) FROM grants g WHERE g.access_request_id = r.id) AS grants
      FROM access_request r JOIN person p ON p.id = r.requester_id JOIN organisation o ON o.id = r.organisation_id
        JOIN dataset d ON d.id = r.dataset_id JOIN organisation q ON q.id = d.organisation_id
        JOIN project j ON j.id = r.project_id JOIN agreement a ON a.id = r.agreement_id
        JOIN agreement_version v ON v.agreement_id = a.id AND v.version = r.agreement_version
      WHERE r.id = :request::uuid AND (:sees::uuid[] IS NULL OR r.organisation_id = ANY (:sees) OR d.organisation_id = ANY (:sees))`,
    size: one,
  },
  {
    name: '6 explanation',
    // Those that the broker decided itself: the others rest on nothing that could be replayed.
    picks: `SELECT e.id AS event FROM audit_event e JOIN decision_record c ON c.audit_event_id = e.id
      WHERE e.type = 'grant.issued' AND e.id > '01000000-0000-0000-0000-000000000000' AND $1::uuid[] IS NULL LIMIT $2`,
    path: ({ event }) => `${REPORTS}/decisions/${event ?? ''}/explanation`,
    sql: `SELECT e.id, e.type, e.occurred_at, y.body, c.*, o.name, d.title, a.reference FROM audit_event e
        JOIN decision_record c ON c.audit_event_id = e.id JOIN grants g ON g.id = e.grant_id
        JOIN organisation o ON o.id = g.organisation_id JOIN dataset d ON d.id = g.dataset_id JOIN agreement a ON a.id = g.agreement_id
        LEFT JOIN audit_payload y ON y.event_id = e.id AND y.subject_id = '00000000-0000-0000-0000-000000000000'
      WHERE e.id = :event::uuid AND (:sees::uuid[] IS NULL OR e.organisation_ids && :sees)`,
    size: one,
  },
  ...DUTIES,
];

function disclosures(): readonly Question[] {
  const sql = (filter: string): string => `
    SELECT e.id, e.type, e.occurred_at, e.bytes, e.reason_codes, y.body, ${NAMED}, g.delivery
    FROM (SELECT * FROM audit_event WHERE type IN ${DISCLOSED} AND ${filter} AND (:sees::uuid[] IS NULL OR organisation_ids && :sees)
        ORDER BY occurred_at DESC, id DESC LIMIT ${String(PAGE)}) e
      JOIN grants g ON g.id = e.grant_id ${NAMES}
      LEFT JOIN audit_payload y ON y.event_id = e.id AND y.subject_id = '00000000-0000-0000-0000-000000000000'
    ORDER BY e.occurred_at DESC, e.id DESC`;
  return [
    {
      name: '3 disclosures of a dataset',
      picks: `SELECT dataset_id AS dataset FROM (SELECT DISTINCT dataset_id FROM grants WHERE ${GRANT_SEEN}) x ${shuffled('dataset_id')}`,
      path: ({ dataset }) => `${REPORTS}/disclosures?datasetId=${dataset ?? ''}`,
      sql: sql('dataset_id = :dataset::uuid'),
      size: items,
    },
    {
      name: '3 disclosures of a month',
      picks: `SELECT to_char(m, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS "from", to_char(m + interval '30 days', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS "to"
        FROM generate_series(now() - interval '1000 days', now() - interval '31 days', interval '23 days') m
        WHERE $1::uuid[] IS NULL OR true LIMIT $2`,
      path: ({ from, to }) => `${REPORTS}/disclosures?from=${from ?? ''}&to=${to ?? ''}`,
      sql: sql('occurred_at >= :from::timestamptz AND occurred_at < :to::timestamptz'),
      size: items,
    },
    {
      name: '3 disclosures to an organisation',
      picks: `SELECT ${id('organisation', '1 + n % 33')} AS organisation FROM generate_series(1, $2::int) n WHERE $1::uuid[] IS NULL OR n < 34`,
      path: ({ organisation }) => `${REPORTS}/disclosures?organisationId=${organisation ?? ''}`,
      sql: sql(`organisation_ids @> ARRAY[:organisation::uuid]
        AND EXISTS (SELECT FROM grants x WHERE x.id = grant_id AND x.organisation_id = :organisation::uuid)`),
      size: items,
    },
    {
      name: '3 disclosures to a person',
      picks: `SELECT ${id('person', '33 + n * 33')} AS person FROM generate_series(1, $2::int) n WHERE $1::uuid[] IS NULL OR n > 0`,
      path: ({ person }) => `${REPORTS}/disclosures?person=${person ?? ''}`,
      sql: sql('person_ids @> ARRAY[:person::uuid]'),
      size: items,
    },
  ];
}
