import type { Clock } from '../../kernel/clock.js';
import { ConcordatError } from '../../kernel/errors.js';
import type { JsonClient } from './json-client.js';

const CACHED_MS = 600_000;
const REFETCH_MS = 60_000;
const RETRY_MS = 1_000;
const MAX_KEYS = 100;
const MIN_RSA_BITS = 2_048;

export interface RemoteJwk {
  readonly kid: string;
  readonly kty: string;
  readonly alg?: string;
  readonly use?: string;
}

/** An issuer's public keys: cached ten minutes, fetched again for an unknown kid at most once a minute. */
export class RemoteJwks {
  private keys: readonly RemoteJwk[] = [];
  private fetchedAt = -Infinity;
  private failedAt = -Infinity;
  private running: Promise<void> | undefined;

  constructor(
    private readonly url: string,
    private readonly client: JsonClient,
    private readonly clock: Clock,
  ) {}

  /** @throws ConcordatError `service_unavailable` when the keys must be fetched and cannot be. */
  async find(kid: string): Promise<RemoteJwk | undefined> {
    const age = this.clock.now().getTime() - this.fetchedAt;
    const known = this.keys.find((key) => key.kid === kid);
    if (age < (known ? CACHED_MS : REFETCH_MS)) {
      return known;
    }
    // One fetch at a time, whoever asks.
    this.running ??= this.fetch().finally(() => (this.running = undefined));
    await this.running;
    return this.keys.find((key) => key.kid === kid);
  }

  private async fetch(): Promise<void> {
    if (this.clock.now().getTime() - this.failedAt < RETRY_MS) {
      throw new ConcordatError('service_unavailable');
    }
    try {
      const answer = (await this.client.read(this.url)) as { keys?: unknown } | null;
      const keys: unknown[] = Array.isArray(answer?.keys) ? answer.keys.slice(0, MAX_KEYS) : [];
      this.keys = keys.filter(isSigningJwk).map(publicPart);
      this.fetchedAt = this.clock.now().getTime();
    } catch (error) {
      this.failedAt = this.clock.now().getTime();
      throw new ConcordatError('service_unavailable', {}, { cause: error });
    }
  }
}

function isSigningJwk(key: unknown): key is RemoteJwk {
  const { kid, kty, use, n } = (key ?? {}) as Readonly<Record<string, unknown>>;
  const isStrongRsa =
    kty === 'RSA' &&
    typeof n === 'string' &&
    Buffer.from(n, 'base64url').length * 8 >= MIN_RSA_BITS;
  return typeof kid === 'string' && (isStrongRsa || kty === 'EC') && (use ?? 'sig') === 'sig';
}

// A JWKS that leaks private members must not make us hold them.
function publicPart(key: RemoteJwk): RemoteJwk {
  const { kid, kty, alg, n, e, crv, x, y } = key as RemoteJwk & Record<string, string>;
  const members = { kid, kty, alg, use: 'sig', n, e, crv, x, y };
  return Object.fromEntries(
    Object.entries(members).filter(([, value]) => typeof value === 'string'),
  ) as unknown as RemoteJwk;
}
