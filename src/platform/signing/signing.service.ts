import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { ConcordatError } from '../../kernel/errors.js';
import { isSignedBy, parseClaims, parseCompact } from './compact-jws.js';
import { KeyRing } from './key-ring.js';
import type { KeyPurpose } from './key-rotation.rules.js';
import type { SigningKeyRow } from './signing-key.repository.js';
import { headerSegment, signCompact, type PublicJwk } from './signing-key.js';

const VERIFIED_TOKENS = 50_000;
const VERIFIED_MS = 60_000;

interface VerifiedToken {
  readonly claims: Readonly<Record<string, unknown>>;
  readonly kid: string;
}

/** The broker's own signatures: ES256 only, one active key per purpose. */
@Injectable()
export class Signing {
  private readonly verified = new LRUCache<string, VerifiedToken>({
    max: VERIFIED_TOKENS,
    ttl: VERIFIED_MS,
  });

  constructor(private readonly ring: KeyRing) {}

  /** @throws ConcordatError `signing_unavailable` */
  async sign(purpose: KeyPurpose, typ: string, payload: Buffer): Promise<string> {
    const key = this.ring.activeOf(purpose);
    if (!key) {
      throw new ConcordatError('signing_unavailable');
    }
    try {
      return await signCompact(key, typ, payload);
    } catch (error) {
      throw new ConcordatError('signing_unavailable', {}, { cause: error });
    }
  }

  /**
   * The claims of a token that a published token key signed; undefined for anything else. Its times are the caller's to
   * check. Signatures verified in the last minute are remembered by the digest of the whole text, as long as their key is
   * published.
   */
  async verifyOwn(
    token: string,
    typ: string,
  ): Promise<Readonly<Record<string, unknown>> | undefined> {
    const parsed = parseCompact(token, 'es256');
    const row = parsed && (await this.keyOf(parsed.headerSegment, typ));
    if (!row) {
      return undefined;
    }
    const digest = createHash('sha256').update(token).digest('base64url');
    const known = this.verified.get(digest);
    if (known?.kid === row.kid) {
      return known.claims;
    }
    const claims = parseClaims(parsed.payloadSegment);
    if (!claims || !(await isSignedBy(token, row.publicJwk, 'ES256'))) {
      return undefined;
    }
    this.verified.set(digest, { claims: Object.freeze(claims), kid: row.kid });
    return claims;
  }

  /** Public members only: next, active and retired keys. Retired sign-off keys stay for good (R3.9). */
  jwks(): { readonly keys: readonly PublicJwk[] } {
    return { keys: this.ring.published().map(({ publicJwk }) => publicJwk) };
  }

  // Another node may sign with a key that this one has not heard of yet.
  private async keyOf(segment: string, typ: string): Promise<SigningKeyRow | undefined> {
    const known = this.find(segment, typ);
    if (known) {
      return known;
    }
    await this.ring.lookAgain();
    return this.find(segment, typ);
  }

  // The next key too: where a node is a moment behind, another signs with it already.
  private find(segment: string, typ: string): SigningKeyRow | undefined {
    return this.ring
      .published()
      .find(({ kid, purpose }) => purpose === 'token' && headerSegment(typ, kid) === segment);
  }
}
