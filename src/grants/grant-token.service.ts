import { createHmac } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Config } from '../config/config.js';
import { Clock } from '../kernel/clock.js';
import { ConcordatError } from '../kernel/errors.js';
import { IdFactory } from '../kernel/ids.js';
import { Secrets } from '../platform/secrets/secrets.service.js';
import { deliveryAction } from '../requests/delivery-action.js';
import { Signing } from '../platform/signing/signing.service.js';
import {
  CLIENT_OF_PEOPLE,
  DETAIL_TYPE,
  readGrantClaims,
  TOKEN_LIFETIME_SECONDS,
  type GrantTokenClaims,
} from './grant-token.rules.js';

const TYPE = 'at+jwt';

/** What of a grant its token says. */
export interface TokenGrant {
  readonly id: string;
  readonly personId: string;
  readonly datasetId: string;
  readonly providerId: string;
  readonly delivery: string;
  readonly epoch: number;
  readonly expiresAt: Date;
  /** The key that it is bound to; null for a bearer's. */
  readonly jkt: string | null;
}

export interface IssuedToken {
  readonly token: string;
  readonly tokenExpiresAt: Date;
}

export type { GrantTokenClaims };

type Payload = Readonly<Record<string, unknown>>;

/** A token's claims as the broker reads them, and all of them as they stand in it. */
export interface ReadToken {
  readonly claims: GrantTokenClaims;
  readonly payload: Payload;
}

/** Grant tokens: signed projections of a grant's row that live at most ten minutes (grants-and-delivery section 1). */
@Injectable()
export class GrantTokens {
  private readonly pairwiseKey: Buffer;

  constructor(
    private readonly signing: Signing,
    @Inject(Config) private readonly config: Config,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(IdFactory) private readonly ids: IdFactory,
    secrets: Secrets,
  ) {
    this.pairwiseKey = secrets.key('pairwise-subject');
  }

  /**
   * @param clientId of the program that gets it.
   * @throws ConcordatError `signing_unavailable` (503): the grant stands, a refresh tries again.
   */
  async issue(grant: TokenGrant, clientId = CLIENT_OF_PEOPLE): Promise<IssuedToken> {
    const iat = Math.floor(this.clock.now().getTime() / 1000);
    const exp = Math.min(
      iat + TOKEN_LIFETIME_SECONDS,
      Math.floor(grant.expiresAt.getTime() / 1000),
    );
    const payload = {
      iss: this.config.publicUrl,
      aud: this.audience,
      sub: this.pairwiseSubject(grant.providerId, grant.personId),
      client_id: clientId,
      iat,
      exp,
      jti: this.ids.next(),
      ...(grant.jkt === null ? {} : { cnf: { jkt: grant.jkt } }),
      authorization_details: [
        {
          type: DETAIL_TYPE,
          identifier: grant.datasetId,
          actions: [deliveryAction(grant.delivery)],
          grant_id: grant.id,
          epoch: grant.epoch,
          delivery: grant.delivery,
        },
      ],
    };
    const token = await this.signing.sign('token', TYPE, Buffer.from(JSON.stringify(payload)));
    return { token, tokenExpiresAt: new Date(exp * 1000) };
  }

  /** @throws ConcordatError `unauthenticated` (401) for anything but a live token of this broker. */
  async verify(token: string): Promise<GrantTokenClaims> {
    const read = await this.read(token);
    if (!read) {
      throw new ConcordatError('unauthenticated');
    }
    return read.claims;
  }

  /** @returns undefined for anything but a live token of this broker. Whether its grant is live, the row says. */
  async read(token: string): Promise<ReadToken | undefined> {
    const payload = await this.signing.verifyOwn(token, TYPE);
    const claims =
      payload &&
      readGrantClaims(payload, {
        issuer: this.config.publicUrl,
        audience: this.audience,
        now: this.clock.now().getTime() / 1000,
      });
    return claims && { claims, payload };
  }

  private get audience(): string {
    return `${this.config.publicUrl}/api/v1/grants`;
  }

  // Keyed by the owner: two owners who compare their tokens cannot join the people in them.
  private pairwiseSubject(ownerId: string, personId: string): string {
    return createHmac('sha256', this.pairwiseKey)
      .update(`${ownerId}\0${personId}`)
      .digest('base64url');
  }
}
