import { Inject, Injectable } from '@nestjs/common';
import { Config } from '../../config/config.js';
import { UsedProofs } from '../../identity/dpop/used-proofs.service.js';
import { Clock } from '../../kernel/clock.js';
import { isUuid } from '../../kernel/ids.js';
import { Database } from '../../platform/database/database.js';
import { parseClaims, parseCompact } from '../../platform/signing/compact-jws.js';
import { ForeignTokenVerifier, type ForeignClaims } from '../../platform/signing/foreign-token.js';
import { StoreClientsRepository, type StoreClientRow } from './store-clients.repository.js';

const SKEW_SECONDS = 30;
const MAX_LIFETIME_SECONDS = 300;
const MAX_JTI = 255;
/** Nodes' clocks differ: a used assertion is remembered for longer than any of them would take it. */
const MARGIN_SECONDS = 90;

/** Clients of a store prove who they are with their private key (RFC 7523 section 3, `private_key_jwt`). */
@Injectable()
export class ClientAssertions {
  constructor(
    private readonly database: Database,
    private readonly clients: StoreClientsRepository,
    private readonly used: UsedProofs,
    @Inject(Config) private readonly config: Pick<Config, 'publicUrl'>,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /**
   * @param endpoint path of the endpoint that is called; an assertion names it, or the broker, as its audience.
   * @returns undefined for anything but a live client's own assertion, shown for the first time.
   */
  async clientOf(assertion: string, endpoint: string): Promise<StoreClientRow | undefined> {
    const client = await this.named(assertion);
    const claims = client && (await this.verify(assertion, client, endpoint));
    if (!client || !claims) {
      return undefined;
    }
    const { jti, exp } = claims;
    if (typeof jti !== 'string' || jti === '' || jti.length > MAX_JTI) {
      return undefined;
    }
    const forgetAfter = new Date((exp + MARGIN_SECONDS) * 1000);
    return (await this.used.use(client.id, jti, forgetAfter)) ? client : undefined;
  }

  // Who it says it is from, before anything is believed of it.
  private async named(assertion: string): Promise<StoreClientRow | undefined> {
    const id = subjectOf(assertion);
    const client =
      id !== undefined && isUuid(id)
        ? await this.clients.find(this.database.manager, id)
        : undefined;
    return client?.endedAt === null ? client : undefined;
  }

  private async verify(
    assertion: string,
    { id, kid, jwk }: StoreClientRow,
    endpoint: string,
  ): Promise<ForeignClaims | undefined> {
    const key = { ...jwk, kid, alg: 'ES256' };
    const keys = { find: (name: string) => Promise.resolve(name === kid ? key : undefined) };
    const verifier = new ForeignTokenVerifier(keys, this.clock);
    const { publicUrl } = this.config;
    const audience = [publicUrl + endpoint, publicUrl].find((one) => one === audienceOf(assertion));
    if (audience === undefined) {
      return undefined;
    }
    const claims = await verifier.verify(assertion, {
      issuer: id,
      audience,
      types: [undefined, 'jwt', 'client-authentication+jwt'],
      skewSeconds: SKEW_SECONDS,
    });
    return claims && claims.exp - claims.iat <= MAX_LIFETIME_SECONDS ? claims : undefined;
  }
}

function subjectOf(assertion: string): string | undefined {
  const { sub, iss } = unverified(assertion);
  return typeof sub === 'string' && sub === iss ? sub : undefined;
}

/** Its only audience: one that names others too could be shown here by them. */
function audienceOf(assertion: string): unknown {
  const { aud } = unverified(assertion);
  return Array.isArray(aud) && aud.length === 1 ? (aud as unknown[])[0] : aud;
}

/** What it says before anything is believed of it. */
function unverified(assertion: string): Readonly<Record<string, unknown>> {
  const parsed = parseCompact(assertion, 'es256');
  return (parsed && parseClaims(parsed.payloadSegment)) ?? {};
}
