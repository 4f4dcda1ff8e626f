import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

/** A day that comes up, and whom it concerns. */
export interface ComingDate {
  readonly cause: string;
  readonly subjectId: string;
  readonly dueOn: string;
  /** Which of the three reminders it is: 90, 30 or 7 days ahead. */
  readonly daysAhead: number;
  /** What it is, in words for those concerned; people by pseudonym (R5.7). */
  readonly about: string;
  readonly organisationIds: readonly string[];
  /** Who in these organisations is accountable. */
  readonly roles: readonly string[];
  /** The subject, where it is one or more people. */
  readonly personIds: readonly string[];
}

// Each: cause, subject, due_on, about, organisations, roles, people. $1 is today, a London day; $2 the last day looked at.
const OF_PEOPLE = `
  SELECT 'accreditation' AS cause, a.id AS subject, a.expires_on AS due_on,
    'Accreditation ' || a.scheme || ' of ' || p.pseudonym AS about, ${organisationsOf('a')} AS organisations,
    '{data_owner}'::text[] AS roles, ARRAY[p.id] AS people
  FROM accreditation a JOIN person p ON p.id = a.person_id AND p.status = 'active'
  WHERE a.state = 'verified' AND a.expires_on BETWEEN $1 AND $2
  UNION ALL
  SELECT 'training', t.id, t.expires_on, 'Training ' || t.course || ' of ' || p.pseudonym, ${organisationsOf('t')},
    '{data_owner}', ARRAY[p.id]
  FROM training t JOIN person p ON p.id = t.person_id AND p.status = 'active'
  WHERE t.lapsed_at IS NULL AND t.expires_on BETWEEN $1 AND $2
  UNION ALL
  SELECT 'affiliation', m.id, m.ends_on, 'Membership of ' || p.pseudonym || ' in ' || o.name, ARRAY[o.id],
    '{data_owner}', ARRAY[p.id]
  FROM membership m JOIN person p ON p.id = m.person_id AND p.status = 'active'
    JOIN organisation o ON o.id = m.organisation_id AND o.status = 'active'
  WHERE m.ended_at IS NULL AND m.ends_on BETWEEN $1 AND $2`;

const OF_ORGANISATIONS = `
  SELECT 'organisation_check', c.id, c.expires_on, 'Check ' || c.kind || ' of ' || o.name, ARRAY[o.id],
    '{data_owner,dpo}', '{}'::uuid[]
  FROM organisation_check c JOIN organisation o ON o.id = c.organisation_id AND o.status = 'active'
  WHERE c.lapsed_at IS NULL AND c.expires_on BETWEEN $1 AND $2
  UNION ALL
  SELECT 'project_end', j.id, j.ends_on, 'Project ' || j.reference, ARRAY[j.organisation_id], '{data_owner}',
    coalesce((SELECT array_agg(pm.person_id) FROM project_member pm
      WHERE pm.project_id = j.id AND pm.removed_at IS NULL), '{}')
  FROM project j WHERE j.status = 'active' AND j.ends_on BETWEEN $1 AND $2`;

const OF_AGREEMENTS = `
  SELECT 'agreement_end', g.id, (v.terms ->> 'endsOn')::date, 'Agreement ' || g.reference || ' ends',
    (SELECT array_agg(y.organisation_id) FROM agreement_party y
      WHERE y.agreement_id = g.id AND y.status IN ('active', 'suspended')),
    '{data_owner}', '{}'::uuid[]
  FROM agreement_version v JOIN agreement g ON g.id = v.agreement_id
  WHERE v.status IN ('active', 'suspended') AND v.ends_at <= $2::date + 2 AND v.terms ->> 'endsOn' BETWEEN $1::text AND $2::text
  UNION ALL
  SELECT 'agreement_review', g.id, coalesce(v.next_review_on, v.terms ->> 'reviewOn')::date,
    'Review of agreement ' || g.reference, ARRAY[lead.organisation_id], '{dpo,ig_officer}', '{}'::uuid[]
  FROM agreement_version v JOIN agreement g ON g.id = v.agreement_id
    JOIN agreement_party lead ON lead.agreement_id = g.id AND lead.is_lead
  WHERE v.status IN ('active', 'suspended')
    AND coalesce(v.next_review_on, v.terms ->> 'reviewOn') BETWEEN $1::text AND $2::text
  UNION ALL
  SELECT 'dpia_review', g.id, coalesce(v.next_dpia_review_on, v.terms #>> '{dpia,reviewOn}')::date,
    'Review of the DPIA of agreement ' || g.reference, ARRAY[lead.organisation_id], '{dpo}', '{}'::uuid[]
  FROM agreement_version v JOIN agreement g ON g.id = v.agreement_id
    JOIN agreement_party lead ON lead.agreement_id = g.id AND lead.is_lead
  WHERE v.status IN ('active', 'suspended')
    AND coalesce(v.next_dpia_review_on, v.terms #>> '{dpia,reviewOn}') BETWEEN $1::text AND $2::text`;

// Of several reminders whose day has come, as after a long stop of the worker, only the nearest is still news.
const COMING = `
  WITH coming AS (SELECT cause, subject, due_on, about, organisations, roles, people,
      CASE WHEN due_on - $1::date <= 7 THEN 7 WHEN due_on - $1::date <= 30 THEN 30 ELSE 90 END AS days_ahead
    FROM (${OF_PEOPLE} UNION ALL ${OF_ORGANISATIONS} UNION ALL ${OF_AGREEMENTS}) dates)
  SELECT cause, subject AS "subjectId", due_on::text AS "dueOn", days_ahead AS "daysAhead", about,
    organisations AS "organisationIds", roles, people AS "personIds"
  FROM coming c
  WHERE NOT EXISTS (SELECT FROM reminder r WHERE r.cause = c.cause AND r.subject_id = c.subject
    AND r.due_on = c.due_on AND r.days_ahead = c.days_ahead)
  ORDER BY due_on, cause, subject LIMIT $3`;

/** The dates that somebody is to be reminded of (R3.17), wherever they are kept. */
@Injectable()
export class ComingDatesRepository {
  /** Those within 90 days whose reminder nobody has raised. @param today a London day. */
  async find(
    manager: EntityManager,
    today: string,
    last: string,
    limit: number,
  ): Promise<readonly ComingDate[]> {
    return manager.query<ComingDate[]>(COMING, [today, last, limit]);
  }
}

function organisationsOf(award: string): string {
  return `coalesce((SELECT array_agg(m.organisation_id) FROM membership m
      WHERE m.person_id = ${award}.person_id AND m.ended_at IS NULL AND m.starts_on <= $1
        AND (m.ends_on IS NULL OR m.ends_on >= $1)), '{}')`;
}
