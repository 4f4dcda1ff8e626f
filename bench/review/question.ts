/** What is asked: its arguments are columns of a row. */
export type Arguments = Readonly<Record<string, string>>;

/** A question of domain.md section 5, and the SQL that somebody would write by hand to answer it. */
export interface Question {
  readonly name: string;
  /** Arguments, so many at the most; `$1` is whose facts are asked for, null for everybody's, `$2` how many. */
  readonly picks: string;
  readonly path: (asked: Arguments) => string;
  /** `:name` is an argument, `:sees` whose facts. Absent: the answer is not in a table. */
  readonly sql?: string | readonly string[];
  /** How much was answered, to be held against the rows of SQL. */
  readonly size: (body: never) => number;
}

export const PAGE = 100;
export const REPORTS = '/api/v1/audit/reports';
export const items = ({ items }: { readonly items: readonly unknown[] }): number => items.length;
export const one = (): number => 1;
export const SEEN = '($1::uuid[] IS NULL OR organisation_ids && $1)';
export const GRANT_SEEN =
  '($1::uuid[] IS NULL OR organisation_id = ANY ($1) OR provider_id = ANY ($1))';
export const shuffled = (column: string): string => `ORDER BY md5(${column}::text) LIMIT $2`;

export const DISCLOSED = `('object.delivered', 'object.cut', 'feed.delivered', 'object.url-issued', 'object.credential-issued')`;
export const DELIVERED = `('object.delivered', 'object.cut', 'feed.delivered')`;
export const NAMES = `JOIN person p ON p.id = g.person_id JOIN organisation o ON o.id = g.organisation_id
  JOIN organisation q ON q.id = g.provider_id JOIN dataset d ON d.id = g.dataset_id
  JOIN access_request r ON r.id = g.access_request_id JOIN project j ON j.id = g.project_id
  JOIN agreement a ON a.id = g.agreement_id
  JOIN agreement_version v ON v.agreement_id = g.agreement_id AND v.version = g.agreement_version`;
export const NAMED = `p.pseudonym, o.id AS recipient_id, o.name AS recipient, q.id AS provider_id, q.name AS provider, d.id AS dataset_id,
  d.title, r.reference AS request, j.reference AS project, a.reference AS agreement, v.version, v.title AS agreement_title,
  v.version_hash`;
