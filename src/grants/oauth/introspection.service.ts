import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../kernel/clock.js';
import { ConcordatError } from '../../kernel/errors.js';
import { Database } from '../../platform/database/database.js';
import { RateLimits } from '../../platform/rate-limits/rate-limits.js';
import { ClientAssertions } from '../../stores/clients/client-assertions.service.js';
import { isLive, statusAt } from '../grant.rules.js';
import { GrantTokens } from '../grant-token.service.js';
import { tokenTypeOf } from '../grant.view.js';
import { GrantsRepository } from '../grants.repository.js';

export const INTROSPECTION_PATH = '/oauth/introspect';
const PER_MINUTE = 6_000;
const JWT_BEARER = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** Who asks about which token. */
interface IntrospectionCall {
  readonly token: string;
  readonly assertionType: string;
  readonly assertion: string;
}

/** Exactly this for everything that is not a live token of the caller's own store (RFC 7662 section 2.2). */
const INACTIVE = { active: false } as const;

export type Introspected =
  | typeof INACTIVE
  | ({ readonly active: true; readonly token_type: string } & Readonly<Record<string, unknown>>);

/** Whether a grant's token is live, for the gateway of the store that its data lies in. */
@Injectable()
export class Introspection {
  // eslint-disable-next-line max-params -- who asks, about what, and how often
  constructor(
    private readonly database: Database,
    private readonly clients: ClientAssertions,
    private readonly tokens: GrantTokens,
    private readonly grants: GrantsRepository,
    private readonly rates: RateLimits,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /**
   * Any text may be asked about: what is no token of ours is answered as such.
   * @throws ConcordatError `client_invalid` (401), `rate_limited` (429)
   */
  async introspect({ token, assertionType, assertion }: IntrospectionCall): Promise<Introspected> {
    const client =
      assertionType === JWT_BEARER
        ? await this.clients.clientOf(assertion, INTROSPECTION_PATH)
        : undefined;
    if (!client) {
      throw new ConcordatError('client_invalid', { error: 'invalid_client' });
    }
    if (!(await this.rates.take('introspect', client.id, PER_MINUTE))) {
      throw new ConcordatError('rate_limited');
    }
    const read = await this.tokens.read(token);
    if (!read) {
      return INACTIVE;
    }
    const { claims, payload } = read;
    const grant = await this.grants.find(this.database.manager, claims.grantId);
    const isActive =
      grant?.storeId === client.storeId &&
      grant.epoch === claims.epoch &&
      isLive(statusAt(grant, this.clock.now()));
    return isActive ? { active: true, token_type: tokenTypeOf(grant), ...payload } : INACTIVE;
  }
}
