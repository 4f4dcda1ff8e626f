import type { PageOf } from '../../platform/web/page-query.dto.js';
import { toDatasetSummary, type DatasetSummary } from '../dataset.view.js';
import { readMarks, type Piece } from './highlight.rules.js';
import type { Hit } from './search.repository.js';
import type { Facets } from './search.types.js';

/** A dataset that was found. */
export interface FoundDataset extends DatasetSummary {
  readonly modifiedAt: string;
  /** Only where it was asked for. Text in pieces: whoever shows it escapes it as any text. */
  readonly highlights?: {
    readonly title: readonly Piece[];
    readonly description: readonly Piece[];
  };
}

export interface SearchAnswer extends PageOf<FoundDataset> {
  /** How many are found, and of which values; only where it was asked for. */
  readonly total?: number;
  readonly facets?: Facets;
  /** Only where words find nothing: whether they would without the filters, and what they may have been meant for. */
  readonly isFoundWithoutFilters?: boolean;
  readonly suggestions?: readonly string[];
}

export function toFound(hit: Hit): FoundDataset {
  const { markedTitle, markedDescription } = hit;
  return {
    ...toDatasetSummary(hit),
    modifiedAt: hit.modifiedAt.toISOString(),
    ...(markedTitle !== null &&
      markedDescription !== null && {
        highlights: { title: readMarks(markedTitle), description: readMarks(markedDescription) },
      }),
  };
}
