/** What one worker gives to the reading of other catalogues. */
export interface HarvestLimits {
  /** For one page of a source, however slowly it comes, and for it to say anything at all. */
  readonly pageMs: number;
  readonly idleMs: number;
  /** For a catalogue that is one document. */
  readonly documentMs: number;
  /** For one turn at a source; then another may have its turn, and this one goes on later where it stopped. */
  readonly turnMs: number;
  /** Longer than any one request to a source: a turn that is alive keeps its claim. */
  readonly claimMs: number;
  readonly retryMs: number;
  /** Turns in a row that got nowhere, after which a run has failed. */
  readonly attempts: number;
  /** Runs in a row that failed, after which a source is taken for gone. */
  readonly failures: number;
  /** From one reading of everything to the next: only then is it known what is missing. */
  readonly fullEveryMs: number;
  readonly maxRecords: number;
  readonly atOnce: number;
  /** Runs of a source whose reports are kept. */
  readonly keptRuns: number;
}
export const HarvestLimits = Symbol('HarvestLimits');

export const HARVEST_LIMITS: HarvestLimits = {
  pageMs: 120_000,
  idleMs: 30_000,
  documentMs: 30 * 60_000,
  turnMs: 10 * 60_000,
  claimMs: 180_000,
  retryMs: 10 * 60_000,
  attempts: 4,
  failures: 3,
  fullEveryMs: 7 * 86_400_000,
  maxRecords: 200_000,
  atOnce: 2,
  keptRuns: 30,
};
