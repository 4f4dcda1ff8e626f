import type { Json } from '../kernel/canonical-json.js';
import { fieldDigest, fieldSalt, fieldText } from './commitment.js';
import { readPayload } from './payload.js';

const DIGEST_BYTES = 32;

/** One field of an event, opened: whoever has it recomputes digest `i`. The salt opens no other field. */
interface OpenedField {
  readonly i: number;
  /** Unpadded base64url, 32 bytes. */
  readonly salt: string;
  readonly name: string;
  readonly value: Json;
}

/** Some fields of an event, to be checked against its leaf and so against its receipt (audit-log section 11). */
export interface Disclosure {
  readonly v: 1;
  readonly leaf: string;
  readonly digests: readonly string[];
  /** In the order of their names, which is that of their digests. */
  readonly open: readonly OpenedField[];
}

/** What was committed to, as `audit_event` stores it. */
export interface Commitment {
  readonly leaf: Buffer;
  readonly digests: Buffer;
}

/** A payload row in clear. */
export interface ClearPayload {
  readonly subjectId: string;
  readonly body: Buffer;
}

/**
 * Opens the fields that `mayOpen` names, by their salts. Seeds are given to nobody: one opens its whole row.
 * @param payloads what is left of the event's rows; erased fields stay closed, and the others verify as before.
 * @throws Error when a field is not what the event committed to.
 */
export function discloseFields(
  { leaf, digests }: Commitment,
  payloads: readonly ClearPayload[],
  mayOpen: (name: string, subjectId: string, value: Json) => boolean,
): Disclosure {
  const committed = split(digests);
  const open = payloads.flatMap(({ subjectId, body }) => {
    const { seed, fields } = readPayload(body);
    return fields
      .filter(([name, value]) => mayOpen(name, subjectId, value))
      .map(([name, value]) => ({
        // By the digest, not by the type's list of today: the list may have had another length then.
        i: placeOf(fieldDigest({ name, text: fieldText(name, value), seed }), committed),
        salt: fieldSalt(seed, name).toString('base64url'),
        name,
        value,
      }));
  });
  return {
    v: 1,
    leaf: leaf.toString('base64url'),
    digests: committed.map((digest) => digest.toString('base64url')),
    open: open.sort((a, b) => a.i - b.i),
  };
}

function placeOf(digest: Buffer, committed: readonly Buffer[]): number {
  const at = committed.findIndex((one) => one.equals(digest));
  if (at < 0) {
    throw new Error('A payload field that its event did not commit to');
  }
  return at;
}

function split(digests: Buffer): readonly Buffer[] {
  return Array.from({ length: digests.length / DIGEST_BYTES }, (_, at) =>
    digests.subarray(at * DIGEST_BYTES, (at + 1) * DIGEST_BYTES),
  );
}
