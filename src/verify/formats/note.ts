import { badInput, failed } from '../refusal.js';
import { base64, utf8 } from './text.js';
import { isKeyName, isSignedBy, type VerifierKey } from './verifier-key.js';

const MAX_NOTE_BYTES = 1_000_000;
const MAX_SIGNATURES = 100;
const KEY_ID_BYTES = 4;

interface Signature {
  readonly name: string;
  readonly id: string;
  readonly bytes: Buffer;
}

/** A text and who signed it; nobody has been believed yet. */
export interface Note {
  readonly text: string;
  readonly signatures: readonly Signature[];
}

/**
 * @throws Refusal `badInput` with the reason.
 * @see C2SP signed-note
 */
export function readNote(bytes: Uint8Array): Note {
  if (bytes.length > MAX_NOTE_BYTES) {
    throw badInput('the note is over 1 MB');
  }
  const whole = utf8(bytes);
  // eslint-disable-next-line no-control-regex -- a signed note has no control characters
  if (/[\u0000-\u0009\u000b-\u001f]/.test(whole)) {
    throw badInput('the note has a control character');
  }
  const blank = whole.lastIndexOf('\n\n');
  if (blank < 0 || !whole.endsWith('\n') || blank + 2 === whole.length) {
    throw badInput('the note is not a text, a blank line and signatures');
  }
  const lines = whole.slice(blank + 2, -1).split('\n');
  if (lines.length > MAX_SIGNATURES) {
    throw badInput(`the note has over ${String(MAX_SIGNATURES)} signatures`);
  }
  return { text: whole.slice(0, blank + 1), signatures: lines.map(readSignature) };
}

/**
 * Those of the known keys that signed. Unknown ones are ignored, whatever they say.
 * @throws Refusal `failed` when none signed, or when a signature by one of them is not its own.
 */
export function believe(note: Note, keys: readonly VerifierKey[]): readonly VerifierKey[] {
  const text = Buffer.from(note.text);
  const believed = new Set<VerifierKey>();
  for (const { name, id, bytes } of note.signatures) {
    for (const key of keys.filter((one) => one.name === name && one.id === id)) {
      if (!isSignedBy(key, text, bytes)) {
        throw failed(`the signature of ${name}+${id} is not of this text`);
      }
      believed.add(key);
    }
  }
  if (believed.size === 0) {
    const known = keys.map(({ name, id }) => `${name}+${id}`).join(', ');
    throw failed(`it is not signed by a known key (${known})`);
  }
  return [...believed];
}

function readSignature(line: string): Signature {
  const [, name, encoded] = /^\u2014 ([^ ]*) ([^ ]*)$/.exec(line) ?? [];
  if (name === undefined || encoded === undefined || !isKeyName(name)) {
    throw badInput('a signature line is not dash, name and signature');
  }
  const bytes = base64(encoded, 'a signature');
  if (bytes.length <= KEY_ID_BYTES) {
    throw badInput('a signature is too short');
  }
  return {
    name,
    id: bytes.toString('hex', 0, KEY_ID_BYTES),
    bytes: bytes.subarray(KEY_ID_BYTES),
  };
}
