import type { Facet, PublicQuery } from './public-dataset.types.js';

/** A query that cannot be answered, in words for the caller. */
export class CkanQueryError extends Error {}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** `field:value`, `field:"some value"`, `field:(value)` or `field:[from TO to]`: what CKAN passes on to Solr. */
const CLAUSE = /\+?([a-z_]+):(?:"([^"]*)"|\(([^()]*)\)|\[([^[\]]*)\]|(\S+))/gi;
const EVERYTHING = /\*:\*|^\s*\*\s*$/g;

/** CKAN's names of what can be asked for here. */
const FIELDS: ReadonlyMap<string, keyof PublicQuery> = new Map([
  ['organization', 'organisationId'],
  ['owner_org', 'organisationId'],
  ['groups', 'theme'],
  ['tags', 'keyword'],
  ['res_format', 'mediaType'],
  ['license_id', 'licence'],
]);

export const CKAN_FACETS: ReadonlyMap<string, Facet> = new Map([
  ['organization', 'organisation'],
  ['groups', 'theme'],
  ['tags', 'keyword'],
  ['res_format', 'mediaType'],
  ['license_id', 'licence'],
]);

/** The one order besides by age that CKAN's harvesters ask for. */
export function isNewestFirst(sort: string | undefined): boolean {
  return sort !== undefined && /^metadata_modified\s+desc\b/i.test(sort.trim());
}

/**
 * What CKAN's `q` and `fq` ask for: words of `q` stand for themselves, clauses of `fq` are joined by AND.
 * @throws CkanQueryError for what is not known here: to leave it out would answer another question.
 */
export function toPublicQuery(q = '', fq = ''): PublicQuery {
  const filters = fq.replaceAll(EVERYTHING, ' ');
  if (
    filters
      .replaceAll(CLAUSE, ' ')
      .replaceAll(/\bAND\b/g, ' ')
      .trim() !== ''
  ) {
    throw new CkanQueryError(
      'fq: clauses field:value, joined by AND, are answered, and nothing else',
    );
  }
  const clauses = [...filters.matchAll(CLAUSE)].map(([, field = '', ...values]) =>
    narrowing(field.toLowerCase(), values.find(Boolean) ?? ''),
  );
  const words = q.replaceAll(EVERYTHING, ' ').trim();
  return Object.assign({}, ...clauses, words === '' ? {} : { words }) as PublicQuery;
}

function narrowing(field: string, value: string): PublicQuery {
  // Some clients say that they want live datasets and nothing else: there is nothing else.
  if (field === 'dataset_type' || field === 'state') {
    return {};
  }
  if (field === 'metadata_modified') {
    return { modifiedSince: sinceOf(value) };
  }
  const name = FIELDS.get(field);
  if (name === undefined) {
    throw new CkanQueryError(`fq: the field ${field.slice(0, 50)} is not known here`);
  }
  if (name === 'organisationId' && !UUID.test(value)) {
    throw new CkanQueryError('fq: an organisation is named by its id here');
  }
  return { [name]: value };
}

/** @param range `<instant> TO *` */
function sinceOf(range: string): Date {
  const [, from = ''] = /^(\S+) TO \*$/.exec(range) ?? [];
  const at = new Date(from);
  if (Number.isNaN(at.getTime())) {
    throw new CkanQueryError('fq: metadata_modified is asked for as [<instant> TO *]');
  }
  return at;
}
