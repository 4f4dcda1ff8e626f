/** What stands under a name, and which version of it that is. */
export interface StoredObject {
  readonly bytes: Buffer;
  /** Opaque; another for other bytes. */
  readonly version: string;
}

/** How an object goes to whoever asks for it; kept with it where the place itself can serve it. */
export interface ServedAs {
  readonly contentType: string;
  readonly cacheControl: string;
}

/**
 * A place of named objects that outlives the database: a folder on a disk, or a bucket. Names are paths of letters, digits,
 * `.`, `-` and `/`. Everything it says it has stored survives the machine's fall.
 */
export interface ObjectFolder {
  /** @returns undefined when nothing stands under the name. */
  read(name: string): Promise<StoredObject | undefined>;

  /** Stores what stays as it is. @returns false when something stands there already, which is left alone. */
  create(name: string, bytes: Buffer, servedAs: ServedAs): Promise<boolean>;

  /**
   * Stores the next version, if nobody else has meanwhile.
   * @param version what was read, or undefined where nothing stood.
   * @returns false when another version stands there now.
   */
  replace(
    name: string,
    bytes: Buffer,
    version: string | undefined,
    servedAs: ServedAs,
  ): Promise<boolean>;

  /** The names of all objects whose name is `folder`, a slash and no other slash. No order. */
  list(folder: string): Promise<readonly string[]>;

  /** Removes an object; nothing happens where there is none. */
  remove(name: string): Promise<void>;
}

const NAME = /^(?!\.)[\w-][\w.-]*(?:\/[\w-][\w.-]*)*$/;

/** @throws RangeError for what is no name of an object. */
export function requireName(name: string): void {
  if (!NAME.test(name)) {
    throw new RangeError('No name of an object');
  }
}
