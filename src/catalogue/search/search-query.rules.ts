import { ConcordatError, type FieldError } from '../../kernel/errors.js';
import { boxFaults } from '../coverage.rules.js';
import type { BoundingBox } from '../dataset.types.js';
import type { SearchQueryDto } from './search-query.dto.js';
import { codeOfPlace } from './search-words.rules.js';
import type { Search, Sort } from './search.types.js';

/** What is looked for beside words. @throws ConcordatError `input_invalid` (422) naming each fault. */
export function readSearch(query: SearchQueryDto): Omit<Search, 'words'> {
  const bbox = query.bbox?.split(',').map(Number) as unknown as BoundingBox | undefined;
  const place = query.place === undefined ? undefined : codeOfPlace(query.place);
  const errors: FieldError[] = boxFaults(bbox, '/bbox');
  if (query.place !== undefined && place === undefined) {
    errors.push({ pointer: '/place', reason: 'is no known place' });
  }
  if (query.from !== undefined && query.to !== undefined && query.to < query.from) {
    errors.push({ pointer: '/to', reason: 'must not be before from' });
  }
  if (query.sort === 'relevance' && query.q === undefined) {
    errors.push({ pointer: '/sort', reason: 'is by relevance only where q is given' });
  }
  if (errors.length > 0) {
    throw new ConcordatError('input_invalid', { errors });
  }
  return {
    access: query.access ?? null,
    kind: query.kind ?? null,
    theme: query.theme ?? null,
    language: query.language ?? null,
    organisationId: query.organisation ?? null,
    place: place ?? null,
    bbox: bbox ?? null,
    days: daysOf(query),
    modifiedSince: query.modifiedSince ?? null,
  };
}

export function sortOf({ sort, q }: SearchQueryDto): Sort {
  return sort ?? (q === undefined ? 'title' : 'relevance');
}

function daysOf({ from, to }: SearchQueryDto): string | null {
  return from === undefined && to === undefined ? null : `[${from ?? ''},${to ?? ''}]`;
}
