import { COMING_DATES, type DateCause } from '../../../reminders/dates/coming-dates.js';
import { organisationOf, pseudonymOf, type NamedOrganisation } from '../names.js';
import type { Reader } from '../reports.service.js';
import { Params, type Statement } from '../statement.js';

/** Before any day that a term may name. */
const ALWAYS = `DATE '1900-01-01'`;

export interface ExpiriesQuestion {
  /** London days. */
  readonly today: string;
  readonly last: string;
  /** Null is no filter. */
  readonly organisationId: string | null;
  readonly cause: DateCause | null;
}

export interface ExpiryPosition {
  readonly dueOn: string;
  readonly cause: string;
  readonly subjectId: string;
  readonly [key: string]: string;
}

/** Something that lapses, or is to be reviewed, on a day. */
export interface ExpiryRow {
  readonly cause: DateCause;
  readonly subjectId: string;
  readonly dueOn: string;
  /** Negative: it is late. */
  readonly daysLeft: number;
  readonly about: string;
  /** Whose it is, or to whom it is something. */
  readonly organisations: readonly NamedOrganisation[];
  /** Who is to see to it. */
  readonly accountable: {
    readonly organisationIds: readonly string[];
    readonly roles: readonly string[];
  };
  /** By pseudonym. Of a project nobody: who of another organisation is in it is theirs to know. */
  readonly people: readonly (string | null)[];
}

/** Soonest first; what is late and still to be done comes before. Each kind is read by its own index of days. */
export function expiriesStatement(
  { today, last, organisationId, cause }: ExpiriesQuestion,
  { sees }: Reader,
  { after, limit }: { readonly after: ExpiryPosition | null; readonly limit: number },
): Statement {
  const params = new Params();
  const day = (value: string): string => `${params.bind(value)}::date`;
  const between = { today: day(today), last: day(last) };
  const from = after && day(after.dueOn);
  const first = {
    lapse: from === null ? between.today : `greatest(${from}, ${between.today})`,
    review: from ?? ALWAYS,
  };
  const where = params.where([
    ['x.concerned && ?::uuid[]', sees],
    ['?::uuid = ANY(x.concerned)', organisationId],
    after === null || from === null
      ? null
      : [
          `(x.due_on, x.cause, x.subject) > (${from}, ${params.bind(after.cause)}, ${params.bind(after.subjectId)}::uuid)`,
        ],
  ]);
  const order = 'due_on, cause, subject';
  const page = `ORDER BY ${order} LIMIT ${params.bind(limit)}`;
  const dates = COMING_DATES.filter((one) => cause === null || one.cause === cause).map(
    ({ kind, sql }) =>
      `(SELECT * FROM (${sql({ ...between, first: first[kind] })}) x ${where} ${page})`,
  );
  const sql = `
    SELECT d.cause, d.subject AS "subjectId", d.due_on::text AS "dueOn", d.due_on - ${between.today} AS "daysLeft", d.about,
      jsonb_build_object('organisationIds', to_jsonb(d.organisations), 'roles', to_jsonb(d.roles)) AS accountable,
      coalesce((SELECT jsonb_agg(${organisationOf('o')} ORDER BY o.name, o.id) FROM organisation o
        WHERE o.id = ANY(d.concerned)), '[]') AS organisations,
      ARRAY(SELECT ${pseudonymOf('p')} FROM person p WHERE p.id = ANY(d.people) AND d.cause <> 'project_end'
        ORDER BY p.pseudonym) AS people
    FROM (SELECT * FROM (${dates.join(' UNION ALL ')}) every ${page}) d ORDER BY ${order}`;
  return { sql, params: params.values };
}
