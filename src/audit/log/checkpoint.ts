import { HASH_BYTES } from './tiles.js';

/** What a checkpoint says. @see C2SP tlog-checkpoint */
export interface Checkpoint {
  readonly origin: string;
  readonly size: bigint;
  /** 32 bytes. */
  readonly root: Buffer;
}

const TEXT = /^([^\n]+)\n(0|[1-9]\d{0,18})\n([A-Za-z0-9+/]{43}=)\n/;

/** The text that is signed. */
export function checkpointText({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size.toString()}\n${root.toString('base64')}\n`;
}

/** Reads what we wrote ourselves: signatures are the verifier's affair. @throws RangeError for anything else. */
export function readCheckpoint(note: string): Checkpoint {
  const match = TEXT.exec(note);
  const [, origin = '', size = '', root = ''] = match ?? [];
  const bytes = Buffer.from(root, 'base64');
  if (!match || bytes.length !== HASH_BYTES) {
    throw new RangeError('No checkpoint');
  }
  return { origin, size: BigInt(size), root: bytes };
}
