/** What reports call things by, beside their ids: nobody knows an agreement by a UUID. */
export interface NamedOrganisation {
  readonly id: string;
  readonly name: string;
}
export interface NamedDataset {
  readonly id: string;
  readonly title: string;
}
export interface NamedReference {
  readonly id: string;
  readonly reference: string;
}
export interface NamedVersion extends NamedReference {
  readonly version: number;
  readonly title: string;
  readonly versionHash: string | null;
}

export const organisationOf = (alias: string): string =>
  `jsonb_build_object('id', ${alias}.id, 'name', ${alias}.name)`;

export const datasetOf = (alias: string): string =>
  `jsonb_build_object('id', ${alias}.id, 'title', ${alias}.title)`;

export const referenceOf = (alias: string): string =>
  `jsonb_build_object('id', ${alias}.id, 'reference', ${alias}.reference)`;

/** Null for a person who was erased: they have no pseudonym any more (R5.7). */
export const pseudonymOf = (alias: string): string =>
  `CASE WHEN ${alias}.status <> 'erased' THEN ${alias}.pseudonym END`;

/** Those of these ids that are people's. */
export const PEOPLE_OF = `SELECT p.id, ${pseudonymOf('p')} AS pseudonym FROM person p WHERE p.id = ANY($1::uuid[])`;

/** An agreement with the version of `versionAt`. */
export const versionOf = (agreement: string, version: string): string =>
  `jsonb_build_object('id', ${agreement}.id, 'reference', ${agreement}.reference, 'version', ${version}.version,
    'title', ${version}.title, 'versionHash', ${version}.version_hash)`;

/**
 * The version under which a grant stood at an instant. An amendment moves live grants to the next version as it starts
 * (R3.1), so a grant's row names the last one; before that version was activated it stood under the one before.
 * @param instant in SQL.
 */
export const versionAt = (grant: string, instant: string, alias = 'v'): string =>
  `LEFT JOIN LATERAL (SELECT w.* FROM agreement_version w
     WHERE w.agreement_id = ${grant}.agreement_id AND w.version <= ${grant}.agreement_version
     ORDER BY (w.activated_at <= ${instant}) DESC NULLS LAST, w.version DESC LIMIT 1) ${alias} ON true`;
