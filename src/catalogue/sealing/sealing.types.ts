/** An object of a dataset as its store lists it. */
export interface ManifestEntry {
  /** Behind the dataset's prefix. */
  readonly name: string;
  readonly size: number;
  readonly etag: string;
  readonly lastModified: Date;
}

/** An object that is not sealed, because it could not be delivered as what it is. */
export interface SkippedObject {
  /** Shortened and without control characters. */
  readonly name: string;
  readonly reason: string;
}

/** How many objects were skipped, and the first of them. */
export interface Skipped {
  readonly count: number;
  readonly objects: readonly SkippedObject[];
}

/** What a sealed version holds, for its owner. */
export interface SealedManifest {
  readonly objectCount: number;
  readonly sizeBytes: number;
  readonly skipped: Skipped;
  readonly sealedAt: string;
}

/** One attempt to seal one dataset: it holds the dataset's claim until another attempt takes it. */
export interface SealAttempt {
  readonly id: string;
  readonly datasetId: string;
  readonly organisationId: string;
  readonly storeId: string;
  readonly prefix: string;
}
