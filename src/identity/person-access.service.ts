import { Inject, Injectable } from '@nestjs/common';
import { AuditService } from '../audit/audit.service.js';
import { Clock } from '../kernel/clock.js';
import type { Tx } from '../platform/database/database.js';
import { BROKER_ACTOR } from './actor.js';
import { PersonAccessRepository } from './person-access.repository.js';

/** What lets somebody in besides a new sign-in: their console sessions and personal tokens. */
@Injectable()
export class PersonAccess {
  constructor(
    private readonly access: PersonAccessRepository,
    private readonly audit: AuditService,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /**
   * Ends all of it, in the transaction of the cause; each token with its event, sessions with one.
   * @param reasonCode the cause.
   * @returns how many ended.
   */
  async end(tx: Tx, personId: string, reasonCode: string): Promise<number> {
    const organisationIds = await this.access.organisationsOf(tx, personId);
    const about = {
      ...BROKER_ACTOR,
      organisationIds,
      reasonCodes: [reasonCode],
      alsoAbout: [personId],
    };
    const now = this.clock.now();
    const tokens = await this.access.lockLiveTokens(tx, personId, now);
    for (const id of tokens) {
      const target = { targetType: 'personal_token', targetId: id };
      const auditEventId = await this.audit.record(tx, 'auth.token-revoked', {
        ...about,
        ...target,
      });
      await this.access.endToken(tx, id, now, auditEventId);
    }
    const sessions = await this.access.endSessions(tx, personId);
    if (sessions > 0) {
      await this.audit.record(tx, 'auth.session-revoked', { ...about, count: sessions });
    }
    return tokens.length + sessions;
  }
}
