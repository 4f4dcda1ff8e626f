import type { Between, DatesOf } from './coming-date.js';

const ACTIVE_PERSON = (id: string): string =>
  `JOIN person p ON p.id = ${id} AND p.status = 'active'`;

// Where the person works: an award is nobody else's.
const employersOf = (award: string, { today }: Between): string =>
  `coalesce((SELECT array_agg(m.organisation_id) FROM membership m
    WHERE m.person_id = ${award}.person_id AND m.ended_at IS NULL AND m.starts_on <= ${today}
      AND (m.ends_on IS NULL OR m.ends_on >= ${today})), '{}')`;

export const OF_ACCREDITATIONS: DatesOf<'accreditation'> = {
  cause: 'accreditation',
  subjectType: 'accreditation',
  kind: 'lapse',
  sql: (between) => `
    SELECT 'accreditation' AS cause, a.id AS subject, a.expires_on AS due_on,
      'Accreditation ' || a.scheme || ' of ' || p.pseudonym AS about, e.ids AS organisations,
      '{data_owner}'::text[] AS roles, ARRAY[p.id] AS people, e.ids AS concerned
    FROM accreditation a ${ACTIVE_PERSON('a.person_id')}
      CROSS JOIN LATERAL (SELECT ${employersOf('a', between)} AS ids) e
    WHERE a.state = 'verified' AND a.expires_on BETWEEN ${between.first} AND ${between.last}`,
};

export const OF_TRAININGS: DatesOf<'training'> = {
  cause: 'training',
  subjectType: 'training',
  kind: 'lapse',
  sql: (between) => `
    SELECT 'training' AS cause, t.id AS subject, t.expires_on AS due_on,
      'Training ' || t.course || ' of ' || p.pseudonym AS about, e.ids AS organisations,
      '{data_owner}'::text[] AS roles, ARRAY[p.id] AS people, e.ids AS concerned
    FROM training t ${ACTIVE_PERSON('t.person_id')}
      CROSS JOIN LATERAL (SELECT ${employersOf('t', between)} AS ids) e
    WHERE t.lapsed_at IS NULL AND t.expires_on BETWEEN ${between.first} AND ${between.last}`,
};

const OF_WORK = (between: Between): string => `
    ${ACTIVE_PERSON('m.person_id')}
      JOIN organisation o ON o.id = m.organisation_id AND o.status = 'active'
    WHERE m.ended_at IS NULL AND d.ended_at IS NULL AND d.ends_on BETWEEN ${between.first} AND ${between.last}`;

export const OF_AFFILIATIONS: DatesOf<'affiliation'> = {
  cause: 'affiliation',
  subjectType: 'membership',
  kind: 'lapse',
  sql: ({ first, last }) => `
    SELECT 'affiliation' AS cause, m.id AS subject, m.ends_on AS due_on,
      'Membership of ' || p.pseudonym || ' in ' || o.name AS about, ARRAY[o.id] AS organisations,
      '{data_owner}'::text[] AS roles, ARRAY[p.id] AS people, ARRAY[o.id] AS concerned
    FROM membership m ${ACTIVE_PERSON('m.person_id')}
      JOIN organisation o ON o.id = m.organisation_id AND o.status = 'active'
    WHERE m.ended_at IS NULL AND m.ends_on BETWEEN ${first} AND ${last}`,
};

export const OF_ROLES: DatesOf<'role_end'> = {
  cause: 'role_end',
  subjectType: 'membership_role',
  kind: 'lapse',
  sql: (between) => `
    SELECT 'role_end' AS cause, d.id AS subject, d.ends_on AS due_on,
      'Role ' || d.role || ' of ' || p.pseudonym || ' in ' || o.name AS about, ARRAY[o.id] AS organisations,
      '{platform_admin}'::text[] AS roles, ARRAY[p.id] AS people, ARRAY[o.id] AS concerned
    FROM membership_role d JOIN membership m ON m.id = d.membership_id ${OF_WORK(between)}`,
};

export const OF_DELEGATIONS: DatesOf<'delegation'> = {
  cause: 'delegation',
  subjectType: 'delegation',
  kind: 'lapse',
  sql: (between) => `
    SELECT 'delegation' AS cause, d.id AS subject, d.ends_on AS due_on,
      'Deputy of ' || p.pseudonym || ' as ' || d.role || ' in ' || o.name AS about, ARRAY[o.id] AS organisations,
      ARRAY[d.role] AS roles, ARRAY[p.id, d.deputy_id] AS people, ARRAY[o.id] AS concerned
    FROM delegation d JOIN membership m ON m.id = d.membership_id ${OF_WORK(between)}`,
};
