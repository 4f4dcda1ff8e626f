import type { ExportRow } from '../export.types.js';

type About = Pick<ExportRow, 'id' | 'filters' | 'count' | 'createdAt'>;

/** @see RFC 8493 section 2.2.2 */
export function bagInfo({ id, count, createdAt }: About): string {
  return [
    `Bagging-Date: ${createdAt.toISOString().slice(0, 10)}`,
    `External-Identifier: urn:uuid:${id}`,
    `External-Description: Evidence pack of ${String(count)} events`,
    '',
  ].join('\n');
}

/** What a stranger needs to check the pack, with our verifier or with what they have. */
export function readMe({ filters, count, createdAt }: About, publicUrl: string): string {
  return `Evidence pack
=============

${String(count)} events of the audit trail of ${publicUrl}, asked for at ${createdAt.toISOString()}
${filters.length === 0 ? '' : `by ${filters.join(', ')}.`}

What is in it
  data/events.jsonl                   the events, one JSON object to a line; people by pseudonym
  data/receipts/<event>.tlog-proof    of each event, the proof that it is in the public log (C2SP tlog-proof)
  data/disclosures/<event>.json       of each event, the fields that are about nobody, with the salts that open them
  data/checkpoint                     the log as it was: its name, its size, its root, signed
  data/vkey                           the keys that checkpoints are signed with
  data/grant.json                     the grant, and why policy allowed it
  data/access-request.json            the request for access, and how it was decided
  data/agreement/<n>/document.json    the version of the agreement, byte for byte as it was signed
  data/agreement/<n>/sign-offs.txt    the sign-offs of its parties, one JWS to a line
  data/jwks.json                      the keys that sign-offs are signed with
  data/ro-crate-metadata.json         the same for machines (Five Safes RO-Crate)
Files that do not apply are absent.

How to check it, without a network and without trusting us
  1. Get the key of the log from somebody who has had it for longer than you have this pack, not from the pack:
     ${publicUrl}/log/vkey, a regulator, a partner.
  2. concordat verify pack this-file.zip --vkey '<key>'
     It needs Node.js and nothing else. It ends with 0 when all is as it should be, with 1 when something was changed, and
     says which file and which field.

How to check it with other tools
  - Every file: sha512sum -c manifest-sha512.txt and tagmanifest-sha512.txt (BagIt, RFC 8493).
  - A receipt: any verifier of C2SP tlog-proof. The leaf is in its line "extra"; its hash is SHA-256 of a zero byte and it.
  - A disclosure: for each field, SHA-256 of "concordat/field/v1", a zero byte, the salt and the canonical JSON (RFC 8785) of
    [name, value] is the digest at its place; SHA-256 of "concordat/event/v1", a zero byte, the number of digests in two
    bytes and the digests is the member "c" of the leaf.
  - An agreement: SHA-256 of document.json is the hash in its sign-offs (member "hash" of the payload), which are JWS with
    ES256 under data/jwks.json.
`;
}
