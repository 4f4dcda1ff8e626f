import { Inject, Injectable } from '@nestjs/common';
import type { Principal } from '../../identity/principal.js';
import { Clock } from '../../kernel/clock.js';
import { ConcordatError } from '../../kernel/errors.js';
import { Database, type Tx } from '../../platform/database/database.js';
import { GrantEndingsRepository } from '../ending/grant-endings.repository.js';
import type { GrantEntity } from '../grant.entity.js';
import { judgeModes, type JudgedMode } from '../delivery-modes.rules.js';
import { isLive, statusAt } from '../grant.rules.js';
import { GrantsRepository } from '../grants.repository.js';
import { IssueJudge } from './issue-judge.service.js';
import { IssueRecord } from './issue-record.service.js';
import { locksOf } from './issue-scope.js';
import { IssueRepository } from './issue.repository.js';

/** A grant that may go on, as it stands now, and how each mode of its agreement fares. */
export interface Refreshed {
  readonly grant: GrantEntity;
  readonly modes: readonly JudgedMode[];
}

/** Decides again on a grant that stands: checks 4 to 23, in the same steps. Its end may come nearer and never recedes. */
@Injectable()
export class RefreshService {
  // eslint-disable-next-line max-params -- the steps of the pipeline, and the row they are about
  constructor(
    private readonly database: Database,
    private readonly grants: GrantsRepository,
    private readonly endings: GrantEndingsRepository,
    private readonly repository: IssueRepository,
    private readonly judge: IssueJudge,
    private readonly record: IssueRecord,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /**
   * @param grant of the caller, as read before.
   * @throws ConcordatError `grant_not_live`, or the code of the first check that fails; its event is committed.
   */
  async refresh(principal: Principal, grant: GrantEntity): Promise<Refreshed> {
    const result = await this.database.transaction((tx) => this.attempt(tx, principal, grant));
    if (result instanceof ConcordatError) {
      throw result;
    }
    return result;
  }

  // A refusal is returned, not thrown: its event commits.
  private async attempt(
    tx: Tx,
    principal: Principal,
    { id, organisationId, providerId, ...scope }: GrantEntity,
  ): Promise<Refreshed | ConcordatError> {
    const organisationIds = [organisationId, providerId];
    await this.repository.lock(tx, locksOf({ ...scope, organisationIds }));
    const grant = await this.grants.find(tx, id);
    if (!grant) {
      throw new ConcordatError('not_found');
    }
    const status = statusAt(grant, this.clock.now());
    if (!isLive(status)) {
      await this.record.refusedAsEnded(tx, principal, grant);
      return new ConcordatError('grant_not_live', { status });
    }
    const judged = await this.judge.judge(tx, principal, {
      accessRequestId: grant.accessRequestId,
      delivery: grant.delivery,
      expiresAt: grant.expiresAt,
      refreshes: { id, isBudgetLeft: isBudgetLeft(grant), jkt: grant.jkt },
    });
    if (judged.outcome === 'refused') {
      await this.record.refused(tx, principal, judged, { grantId: id });
      return new ConcordatError(judged.check.code, judged.fields);
    }
    const eventId = await this.record.refreshed(tx, principal, id, judged);
    const { facts, expiresAt } = judged.context;
    const standing = await this.shorten(tx, grant, expiresAt, eventId);
    return { grant: standing, modes: judgeModes(facts) };
  }

  private async shorten(
    tx: Tx,
    grant: GrantEntity,
    expiresAt: Date,
    eventId: string,
  ): Promise<GrantEntity> {
    if (expiresAt.getTime() >= grant.expiresAt.getTime()) {
      return grant;
    }
    await this.grants.shorten(tx, grant, expiresAt, eventId);
    await this.endings.notify(tx);
    return { ...grant, expiresAt, epoch: grant.epoch + 1 };
  }
}

function isBudgetLeft({ maxBytes, bytesDelivered, bytesReserved }: GrantEntity): boolean {
  return maxBytes === null || BigInt(bytesDelivered) + BigInt(bytesReserved) < BigInt(maxBytes);
}
