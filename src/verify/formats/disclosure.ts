import { badInput, failed } from '../refusal.js';
import { sha256 } from '../tree/hash.js';
import { secondsOf } from './instant.js';
import { arrayOf, canonicalJson, membersOf, readJson, stringOf, type Json } from './json.js';
import type { Leaf } from './leaf.js';
import { base64url } from './text.js';

const FIELD_DOMAIN = Buffer.from('concordat/field/v1\0');
const EVENT_DOMAIN = Buffer.from('concordat/event/v1\0');
const MAX_FIELDS = 18;
const MAX_VALUE_BYTES = 16_384;
const SALT_BYTES = 32;
const DIGEST_BYTES = 32;
const NAME = /^[a-z][A-Za-z0-9]{0,63}$/;
export const MAX_DISCLOSURE_BYTES = 1_048_576;

/** One field that was opened: what it says is what the leaf commits to. */
interface OpenedField {
  readonly name: string;
  readonly value: Json;
}

interface Salted extends OpenedField {
  readonly place: number;
  readonly salt: Buffer;
}

/** What a disclosure opens of an event, and how many fields it leaves closed. */
export interface Disclosure {
  readonly fields: readonly OpenedField[];
  readonly closed: number;
}

/**
 * Verifies a disclosure against the leaf of a receipt that has been verified.
 * @throws Refusal `badInput` for what is no disclosure, `failed` for one that the leaf does not commit to.
 * @see audit-log sections 2 and 11
 */
export function openDisclosure(bytes: Buffer, leafBytes: Buffer, leaf: Leaf): Disclosure {
  if (bytes.length > MAX_DISCLOSURE_BYTES) {
    throw badInput('the disclosure is too large');
  }
  const names = ['v', 'leaf', 'digests', 'open'];
  const { v, leaf: said, digests, open } = membersOf(readJson(bytes), names, 'the disclosure');
  if (v !== 1) {
    throw badInput('the disclosure is of an unknown version', { field: 'v' });
  }
  if (!base64url(stringOf(said, 'leaf'), 'leaf').equals(leafBytes)) {
    throw failed('the disclosure is of another leaf than the receipt', { field: 'leaf' });
  }
  const committed = readDigests(digests);
  checkCommitment(committed, leaf);
  const opened = arrayOf(open, 'open').map(readOpened);
  checkOrder(opened, committed.length);
  for (const { place, salt, name, value } of opened) {
    const digest = fieldDigest(salt, name, value);
    if (committed[place]?.equals(digest) !== true) {
      throw failed('the value and salt do not lead to the digest of the field', { field: name });
    }
    checkAgainstLeaf(name, value, leaf);
  }
  return {
    fields: opened.map(({ name, value }) => ({ name, value })),
    closed: committed.length - opened.length,
  };
}

function readDigests(value: Json | undefined): readonly Buffer[] {
  const digests = arrayOf(value, 'digests').map((one) => {
    const digest = base64url(stringOf(one, 'a digest'), 'a digest');
    if (digest.length !== DIGEST_BYTES) {
      throw badInput('a digest is not of 32 bytes', { field: 'digests' });
    }
    return digest;
  });
  if (digests.length === 0 || digests.length > MAX_FIELDS) {
    throw badInput(`not 1 to ${String(MAX_FIELDS)} digests`, { field: 'digests' });
  }
  return digests;
}

function checkCommitment(digests: readonly Buffer[], { commitment }: Leaf): void {
  const count = Buffer.alloc(2);
  count.writeUInt16BE(digests.length);
  const event = sha256(Buffer.concat([EVENT_DOMAIN, count, ...digests]));
  if (event.toString('base64url') !== commitment) {
    throw failed('the digests do not lead to the commitment of the leaf', { field: 'digests' });
  }
}

function readOpened(entry: Json): Salted {
  const { i, salt, name, value } = membersOf(
    entry,
    ['i', 'salt', 'name', 'value'],
    'an opened field',
  );
  const field = stringOf(name, 'a name');
  if (!NAME.test(field)) {
    throw badInput('a name is not of its form', { field: 'open' });
  }
  const bytes = base64url(stringOf(salt, 'a salt'), 'a salt');
  if (bytes.length !== SALT_BYTES) {
    throw badInput('the salt is not of 32 bytes', { field });
  }
  if (typeof i !== 'number' || i < 0 || value === undefined) {
    throw badInput('the place is no index', { field });
  }
  if (Buffer.byteLength(canonicalJson(value)) > MAX_VALUE_BYTES) {
    throw badInput('the value is over 16 KiB', { field });
  }
  return { place: i, salt: bytes, name: field, value };
}

// Fields are ordered by name, bytewise; names are ASCII, whose order is the same.
function checkOrder(opened: readonly Salted[], count: number): void {
  opened.forEach(({ place, name }, at) => {
    const before = opened[at - 1];
    if (place >= count) {
      throw failed('there is no digest at its place', { field: name });
    }
    if (before && (place <= before.place || name <= before.name)) {
      throw failed('the opened fields do not ascend', { field: name });
    }
  });
}

function fieldDigest(salt: Buffer, name: string, value: Json): Buffer {
  const pair = Buffer.from(canonicalJson([name, value]));
  return sha256(Buffer.concat([FIELD_DOMAIN, salt, pair]));
}

function checkAgainstLeaf(name: string, value: Json, leaf: Leaf): void {
  if (name === 'type' && value !== leaf.type) {
    throw failed('it is not the k of the leaf', { field: name });
  }
  if (name === 'occurredAt' && secondsOf(value) !== leaf.seconds) {
    throw failed('it is not in the second t of the leaf', { field: name });
  }
}
