import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../kernel/clock.js';
import { Database } from '../../platform/database/database.js';
import { ClosureOpening } from '../closure/closure-opening.service.js';
import { GrantEndings } from '../ending/grant-endings.service.js';
import { GrantEndingsRepository } from '../ending/grant-endings.repository.js';
import { isLive, statusAt } from '../grant.rules.js';
import { GrantTokens } from '../grant-token.service.js';
import { GrantsRepository } from '../grants.repository.js';

/**
 * Ends the grant of a token for whoever shows the token (RFC 7009): its holder who is done, and anybody who has found it.
 * No proof of its key is asked for, since all that it opens is the end.
 */
@Injectable()
export class TokenRevocation {
  // eslint-disable-next-line max-params -- one act: which grant, and everything that ends with it
  constructor(
    private readonly database: Database,
    private readonly tokens: GrantTokens,
    private readonly grants: GrantsRepository,
    private readonly endings: GrantEndings,
    private readonly repository: GrantEndingsRepository,
    private readonly closures: ClosureOpening,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** The whole grant, for good. Unknown tokens, and those of a grant that has ended, change nothing. */
  async revoke(token: string): Promise<void> {
    const read = await this.tokens.read(token);
    if (!read) {
      return;
    }
    const { grantId, epoch } = read.claims;
    await this.database.transaction(async (tx) => {
      const grant = await this.grants.findLocked(tx, grantId);
      if (grant?.epoch !== epoch || !isLive(statusAt(grant, this.clock.now()))) {
        return;
      }
      // Who showed it is not known: the event names nobody as its actor.
      const reason = 'revoked_by_bearer';
      await this.endings.revoke(tx, [grant], { reason });
      await this.closures.openAfter(tx, [grant]);
      await this.repository.notify(tx);
    });
  }
}
