import type { Clock } from '../../kernel/clock.js';
import { fetchJson } from './fetch-json.js';

const CACHED_MS = 600_000;
const REFETCH_MS = 60_000;
const MAX_KEYS = 100;

export interface RemoteJwk {
  readonly kid: string;
  readonly kty: string;
  readonly alg?: string;
  readonly use?: string;
}

/** The issuer's public keys: cached ten minutes, fetched again for an unknown kid at most once a minute. */
export class RemoteJwks {
  private keys: readonly RemoteJwk[] = [];
  private fetchedAt = -Infinity;
  private running: Promise<void> | undefined;

  constructor(
    private readonly url: string,
    private readonly clock: Clock,
  ) {}

  async find(kid: string): Promise<RemoteJwk | undefined> {
    const age = this.clock.now().getTime() - this.fetchedAt;
    const known = this.keys.find((key) => key.kid === kid);
    if ((known && age < CACHED_MS) || (!known && age < REFETCH_MS)) {
      return known;
    }
    this.running ??= this.fetch().finally(() => (this.running = undefined));
    await this.running;
    return this.keys.find((key) => key.kid === kid);
  }

  private async fetch(): Promise<void> {
    const answer = (await fetchJson(this.url)) as { keys?: unknown };
    this.fetchedAt = this.clock.now().getTime();
    const keys = Array.isArray(answer.keys) ? answer.keys.slice(0, MAX_KEYS) : [];
    this.keys = keys.filter(isSigningJwk).map(publicPart);
  }
}

function isSigningJwk(key: unknown): key is RemoteJwk {
  const { kid, kty, use } = (key ?? {}) as Partial<RemoteJwk>;
  return typeof kid === 'string' && (kty === 'RSA' || kty === 'EC') && (use ?? 'sig') === 'sig';
}

// A JWKS that leaks private members must not make us hold them.
function publicPart(key: RemoteJwk): RemoteJwk {
  const { kid, kty, alg, n, e, crv, x, y } = key as RemoteJwk & Record<string, string>;
  const members = { kid, kty, alg, use: 'sig', n, e, crv, x, y };
  return Object.fromEntries(
    Object.entries(members).filter(([, value]) => typeof value === 'string'),
  ) as unknown as RemoteJwk;
}
