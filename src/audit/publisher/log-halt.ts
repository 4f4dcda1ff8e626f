/** Why nothing more is signed. @see audit-log section 8 */
export type HaltCode =
  | 'log_behind'
  | 'log_tile_conflict'
  | 'log_recheck_failed'
  | 'log_check_failed'
  | 'log_row_differs';

/** The log must not go on as it is: somebody has to look. */
export class LogHalt extends Error {
  constructor(
    readonly code: HaltCode,
    readonly detail: string,
  ) {
    super(`${code}: ${detail}`);
    this.name = 'LogHalt';
  }
}
