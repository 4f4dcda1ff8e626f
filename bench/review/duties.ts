import { id } from './ground.js';
import {
  DELIVERED,
  GRANT_SEEN,
  items,
  one,
  PAGE,
  REPORTS,
  shuffled,
  type Question,
} from './question.js';

const PARTS = [
  'unmatched',
  'observed',
  'absent_from_log',
  'unused_issues',
  'unused_grants',
] as const;
type Parts = Readonly<Record<(typeof PARTS)[number], { readonly items: readonly unknown[] }>>;
const PART_SIZE = '50';

const SINCE = `now() - interval '30 days'`;
const OWN = `(:sees::uuid[] IS NULL OR g.organisation_id = ANY (:sees) OR g.provider_id = ANY (:sees))`;
const NAMED = `g.id, p.pseudonym, o.id AS organisation_id, o.name, d.id AS dataset_id, d.title, g.delivery`;
const NAMES = `JOIN person p ON p.id = g.person_id JOIN organisation o ON o.id = g.organisation_id
  JOIN dataset d ON d.id = g.dataset_id`;
const TOLD = `JOIN access_log l ON l.store_id = g.store_id AND e.occurred_at >= l.since
  AND e.occurred_at < l.read_at - interval '1 hour'`;

/** What was issued against what was used. @param filter on `x`, which has a dataset. */
const reconciliation = (filter: (x: string) => string): readonly string[] => [
  `SELECT r.store_id, d.id, d.title, r.requester, date_trunc('hour', r.read_at) AS hour, count(*), sum(r.unexplained_bytes)
   FROM observed_read r JOIN dataset d ON d.id = r.dataset_id
   WHERE r.verdict = 'unmatched' AND r.read_at >= ${SINCE} AND ${filter('r')}
     AND (:sees::uuid[] IS NULL OR d.organisation_id = ANY (:sees))
   GROUP BY 1, 2, 3, 4, 5 ORDER BY 5 DESC LIMIT ${PART_SIZE}`,
  `SELECT ${NAMED}, q.* FROM (SELECT r.grant_id, count(*), sum(r.bytes), min(r.read_at), max(r.read_at) AS last
     FROM observed_read r WHERE r.verdict = 'observed' AND r.read_at >= ${SINCE} AND ${filter('r')} GROUP BY 1) q
   JOIN grants g ON g.id = q.grant_id ${NAMES} WHERE ${OWN} ORDER BY q.last DESC LIMIT ${PART_SIZE}`,
  `SELECT ${NAMED}, x.id AS event, x.occurred_at, x.bytes FROM audit_event e JOIN grants g ON g.id = e.grant_id ${TOLD} ${NAMES}
   JOIN decision_record c ON c.audit_event_id = e.id
   JOIN LATERAL (SELECT x.* FROM audit_event x JOIN audit_payload y ON y.event_id = x.id
     WHERE x.grant_id = e.grant_id AND x.type IN ('object.delivered', 'object.cut') AND x.bytes > 0 AND x.occurred_at >= e.occurred_at
       AND convert_from(substr(y.body, 33), 'UTF8') LIKE '%["decisionId","' || c.id || '"]%' LIMIT 1) x ON true
   WHERE e.type = 'object.opened' AND e.occurred_at >= ${SINCE} AND ${filter('g')} AND ${OWN}
     AND NOT EXISTS (SELECT FROM observed_read r WHERE r.cited_event_id = e.id)
   ORDER BY e.occurred_at DESC LIMIT ${PART_SIZE}`,
  `SELECT ${NAMED}, e.id AS event, e.type, e.occurred_at FROM audit_event e JOIN grants g ON g.id = e.grant_id ${TOLD} ${NAMES}
   WHERE e.type IN ('object.url-issued', 'object.credential-issued') AND e.occurred_at >= ${SINCE} AND ${filter('g')} AND ${OWN}
     AND NOT EXISTS (SELECT FROM observed_read r WHERE r.cited_event_id = e.id)
   ORDER BY e.occurred_at DESC LIMIT ${PART_SIZE}`,
  `SELECT ${NAMED}, g.issued_at, g.status, g.expires_at FROM grants g ${NAMES}
   WHERE g.issued_at >= ${SINCE} AND ${filter('g')} AND ${OWN}
     AND NOT EXISTS (SELECT FROM audit_event x WHERE x.grant_id = g.id AND x.type = 'grant.activated')
   ORDER BY g.issued_at DESC LIMIT ${PART_SIZE}`,
];
const sizeOfParts = (body: Parts): number =>
  PARTS.reduce((sum, part) => sum + body[part].items.length, 0);

const UNTIL = 'current_date + :days::int';
const COMES = (column: string): string => `${column} BETWEEN current_date AND ${UNTIL}`;
const MEMBER = (person: string): string =>
  `ARRAY(SELECT m.organisation_id FROM membership m WHERE m.person_id = ${person} AND m.ended_at IS NULL)`;
const PARTIES =
  'ARRAY(SELECT y.organisation_id FROM agreement_party y WHERE y.agreement_id = a.id)';
const DATES = [
  `SELECT 'training', t.id, t.expires_on, p.pseudonym, ${MEMBER('p.id')} FROM training t JOIN person p ON p.id = t.person_id
   WHERE t.lapsed_at IS NULL AND ${COMES('t.expires_on')}`,
  `SELECT 'accreditation', t.id, t.expires_on, p.pseudonym, ${MEMBER('p.id')} FROM accreditation t JOIN person p ON p.id = t.person_id
   WHERE t.state = 'verified' AND ${COMES('t.expires_on')}`,
  `SELECT 'affiliation', m.id, m.ends_on, p.pseudonym, ARRAY[m.organisation_id] FROM membership m JOIN person p ON p.id = m.person_id
   WHERE m.ended_at IS NULL AND ${COMES('m.ends_on')}`,
  `SELECT 'project', j.id, j.ends_on, j.reference, ARRAY[j.organisation_id] FROM project j WHERE j.status = 'active' AND ${COMES('j.ends_on')}`,
  `SELECT 'request', r.id, r.until_on, r.reference, ARRAY[r.organisation_id, d.organisation_id] FROM access_request r
   JOIN dataset d ON d.id = r.dataset_id WHERE r.status = 'approved' AND ${COMES('r.until_on')}`,
  `SELECT 'grant', g.id, (g.expires_at AT TIME ZONE 'Europe/London')::date, p.pseudonym, ARRAY[g.organisation_id, g.provider_id]
   FROM grants g JOIN person p ON p.id = g.person_id WHERE g.status IN ('issued', 'active') AND g.expires_at > current_date
     AND g.expires_at < ${UNTIL} + 1`,
  `SELECT 'agreement', a.id, (v.terms ->> 'endsOn')::date, a.reference, ${PARTIES} FROM agreement a
   JOIN agreement_version v ON v.agreement_id = a.id WHERE v.status IN ('active', 'suspended') AND ${COMES(`(v.terms ->> 'endsOn')::date`)}`,
  `SELECT 'review', a.id, (v.terms ->> 'reviewOn')::date, a.reference, ${PARTIES} FROM agreement a
   JOIN agreement_version v ON v.agreement_id = a.id WHERE v.status IN ('active', 'suspended') AND (v.terms ->> 'reviewOn')::date <= ${UNTIL}`,
];

/** What would end, and whose it is. */
const ENDING = (filter: string): string => `
  SELECT g.id, p.pseudonym, o.name, d.title, a.reference, g.expires_at FROM grants g JOIN person p ON p.id = g.person_id
    JOIN organisation o ON o.id = g.organisation_id JOIN dataset d ON d.id = g.dataset_id JOIN agreement a ON a.id = g.agreement_id
  WHERE g.status IN ('issued', 'active') AND g.expires_at > now() AND ${filter} AND ${OWN} ORDER BY g.id`;
const PARTIES_OF = (filter: string): string => `
  SELECT jsonb_agg(jsonb_build_array(a.reference, v.version, o.name, y.data_role, v.terms ->> 'noticeDays',
      v.terms ->> 'disposalDays', t.*))
  FROM (SELECT g.agreement_id, count(*) FROM grants g WHERE g.status IN ('issued', 'active') AND g.expires_at > now() AND ${filter}
      GROUP BY 1) t
    JOIN agreement a ON a.id = t.agreement_id JOIN agreement_version v ON v.agreement_id = a.id AND v.status = 'active'
    JOIN agreement_party y ON y.agreement_id = a.id JOIN organisation o ON o.id = y.organisation_id`;
/** What ends, and one row of whom to tell. */
const affected = ({ affected: ending }: { readonly affected: readonly unknown[] }): number =>
  ending.length + 1;

/** Events with what they say, the newest. */
const OPENED = (filter: string): string => `
  SELECT e.*, y.bodies, d.title, a.reference FROM (SELECT * FROM audit_event WHERE ${filter}
      AND (:sees::uuid[] IS NULL OR organisation_ids && :sees) ORDER BY occurred_at DESC, id DESC LIMIT ${String(PAGE)}) e
    LEFT JOIN dataset d ON d.id = e.dataset_id LEFT JOIN agreement a ON a.id = e.agreement_id,
    LATERAL (SELECT array_agg(body) AS bodies FROM audit_payload WHERE event_id = e.id) y
  ORDER BY e.occurred_at DESC, e.id DESC`;
const UNUSUAL = [
  { kind: 'refused', sql: OPENED(`outcome = 'refused'`) },
  { kind: 'unmatched', sql: OPENED(`outcome = 'failed' AND type = 'object.read-unmatched'`) },
  {
    kind: 'alert',
    sql: `SELECT x.*, ${NAMED}, c.pseudonym AS closed_by FROM audit_alert x JOIN grants g ON g.id = x.subject_id ${NAMES}
        LEFT JOIN person c ON c.id = x.closed_by
      WHERE :sees::uuid[] IS NULL OR x.organisation_ids && :sees ORDER BY x.raised_at DESC, x.id DESC LIMIT ${String(PAGE)}`,
  },
] as const;

export const DUTIES: readonly Question[] = [
  {
    name: '7 reconciliation of a dataset',
    picks: `SELECT dataset_id AS dataset FROM (SELECT DISTINCT dataset_id FROM grants WHERE ${GRANT_SEEN}
      AND issued_at > now() - interval '50 days') x ${shuffled('dataset_id')}`,
    path: ({ dataset }) => `${REPORTS}/reconciliation?datasetId=${dataset ?? ''}`,
    sql: reconciliation((x) => `${x}.dataset_id = :dataset::uuid`),
    size: sizeOfParts,
  },
  {
    name: '7 reconciliation',
    picks: `SELECT n::text AS n FROM generate_series(1, $2::int) n WHERE $1::uuid[] IS NULL OR true`,
    path: () => `${REPORTS}/reconciliation`,
    sql: reconciliation(() => 'true'),
    size: sizeOfParts,
  },
  {
    name: '8 expiries',
    picks: `SELECT (30 + n * 7)::text AS days FROM generate_series(1, $2::int) n WHERE $1::uuid[] IS NULL OR true`,
    path: ({ days }) => `${REPORTS}/expiries?days=${days ?? ''}`,
    sql: `SELECT x.*, ARRAY(SELECT o.name FROM organisation o WHERE o.id = ANY (x.concerned)) AS names
      FROM (${DATES.join(' UNION ALL ')}) x (cause, id, due_on, about, concerned)
      WHERE :sees::uuid[] IS NULL OR x.concerned && :sees ORDER BY x.due_on, x.cause, x.id LIMIT ${String(PAGE)}`,
    size: items,
  },
  ...(['agreement', 'dataset'] as const).map((type) => ({
    name: `9 impact of ${type === 'agreement' ? 'an agreement' : 'a dataset'}`,
    picks: `SELECT ${type}_id AS id FROM (SELECT DISTINCT ${type}_id FROM grants WHERE ${GRANT_SEEN} AND status = 'active'
      AND expires_at > now() + interval '1 hour') x ${shuffled(`${type}_id`)}`,
    path: ({ id: asked }: Readonly<Record<string, string>>) =>
      `${REPORTS}/impact?type=${type}&id=${asked ?? ''}`,
    sql: [ENDING(`g.${type}_id = :id::uuid`), PARTIES_OF(`g.${type}_id = :id::uuid`)],
    size: affected,
  })),
  {
    name: '10 changes of an agreement',
    picks: `SELECT agreement_id AS id FROM (SELECT DISTINCT agreement_id FROM grants WHERE ${GRANT_SEEN}) x
      ${shuffled('agreement_id')}`,
    path: ({ id: asked }) => `${REPORTS}/changes?type=agreement&id=${asked ?? ''}`,
    sql: OPENED(
      `agreement_id = :id::uuid AND split_part(type, '.', 1) IN ('agreement', 'party', 'notice')`,
    ),
    size: items,
  },
  ...UNUSUAL.map(({ kind, sql }) => ({
    name: `11 alerts, ${kind}`,
    picks: `SELECT n::text AS n FROM generate_series(1, $2::int) n WHERE $1::uuid[] IS NULL OR true`,
    path: () => `${REPORTS}/alerts?kind=${kind}`,
    sql,
    size: items,
  })),
  {
    name: '12 closures',
    picks: `SELECT (ARRAY['due', 'overdue', 'attested'])[1 + n % 3] AS state FROM generate_series(1, $2::int) n
      WHERE $1::uuid[] IS NULL OR true`,
    path: ({ state }) => `${REPORTS}/closures?state=${state ?? ''}`,
    sql: `SELECT c.*, o.name, q.name AS provider, j.reference AS project, a.reference AS agreement, v.terms ->> 'disposal' AS disposal,
        ARRAY(SELECT DISTINCT d.title FROM grants g JOIN dataset d ON d.id = g.dataset_id WHERE g.project_id = c.project_id
          AND g.agreement_id = c.agreement_id AND g.organisation_id = c.organisation_id) AS datasets,
        EXISTS (SELECT FROM grants g JOIN audit_event e ON e.grant_id = g.id AND e.type IN ${DELIVERED}
          WHERE g.project_id = c.project_id AND g.agreement_id = c.agreement_id AND g.organisation_id = c.organisation_id) AS fetched
      FROM closure c JOIN organisation o ON o.id = c.organisation_id JOIN organisation q ON q.id = c.provider_id
        JOIN project j ON j.id = c.project_id JOIN agreement a ON a.id = c.agreement_id
        JOIN agreement_version v ON v.agreement_id = a.id
      WHERE CASE :state WHEN 'due' THEN c.status = 'due' AND c.due_at > now()
          WHEN 'overdue' THEN c.status = 'overdue' OR c.status = 'due' AND c.due_at <= now() ELSE c.status = 'attested' END
        AND (:sees::uuid[] IS NULL OR c.organisation_id = ANY (:sees) OR c.provider_id = ANY (:sees))
      ORDER BY c.due_at, c.id LIMIT ${String(PAGE)}`,
    size: items,
  },
  {
    name: '13 integrity',
    picks: `SELECT n::text AS n FROM generate_series(1, $2::int) n WHERE $1::uuid[] IS NULL OR true`,
    path: () => `${REPORTS}/integrity`,
    size: one,
  },
  {
    name: 'accounting of disclosures',
    picks: `SELECT ${id('organisation', '1 + n % 33')} AS owner FROM generate_series(1, $2::int) n WHERE $1::uuid[] IS NULL OR n < 34`,
    path: ({ owner }) => `${REPORTS}/accounting?organisationId=${owner ?? ''}`,
    sql: `SELECT o.id, o.name, d.id, d.title, a.id, a.reference, v.version, count(DISTINCT g.person_id), count(*), sum(e.bytes),
        count(DISTINCT substring(convert_from(substr(y.body, 33), 'UTF8') from '"objectId","([^"]*)"')),
        min(e.occurred_at), max(e.occurred_at)
      FROM grants g JOIN audit_event e ON e.grant_id = g.id AND e.type IN ${DELIVERED}
        AND e.occurred_at >= now() - interval '365 days'
        JOIN organisation o ON o.id = g.organisation_id JOIN dataset d ON d.id = g.dataset_id JOIN agreement a ON a.id = g.agreement_id
        JOIN agreement_version v ON v.agreement_id = a.id AND v.version = g.agreement_version
        LEFT JOIN audit_payload y ON y.event_id = e.id AND y.subject_id = '00000000-0000-0000-0000-000000000000'
      WHERE g.provider_id = :owner::uuid AND ${OWN} GROUP BY 1, 2, 3, 4, 5, 6, 7 ORDER BY sum(e.bytes) DESC LIMIT 1000`,
    size: ({ groups }: { readonly groups: readonly unknown[] }) => groups.length,
  },
];
