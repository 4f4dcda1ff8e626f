import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../kernel/clock.js';
import { londonDay } from '../../kernel/london-day.js';
import { Database } from '../../platform/database/database.js';
import type { AuthenticatedIdentity } from '../principal.js';
import { TOKEN_SCOPES, tokenDigest } from './personal-token.rules.js';
import { PersonalTokensRepository } from './personal-tokens.repository.js';

/** Whom a personal token speaks for. Its row is asked at every request: an ended token is over at once. */
@Injectable()
export class PersonalTokenIdentity {
  constructor(
    private readonly database: Database,
    private readonly tokens: PersonalTokensRepository,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** @returns undefined for anything but a live one. */
  async find(token: string): Promise<AuthenticatedIdentity | undefined> {
    const { manager } = this.database;
    const now = this.clock.now();
    const digest = tokenDigest(token);
    const live = digest && (await this.tokens.findLive(manager, digest, now));
    if (!live) {
      return undefined;
    }
    const today = londonDay(now);
    if (live.lastUsedOn !== today) {
      await this.tokens.noteUse(manager, live.id, today);
    }
    return {
      issuer: live.issuer,
      subject: live.subject,
      authLevel: live.authLevel,
      acr: null,
      amr: [],
      // Nobody signed in for this request: whatever wants a fresh sign-in does not get one here.
      authenticatedAt: null,
      via: 'personal_token',
      scopes: TOKEN_SCOPES.filter((scope) => live.scopes.includes(scope)),
    };
  }
}
