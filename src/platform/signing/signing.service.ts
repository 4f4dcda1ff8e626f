import { createHash } from 'node:crypto';
import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Clock } from '../../kernel/clock.js';
import { ConcordatError } from '../../kernel/errors.js';
import { Database } from '../database/database.js';
import { KeyRecorder } from './key-recorder.js';
import { Secrets } from '../secrets/secrets.service.js';
import { isSignedBy, parseClaims, parseCompact } from './compact-jws.js';
import {
  SigningKeyRepository,
  type KeyPurpose,
  type SigningKeyRow,
} from './signing-key.repository.js';
import {
  generateSigningKey,
  headerSegment,
  importSigningKey,
  signCompact,
  type PublicJwk,
  type SigningKey,
} from './signing-key.js';

const PURPOSES: readonly KeyPurpose[] = ['token', 'signoff'];
const VERIFIED_TOKENS = 50_000;
const VERIFIED_MS = 60_000;

interface VerifiedToken {
  readonly claims: Readonly<Record<string, unknown>>;
  readonly kid: string;
}

/** The broker's own signatures: ES256 only, one active key per purpose. */
@Injectable()
export class Signing implements OnApplicationBootstrap {
  private readonly keys = new Map<string, SigningKey>();
  private readonly active = new Map<KeyPurpose, SigningKey>();
  private published: readonly SigningKeyRow[] = [];
  private readonly verified = new LRUCache<string, VerifiedToken>({
    max: VERIFIED_TOKENS,
    ttl: VERIFIED_MS,
  });

  constructor(
    private readonly database: Database,
    private readonly repository: SigningKeyRepository,
    private readonly secrets: Secrets,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(KeyRecorder) private readonly recorder: KeyRecorder,
  ) {}

  /** Makes the first key of each purpose, once for all replicas, and loads what is published. */
  async onApplicationBootstrap(): Promise<void> {
    for (const purpose of PURPOSES) {
      await this.ensureActive(purpose);
    }
    await this.load();
  }

  /** @throws ConcordatError `signing_unavailable` */
  async sign(purpose: KeyPurpose, typ: string, payload: Buffer): Promise<string> {
    const key = this.active.get(purpose);
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
   * check. Signatures verified in the last minute are remembered by the digest of the whole text.
   */
  async verifyOwn(
    token: string,
    typ: string,
  ): Promise<Readonly<Record<string, unknown>> | undefined> {
    const parsed = parseCompact(token, 'es256');
    if (!parsed) {
      return undefined;
    }
    const row = this.published.find(
      ({ kid, purpose }) => purpose === 'token' && headerSegment(typ, kid) === parsed.headerSegment,
    );
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
    return { keys: this.published.map(({ publicJwk }) => publicJwk) };
  }

  private async ensureActive(purpose: KeyPurpose): Promise<void> {
    const { key, privateJwk } = await generateSigningKey();
    await this.database.transaction(async (tx) => {
      const isFirst = await this.repository.insertFirst(tx, {
        kid: key.kid,
        purpose,
        state: 'active',
        publicJwk: key.publicJwk,
        wrapped: this.secrets.seal(aadOf(key.kid), privateJwk),
        createdAt: this.clock.now(),
      });
      if (isFirst) {
        await this.recorder.recordCreated(tx, { kid: key.kid, purpose });
      }
    });
  }

  private async load(): Promise<void> {
    const rows = await this.repository.findPublished(this.database.manager);
    for (const row of rows) {
      const key = await importSigningKey(this.secrets.open(aadOf(row.kid), row.wrapped));
      this.keys.set(row.kid, key);
      if (row.state === 'active') {
        this.active.set(row.purpose, key);
      }
    }
    this.published = rows;
  }
}

function aadOf(kid: string): string {
  return `signing-key|${kid}`;
}
