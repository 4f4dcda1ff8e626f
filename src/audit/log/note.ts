import { createHash } from 'node:crypto';

const ED25519 = Buffer.of(1);

/** Who signs a note: a name without spaces or `+`, a raw Ed25519 key. @see C2SP signed-note */
export interface NoteKey {
  readonly name: string;
  /** 32 bytes. */
  readonly publicKey: Buffer;
}

export interface NoteSigner extends NoteKey {
  sign(text: Buffer): Buffer;
}

/** A note: its text with the last newline, under a line for each signer. */
export function signNote(text: string, signers: readonly NoteSigner[]): string {
  const lines = signers.map((signer) => {
    const signature = Buffer.concat([keyId(signer), signer.sign(Buffer.from(text))]);
    return `— ${signer.name} ${signature.toString('base64')}\n`;
  });
  return `${text}\n${lines.join('')}`;
}

/** SHA-256(name ‖ 0A ‖ 01 ‖ key), its first four bytes. */
export function keyId({ name, publicKey }: NoteKey): Buffer {
  return createHash('sha256')
    .update(`${name}\n`)
    .update(ED25519)
    .update(publicKey)
    .digest()
    .subarray(0, 4);
}

/** What a verifier is given: `name+hash+key`. */
export function verifierKey(key: NoteKey): string {
  const encoded = Buffer.concat([ED25519, key.publicKey]).toString('base64');
  return `${key.name}+${keyId(key).toString('hex')}+${encoded}`;
}
