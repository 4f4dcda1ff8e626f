import { Inject, Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import { Clock } from '../../kernel/clock.js';
import { londonDay } from '../../kernel/london-day.js';
import type { Database, Tx } from '../../platform/database/database.js';
import { AccessFactsService } from '../../requests/access-facts.service.js';
import type { AccessTerms } from '../../requests/access-facts.js';
import { under, type Supersession } from './end-conditions.js';
import { Uses, type Ended } from './ended.js';
import { aboutGrant, GrantEndings } from './grant-endings.service.js';
import { GrantEndingsRepository, type EndingGrant } from './grant-endings.repository.js';
import { amendedExpiry, failsAmendment, type AmendedGrant } from './supersession.rules.js';
import { SupersessionsRepository } from './supersessions.repository.js';

const AT_ONCE = 100;

type Judged = EndingGrant & AmendedGrant;

/** A new version is in force: each grant of the old one is judged by the new terms, and ends or goes on under them. */
@Injectable()
export class Supersessions {
  // eslint-disable-next-line max-params -- what is read, what ends and what goes on, and the clock
  constructor(
    private readonly facts: AccessFactsService,
    private readonly grants: GrantEndingsRepository,
    private readonly repository: SupersessionsRepository,
    private readonly endings: GrantEndings,
    private readonly audit: AuditService,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  async preview(
    manager: Database['manager'],
    cause: Supersession,
    limit: number,
  ): Promise<readonly EndingGrant[]> {
    const now = this.clock.now();
    const condition = under(cause.agreementId, cause.version);
    const grants = await this.grants.findLive(manager, condition, now, limit);
    const judged = await this.judge(manager, cause, grants, now);
    return judged.filter((grant) => failsAmendment(grant, now));
  }

  async apply(tx: Tx, cause: Supersession): Promise<Ended> {
    const now = this.clock.now();
    const condition = under(cause.agreementId, cause.version);
    let ended = 0;
    let changed = 0;
    const uses = new Uses();
    for (let batch = AT_ONCE; batch === AT_ONCE; changed += batch) {
      const grants = await this.grants.lockLive(tx, condition, now, AT_ONCE);
      const judged = await this.judge(tx, cause, grants, now);
      const failing = judged.filter((grant) => failsAmendment(grant, now));
      await this.endings.revoke(tx, failing, { reason: cause.code });
      await this.carryOver(
        tx,
        cause,
        judged.filter((grant) => !failing.includes(grant)),
      );
      uses.add(failing);
      ended += failing.length;
      batch = grants.length;
    }
    return { ended, changed, uses: uses.all() };
  }

  private async judge(
    manager: Database['manager'],
    { agreementId, version, nextVersion }: Supersession,
    grants: readonly EndingGrant[],
    now: Date,
  ): Promise<readonly Judged[]> {
    const before = await this.repository.termsOf(manager, agreementId, version);
    const judged: Judged[] = [];
    for (const grant of grants) {
      const after = await this.facts.find(
        manager,
        grant.accessRequestId,
        londonDay(now),
        now,
        nextVersion,
      );
      if (!before || !after) {
        throw new Error('A version that supersedes, or is superseded, is not there');
      }
      judged.push({ ...grant, before, after });
    }
    return judged;
  }

  private async carryOver(tx: Tx, cause: Supersession, grants: readonly Judged[]): Promise<void> {
    const now = this.clock.now();
    const eventIds = await this.audit.recordAll(
      tx,
      'grant.refreshed',
      grants.map((grant) => ({
        ...aboutGrant(grant),
        agreementVersion: cause.nextVersion,
        delivery: grant.delivery,
        reasonCodes: [cause.code],
      })),
    );
    const [first] = grants;
    if (first) {
      const rows = grants.map((grant, at) => ({
        id: grant.id,
        eventId: eventIds[at] ?? '',
        expiresAt: amendedExpiry(grant, now),
      }));
      const { agreementId, nextVersion } = cause;
      const isAdministrative = await this.repository.isAdministrative(tx, agreementId, nextVersion);
      await this.repository.carryOver(tx, nextVersion, termsOf(first), rows, isAdministrative);
    }
  }
}

function termsOf({ after }: Judged): AccessTerms {
  return after.agreement.terms;
}
