import { failed, Refusal } from '../refusal.js';
import { canonicalJson, membersOf, readJson } from './json.js';

const MAX_LEAF_BYTES = 1024;
const TYPE = /^[a-z][a-z0-9-]*(?:\.[a-z][a-z0-9-]*)+$/;
/** The canonical text and no other; of the last of 43 characters that are 32 bytes, two bits are none. */
const LEAF =
  /^\{"c":"([A-Za-z0-9_-]{42}[AEIMQUYcgkosw048])","k":"([a-z0-9.-]+)","t":(0|-?[1-9][0-9]{0,15}),"v":1\}$/;

/** What the public log says of an event. */
export interface Leaf {
  /** The commitment to the event's fields: unpadded base64url of 32 bytes. */
  readonly commitment: string;
  readonly type: string;
  /** Unix time. */
  readonly seconds: number;
}

/**
 * @throws Refusal `failed`, for a leaf is what the log is made of: exactly the canonical `{"c","k","t","v"}`.
 * @see audit-log section 2
 */
export function readLeaf(bytes: Buffer): Leaf {
  if (bytes.length > MAX_LEAF_BYTES) {
    throw failed('the leaf is over 1,024 bytes');
  }
  // The pattern admits ASCII alone, and no byte above reads as ASCII in Latin-1.
  const [, commitment, type = '', seconds] = LEAF.exec(bytes.toString('latin1')) ?? [];
  const time = Number(seconds);
  if (commitment === undefined || !TYPE.test(type) || !Number.isSafeInteger(time)) {
    throw failed(whyNot(bytes));
  }
  return { commitment, type, seconds: time };
}

function whyNot(bytes: Buffer): string {
  try {
    const value = readJson(bytes);
    const { v, k, t } = membersOf(value, ['c', 'k', 't', 'v'], 'the leaf');
    if (canonicalJson(value) !== bytes.toString()) {
      return 'the leaf is not in canonical form';
    }
    const wrong = [
      ...(v === 1 ? [] : ['v']),
      ...(typeof t === 'number' ? [] : ['t']),
      ...(typeof k === 'string' && TYPE.test(k) ? [] : ['k']),
    ];
    return `the leaf's ${wrong[0] ?? 'c'} is not of its form`;
  } catch (error) {
    if (error instanceof Refusal) {
      return error.reason.startsWith('the leaf') ? error.reason : `the leaf ${error.reason}`;
    }
    throw error;
  }
}
