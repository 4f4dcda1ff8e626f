import type { Columns } from './columns.js';

/** Whether something holds; where, from the rules of the release on; and what to say if it does not. */
export type Check = readonly [holds: boolean, pointer: string, reason: string];

/** What the rules of a view or an aggregate look at beside them. */
export interface ReleasedItem {
  /** The columns that the item lets be used. */
  readonly fieldNames: readonly string[];
  readonly columns: Columns;
}
