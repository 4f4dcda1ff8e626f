import type { UnmatchedReason, Verdict } from './matching.rules.js';

/** A dataset as far as reads of a store are concerned. */
export interface WatchedDataset {
  readonly id: string;
  readonly prefix: string;
  readonly organisationId: string;
}

/** One store's log, given to one worker for a while. */
export interface LogClaim {
  readonly id: string;
  readonly storeId: string;
  readonly since: Date;
  readonly floorKey: string;
}

/** A judged read, as it is kept. */
export interface ObservedRead {
  readonly requestId: string;
  readonly at: Date;
  readonly datasetId: string;
  readonly objectName: string;
  readonly bytes: number;
  readonly requester: string;
  readonly verdict: Verdict['kind'];
  readonly reason: UnmatchedReason | null;
  readonly unexplainedBytes: number;
  readonly grantId: string | null;
  readonly citedEventId: string | null;
}

/** What a log object, or a part of it, adds to the account of its store's log. */
export interface LineCounts {
  readonly lines: number;
  readonly unreadable: number;
  readonly newestAt: Date | null;
}

/** Reads that are told of in one event: of one requester or grant, one dataset and one hour. */
export interface ReadGroup {
  readonly verdict: 'observed' | 'unmatched';
  readonly datasetId: string;
  readonly organisationId: string;
  readonly grantId: string | null;
  readonly requester: string;
  readonly hour: Date;
  readonly count: number;
  readonly bytes: number;
  /** Null: of several objects. */
  readonly objectName: string | null;
  /** Of one of them, by which the store's owner finds the line. */
  readonly requestId: string;
  readonly reasons: readonly string[];
}
