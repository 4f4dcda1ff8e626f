import { Inject, Injectable } from '@nestjs/common';
import { Config } from '../config/config.js';
import { Authorisation } from '../identity/authorisation.service.js';
import type { Principal } from '../identity/principal.js';
import { Clock } from '../kernel/clock.js';
import { ConcordatError, isConcordatError } from '../kernel/errors.js';
import { Database } from '../platform/database/database.js';
import type { JudgedMode } from './delivery-modes.rules.js';
import type { IssueGrantDto } from './grant.dto.js';
import type { GrantStatus } from './grant.rules.js';
import { GrantTokens, type TokenGrant } from './grant-token.service.js';
import { toGrantView, tokenTypeOf, type GrantTokenView, type GrantView } from './grant.view.js';
import { GrantsRepository } from './grants.repository.js';
import { IssueService } from './issue/issue.service.js';
import { RefreshService } from './issue/refresh.service.js';
import { RevokeService } from './ending/revoke.service.js';

/** Grants: issued, refreshed and revoked. The row is the truth; a token is signed only after it is committed. */
@Injectable()
export class GrantsService {
  // eslint-disable-next-line max-params -- three acts, their data, and what their answers name
  constructor(
    private readonly database: Database,
    private readonly grants: GrantsRepository,
    private readonly issuing: IssueService,
    private readonly refreshing: RefreshService,
    private readonly revoking: RevokeService,
    private readonly tokens: GrantTokens,
    private readonly authorisation: Authorisation,
    @Inject(Config) private readonly config: Config,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /**
   * A repeated key gets the grant that it made. The fresh token is a refresh like any other: decided again and recorded,
   * or repeating a call would go on where refreshing ends.
   * @throws ConcordatError `grant_expiry_invalid` (422); else as the pipeline says.
   */
  async issue(principal: Principal, dto: IssueGrantDto, key: string): Promise<GrantTokenView> {
    const { accessRequestId, delivery } = dto;
    const expiresAt = dto.expiresAt === undefined ? undefined : new Date(dto.expiresAt);
    if (expiresAt && expiresAt.getTime() <= this.clock.now().getTime()) {
      throw new ConcordatError('grant_expiry_invalid');
    }
    const issued = await this.issuing.issue(
      principal,
      { accessRequestId, delivery, expiresAt },
      key,
    );
    return issued.outcome === 'issued'
      ? this.withToken(principal, issued)
      : this.refresh(principal, issued.grantId);
  }

  /** @throws ConcordatError `grant_not_live`, or the code of the check that fails now. */
  async refresh(principal: Principal, id: string): Promise<GrantTokenView> {
    const grant = await this.load(principal, id, 'grant:refresh');
    return this.withToken(principal, await this.refreshing.refresh(principal, grant));
  }

  async get(principal: Principal, id: string): Promise<GrantView> {
    return this.toView(await this.load(principal, id, 'grant:read'));
  }

  /** The caller's own; of a program what its accountable person holds in its organisation. */
  async list(principal: Principal, after: string | null, limit: number): Promise<GrantView[]> {
    const { manager } = this.database;
    const { kind, personId, memberships } = principal;
    const only = kind === 'person' ? null : (memberships[0]?.organisationId ?? null);
    const grants = await this.grants.list(manager, personId, only, after, limit);
    return grants.map((grant) => this.toView(grant));
  }

  /** For good, at once and everywhere: open transfers are cut. */
  async revoke(principal: Principal, id: string, reason: string): Promise<GrantView> {
    await this.revoking.revoke(principal, await this.load(principal, id, 'grant:read'), reason);
    return this.get(principal, id);
  }

  private async load(principal: Principal, id: string, operation: 'grant:read' | 'grant:refresh') {
    const grant = await this.grants.find(this.database.manager, id);
    if (!grant) {
      throw new ConcordatError('not_found');
    }
    const { personId, organisationId, providerId } = grant;
    const organisationIds = [organisationId, providerId];
    const resource = { organisationIds, personId, ownIn: organisationId };
    this.authorisation.require(principal, operation, resource);
    return grant;
  }

  private async withToken(
    { clientId }: Principal,
    {
      grant,
      modes,
    }: {
      readonly grant: TokenGrant & { readonly status: GrantStatus };
      readonly modes: readonly JudgedMode[];
    },
  ): Promise<GrantTokenView> {
    const { id, status, delivery, expiresAt } = grant;
    const { token, tokenExpiresAt } = await this.sign(grant, clientId);
    return {
      id,
      status,
      expiresAt: expiresAt.toISOString(),
      delivery,
      modes,
      token,
      tokenType: tokenTypeOf(grant),
      tokenExpiresAt: tokenExpiresAt.toISOString(),
      ...this.urlsOf(grant),
    };
  }

  // The grant stands: its id is what a refresh needs.
  private async sign(
    grant: TokenGrant,
    clientId: string | undefined,
  ): ReturnType<GrantTokens['issue']> {
    try {
      return await this.tokens.issue(grant, clientId);
    } catch (error) {
      throw isConcordatError(error, 'signing_unavailable')
        ? new ConcordatError('signing_unavailable', { grantId: grant.id }, { cause: error })
        : error;
    }
  }

  private toView(grant: Parameters<typeof toGrantView>[0]): GrantView {
    return toGrantView(grant, this.clock.now(), this.urlsOf(grant));
  }

  private urlsOf({ id, delivery }: Pick<TokenGrant, 'id' | 'delivery'>) {
    const grant = `${this.config.publicUrl}/api/v1/grants/${id}`;
    return {
      objectsUrl: `${grant}/objects`,
      feedUrl: delivery === 'feed' ? `${grant}/feed` : null,
    };
  }
}
