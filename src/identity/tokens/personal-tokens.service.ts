import { Inject, Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import { Clock } from '../../kernel/clock.js';
import { ConcordatError } from '../../kernel/errors.js';
import { IdFactory } from '../../kernel/ids.js';
import { Database, type Tx } from '../../platform/database/database.js';
import { Idempotency } from '../../platform/database/idempotency.js';
import { takeLocks } from '../../platform/database/locks.js';
import { actorFields } from '../actor.js';
import type { Principal } from '../principal.js';
import type { PersonalTokenDto } from './personal-token.dto.js';
import { newPersonalToken, tokenDigest, tokenExpiry } from './personal-token.rules.js';
import { toTokenView, type NewTokenView, type PersonalTokenView } from './personal-token.view.js';
import { PersonalTokensRepository, type PersonalTokenRow } from './personal-tokens.repository.js';

const MAX_LIVE = 20;

/** Personal tokens for scripts: made, listed and ended by the person whose they are. */
@Injectable()
export class PersonalTokens {
  // eslint-disable-next-line max-params -- what a slice needs and the two ports
  constructor(
    private readonly database: Database,
    private readonly tokens: PersonalTokensRepository,
    private readonly audit: AuditService,
    private readonly idempotency: Idempotency,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(IdFactory) private readonly ids: IdFactory,
  ) {}

  /**
   * A repeated Idempotency-Key gets the same answer without the token, which is kept nowhere.
   * @throws ConcordatError `input_invalid` (422), `conflict` (409) with too many live ones.
   */
  async create(principal: Principal, dto: PersonalTokenDto, key?: string): Promise<NewTokenView> {
    const { personId: principalId } = principal;
    const call = { principalId, route: 'POST tokens', key, body: { ...dto } };
    const made: { token: string | null } = { token: null };
    const id = await this.database.transaction((tx) =>
      this.idempotency.once(tx, call, async () => {
        const token = newPersonalToken();
        const id = await this.insert(tx, principal, dto, token);
        made.token = token;
        return id;
      }),
    );
    const row = await this.tokens.find(this.database.manager, id);
    if (!row) {
      throw new ConcordatError('not_found');
    }
    return { ...toTokenView(row), token: made.token };
  }

  /** The caller's own, newest first, ended ones too. */
  async list(
    { personId }: Principal,
    after: string | null,
    limit: number,
  ): Promise<PersonalTokenView[]> {
    const rows = await this.tokens.list(this.database.manager, personId, after, limit);
    return rows.map(toTokenView);
  }

  /** @throws ConcordatError `not_found` for another's. */
  async get(principal: Principal, id: string): Promise<PersonalTokenView> {
    return toTokenView(await this.own(principal, id));
  }

  /** At once, on every node; ending an ended one changes nothing. @throws ConcordatError `not_found` for another's. */
  async revoke(principal: Principal, id: string): Promise<void> {
    if ((await this.own(principal, id)).endedAt !== null) {
      return;
    }
    await this.database.transaction(async (tx) => {
      await lockPerson(tx, principal.personId);
      const now = this.clock.now();
      const current = await this.tokens.find(tx, id);
      if (current?.endedAt === null) {
        await this.tokens.end(
          tx,
          id,
          now,
          await this.record(tx, 'auth.token-revoked', principal, id),
        );
      }
    });
  }

  private async own({ personId }: Principal, id: string): Promise<PersonalTokenRow> {
    const row = await this.tokens.find(this.database.manager, id);
    if (row?.personId !== personId) {
      throw new ConcordatError('not_found');
    }
    return row;
  }

  private async insert(
    tx: Tx,
    principal: Principal,
    { name, scopes, expiresAt }: PersonalTokenDto,
    token: string,
  ): Promise<string> {
    const { personId, authLevel } = principal;
    const createdAt = this.clock.now();
    await lockPerson(tx, personId);
    if ((await this.tokens.countLive(tx, personId, createdAt)) >= MAX_LIVE) {
      const detail = `At most ${String(MAX_LIVE)} personal tokens are live at once. Revoke one first.`;
      throw new ConcordatError('conflict', { detail });
    }
    const id = this.ids.next();
    const ends = tokenExpiry(createdAt, expiresAt);
    const row = { id, personId, name, scopes, authLevel, createdAt, expiresAt: ends };
    const auditEventId = await this.record(tx, 'auth.token-created', principal, id, scopes);
    // A token that was just made has the form of one.
    await this.tokens.insert(tx, row, { digest: tokenDigest(token) as Buffer, auditEventId });
    return id;
  }

  private record(
    tx: Tx,
    type: 'auth.token-created' | 'auth.token-revoked',
    principal: Principal,
    id: string,
    scopes: readonly string[] = [],
  ): Promise<string> {
    return this.audit.record(tx, type, {
      ...actorFields(principal),
      organisationIds: principal.memberships.map(({ organisationId }) => organisationId),
      targetType: 'personal_token',
      targetId: id,
      reasonCodes: scopes,
    });
  }
}

async function lockPerson(tx: Tx, id: string): Promise<void> {
  await takeLocks(tx, 'exclusive', [{ kind: 'person', id }]);
}
