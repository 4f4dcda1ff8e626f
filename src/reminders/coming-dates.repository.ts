import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { REMINDED_DATES } from './dates/coming-dates.js';

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

const BETWEEN = { today: '$1::date', first: '$1::date', last: '$2::date' };
const REMINDED = REMINDED_DATES.map(({ sql }) => sql(BETWEEN)).join(' UNION ALL ');

// Of several reminders whose day has come, as after a long stop of the worker, only the nearest is still news.
const COMING = `
  WITH coming AS (SELECT cause, subject, due_on, about, organisations, roles, people,
      CASE WHEN due_on - $1::date <= 7 THEN 7 WHEN due_on - $1::date <= 30 THEN 30 ELSE 90 END AS days_ahead
    FROM (${REMINDED}) dates)
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
