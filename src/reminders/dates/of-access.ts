import type { DatesOf } from './coming-date.js';

export const OF_PROJECTS: DatesOf<'project_end'> = {
  cause: 'project_end',
  subjectType: 'project',
  kind: 'lapse',
  sql: ({ first, last }) => `
    SELECT 'project_end' AS cause, j.id AS subject, j.ends_on AS due_on, 'Project ' || j.reference AS about,
      ARRAY[j.organisation_id] AS organisations, '{data_owner}'::text[] AS roles,
      coalesce(members.people, '{}') AS people, members.organisations || j.organisation_id AS concerned
    FROM project j CROSS JOIN LATERAL (
      SELECT array_agg(pm.person_id) AS people, array_agg(pm.organisation_id) AS organisations
      FROM project_member pm WHERE pm.project_id = j.id AND pm.removed_at IS NULL) members
    WHERE j.status = 'active' AND j.ends_on BETWEEN ${first} AND ${last}`,
};

export const OF_ACCESS_REQUESTS: DatesOf<'access_request'> = {
  cause: 'access_request',
  subjectType: 'access_request',
  kind: 'lapse',
  sql: ({ first, last }) => `
    SELECT 'access_request' AS cause, r.id AS subject, r.until_on AS due_on,
      'Approved request ' || r.reference || ' of ' || p.pseudonym || ' for ' || d.title AS about,
      ARRAY[r.organisation_id] AS organisations, '{data_owner}'::text[] AS roles, ARRAY[p.id] AS people,
      ARRAY[r.organisation_id, d.organisation_id] AS concerned
    FROM access_request r JOIN person p ON p.id = r.requester_id AND p.status = 'active'
      JOIN dataset d ON d.id = r.dataset_id
    WHERE r.status = 'approved' AND r.until_on BETWEEN ${first} AND ${last}`,
};

export const OF_GRANTS: DatesOf<'grant'> = {
  cause: 'grant',
  subjectType: 'grant',
  kind: 'lapse',
  // A grant ends at an instant; the start of a day is the end of the one before (domain.md, preamble).
  sql: ({ first, last }) => `
    SELECT 'grant' AS cause, g.id AS subject,
      ((g.expires_at - interval '1 microsecond') AT TIME ZONE 'Europe/London')::date AS due_on,
      'Grant of ' || p.pseudonym || ' on ' || d.title AS about, ARRAY[g.organisation_id] AS organisations,
      '{data_owner}'::text[] AS roles, ARRAY[p.id] AS people, ARRAY[g.organisation_id, g.provider_id] AS concerned
    FROM grants g JOIN person p ON p.id = g.person_id JOIN dataset d ON d.id = g.dataset_id
    WHERE g.status IN ('issued', 'active') AND g.expires_at > ${first}::timestamp AT TIME ZONE 'Europe/London'
      AND g.expires_at <= (${last} + 1)::timestamp AT TIME ZONE 'Europe/London'`,
};
