import { LRUCache } from 'lru-cache';
import type { ObjectFolder } from '../../platform/object-folder/object-folder.js';
import { readCheckpoint, type Checkpoint } from '../log/checkpoint.js';
import { TiledTree } from '../log/proofs.js';
import { SERVED_AS } from '../log/served-as.js';
import { HASH_BYTES, TILE_WIDTH, tilePath, type TileName } from '../log/tiles.js';
import { LogHalt } from './log-halt.js';

const CACHED_TILES = 512;
const CHECKPOINT = 'checkpoint';
const KEYS = 'vkey';

/** A tile or a bundle, as it is stored. */
export interface StoredTile {
  readonly path: string;
  readonly bytes: Buffer;
  /** It is the full one, in place of a partial one that has gone. */
  readonly isFuller: boolean;
}

/** The public objects of the log, in the layout of C2SP tlog-tiles. */
export class TileStore {
  private readonly full = new LRUCache<string, Buffer>({ max: CACHED_TILES });

  constructor(private readonly folder: ObjectFolder) {}

  /** The signed note, verbatim; undefined before the first. */
  async checkpoint(): Promise<{ readonly note: string; readonly version: string } | undefined> {
    const stored = await this.folder.read(CHECKPOINT);
    return stored && { note: stored.bytes.toString('utf8'), version: stored.version };
  }

  /** The published tree, or the part of it that had `size` leaves. */
  tree(size: bigint): TiledTree {
    return new TiledTree(size, (name) => this.tile(name));
  }

  /**
   * A tile of hashes, cut to the width that was asked for: a partial one may have gone after its full one came.
   * @throws LogHalt `log_tile_conflict` when it is not there.
   */
  async tile(name: TileName): Promise<Buffer> {
    const whole = tilePath({ ...name, width: TILE_WIDTH });
    const cached = this.full.get(whole);
    if (cached) {
      return cached.subarray(0, name.width * HASH_BYTES);
    }
    const stored = await this.stored(name);
    if (!stored) {
      throw new LogHalt('log_tile_conflict', `${tilePath(name)} is missing`);
    }
    const { path, bytes } = stored;
    if (path === whole) {
      this.full.set(whole, bytes);
    }
    return bytes.subarray(0, name.width * HASH_BYTES);
  }

  /** As it is stored now: where a partial one has gone, its full one, which begins with the same bytes. */
  async stored(name: TileName): Promise<StoredTile | undefined> {
    const path = tilePath(name);
    const bytes = await this.read(path);
    if (bytes) {
      return { path, bytes, isFuller: false };
    }
    const whole = tilePath({ ...name, width: TILE_WIDTH });
    const fuller = name.width < TILE_WIDTH ? await this.read(whole) : undefined;
    return fuller && { path: whole, bytes: fuller, isFuller: true };
  }

  /** As it is stored now, for whoever checks it. */
  async read(path: string): Promise<Buffer | undefined> {
    return (await this.folder.read(path))?.bytes;
  }

  /** Stores an object that never changes. @throws LogHalt `log_tile_conflict` where other bytes stand. */
  async write(path: string, bytes: Buffer): Promise<void> {
    if (
      !(await this.folder.create(path, bytes, SERVED_AS.tile)) &&
      (await this.folder.read(path))?.bytes.equals(bytes) !== true
    ) {
      throw new LogHalt('log_tile_conflict', `${path} holds other bytes`);
    }
  }

  /**
   * Removes the partial objects of a full one, each of which it begins with.
   * @returns how many.
   * @throws LogHalt `log_tile_conflict` when it is not there, or begins otherwise: that one stays, for whoever looks.
   */
  async removePartials(name: TileName): Promise<number> {
    const path = tilePath(name);
    const partials = await this.folder.list(`${path}.p`);
    const full = partials.length === 0 ? undefined : await this.read(path);
    if (partials.length > 0 && !full) {
      throw new LogHalt('log_tile_conflict', `${path} is missing`);
    }
    for (const partial of partials) {
      const bytes = await this.read(partial);
      if (bytes && full?.subarray(0, bytes.length).equals(bytes) !== true) {
        throw new LogHalt('log_tile_conflict', `${partial} is not the beginning of ${path}`);
      }
      await this.folder.remove(partial);
    }
    return partials.length;
  }

  /** Publishes a checkpoint, unless one of a larger tree is there. @returns false when another one came between. */
  async publish(note: string, { size }: Checkpoint): Promise<boolean> {
    const current = await this.checkpoint();
    if (current && (current.note === note || readCheckpoint(current.note).size > size)) {
      return current.note === note;
    }
    return this.folder.replace(
      CHECKPOINT,
      Buffer.from(note),
      current?.version,
      SERVED_AS.checkpoint,
    );
  }

  /** Publishes the keys, one a line. */
  async publishKeys(text: string): Promise<void> {
    const current = await this.folder.read(KEYS);
    if (current?.bytes.toString('utf8') !== text) {
      await this.folder.replace(KEYS, Buffer.from(text), current?.version, SERVED_AS.vkey);
    }
  }
}
