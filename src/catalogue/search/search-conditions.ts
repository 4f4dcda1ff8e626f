import type { Viewer } from '../visibility.repository.js';
import { visibleSql } from '../visibility.repository.js';
import type { Search } from './search.types.js';

/** SQL about `searchable_dataset dataset`, with the values of its `$n`. */
export interface Conditions {
  readonly where: string;
  readonly params: readonly unknown[];
}

const NARROWING = {
  words: 'dataset.words @@ ?::tsquery',
  access: 'dataset.access = ?',
  kind: 'dataset.kind = ?',
  theme: 'dataset.themes @> ARRAY[?::text]',
  language: 'dataset.languages @> ARRAY[?::text]',
  organisationId: 'dataset.organisation_id = ?',
  place: 'dataset.places @> ARRAY[?::text]',
  bbox: 'dataset.area && ?::box',
  days: 'dataset.days && ?::daterange',
  modifiedSince: 'dataset.modified_at >= ?',
} as const satisfies Record<keyof Search, string>;

/** What is found, of what the viewer may know of. What is withdrawn is told of to whoever has its id, and found no more. */
export function conditionsOf(search: Search, { organisationIds, now }: Viewer): Conditions {
  const params: unknown[] = [organisationIds, now];
  const narrowed = Object.entries(NARROWING).flatMap(([name, sql]) => {
    const value = search[name as keyof Search];
    if (value === null) {
      return [];
    }
    params.push(name === 'bbox' ? `(${String(value)})` : value);
    return [sql.replace('?', `$${String(params.length)}`)];
  });
  const visible = visibleSql('dataset', '$1', '$2');
  return { where: [visible, `dataset.status <> 'withdrawn'`, ...narrowed].join(' AND '), params };
}
