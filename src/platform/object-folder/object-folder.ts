/** What stands under a name, and which version of it that is. */
export interface StoredObject {
  readonly bytes: Buffer;
  /** Opaque; the same for the same bytes. */
  readonly version: string;
}

/**
 * A place of named objects that outlives the database: a folder on a disk, or a bucket. Names are paths of letters, digits,
 * `.`, `-` and `/`. Everything it says it has stored survives the machine's fall.
 */
export interface ObjectFolder {
  /** @returns undefined when nothing stands under the name. */
  read(name: string): Promise<StoredObject | undefined>;

  /** Stores what stays as it is. @returns false when something stands there already, which is left alone. */
  create(name: string, bytes: Buffer): Promise<boolean>;

  /**
   * Stores the next version, if nobody else has meanwhile.
   * @param version what was read, or undefined where nothing stood.
   * @returns false when another version stands there now.
   */
  replace(name: string, bytes: Buffer, version: string | undefined): Promise<boolean>;
}
