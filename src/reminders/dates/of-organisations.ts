import { NO_PEOPLE, type DatesOf } from './coming-date.js';

/** How long keys of a store are good for (domain.md section 10, "Partner store"). */
const KEY_DAYS = 90;

export const OF_CHECKS: DatesOf<'organisation_check'> = {
  cause: 'organisation_check',
  subjectType: 'organisation_check',
  kind: 'lapse',
  sql: ({ first, last }) => `
    SELECT 'organisation_check' AS cause, c.id AS subject, c.expires_on AS due_on,
      'Check ' || c.kind || ' of ' || o.name AS about, ARRAY[o.id] AS organisations,
      '{data_owner,dpo}'::text[] AS roles, ${NO_PEOPLE} AS people, ARRAY[o.id] AS concerned
    FROM organisation_check c JOIN organisation o ON o.id = c.organisation_id AND o.status = 'active'
    WHERE c.lapsed_at IS NULL AND c.expires_on BETWEEN ${first} AND ${last}`,
};

const ROTATED_ON = `(s.rotated_at AT TIME ZONE 'Europe/London')::date`;

export const OF_STORE_CREDENTIALS: DatesOf<'store_credentials'> = {
  cause: 'store_credentials',
  subjectType: 'store',
  kind: 'review',
  // By instants, which the index holds; a day more at either end than the London days that are meant.
  sql: ({ first, last }) => `
    SELECT 'store_credentials' AS cause, s.id AS subject, ${ROTATED_ON} + ${String(KEY_DAYS)} AS due_on,
      'Credentials of store ' || s.name || ' of ' || o.name || ' are to be rotated' AS about,
      ARRAY[o.id] AS organisations, '{data_owner}'::text[] AS roles, ${NO_PEOPLE} AS people, ARRAY[o.id] AS concerned
    FROM partner_store s JOIN organisation o ON o.id = s.organisation_id AND o.status = 'active'
    WHERE s.status <> 'retired' AND s.rotated_at >= ${first} - ${String(KEY_DAYS + 1)}
      AND s.rotated_at < ${last} - ${String(KEY_DAYS - 2)}
      AND ${ROTATED_ON} + ${String(KEY_DAYS)} BETWEEN ${first} AND ${last}`,
};
