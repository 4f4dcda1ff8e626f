import { Inject, Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import { Config } from '../../config/config.js';
import { BROKER_ACTOR } from '../../identity/actor.js';
import { Clock } from '../../kernel/clock.js';
import { Database, type Tx } from '../../platform/database/database.js';
import { DeliveryGrantsRepository } from '../access/delivery-grants.repository.js';
import { objectFields } from '../access/delivery-record.js';
import { KEPT_DAYS, LogLimits } from './log-limits.js';
import { ObservedReadsRepository } from './observed-reads.repository.js';
import type { ReadGroup } from './observed.types.js';
import { UnmatchedMail } from './unmatched-mail.js';

const DAY_MS = 86_400_000;

/**
 * Turns what was kept into events: of each requester or grant, dataset and hour one at once, and one more for what came after
 * it when the hour is over. An event and the mark that it was told commit together.
 */
@Injectable()
export class ReadTelling {
  // eslint-disable-next-line max-params -- what is told, where, the limits and the ports
  constructor(
    private readonly database: Database,
    private readonly reads: ObservedReadsRepository,
    private readonly grants: DeliveryGrantsRepository,
    private readonly audit: AuditService,
    private readonly mail: UnmatchedMail,
    @Inject(LogLimits) private readonly limits: LogLimits,
    @Inject(Config) private readonly config: Config,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  async tell(storeId: string, signal?: AbortSignal): Promise<void> {
    const now = this.clock.now().getTime();
    const settledBefore = new Date(now - this.config.accessLogLagSeconds * 1000);
    let told = this.limits.groupsAtOnce;
    while (told === this.limits.groupsAtOnce && signal?.aborted !== true) {
      told = await this.database.transaction(async (tx) => {
        const groups = await this.reads.untold(
          tx,
          storeId,
          settledBefore,
          this.limits.groupsAtOnce,
        );
        for (const group of groups) {
          await this.tellOne(tx, storeId, group);
        }
        return groups.length;
      });
    }
    await this.reads.forget(this.database.manager, storeId, new Date(now - KEPT_DAYS * DAY_MS));
  }

  private async tellOne(tx: Tx, storeId: string, group: ReadGroup): Promise<void> {
    const eventId = await (group.verdict === 'unmatched'
      ? this.recordUnmatched(tx, storeId, group)
      : this.recordObserved(tx, group));
    await this.reads.markTold(tx, storeId, group, eventId);
    if (group.verdict === 'unmatched') {
      await this.mail.tell(tx, group);
    }
  }

  private recordUnmatched(tx: Tx, storeId: string, group: ReadGroup): Promise<string> {
    return this.audit.record(tx, 'object.read-unmatched', {
      ...BROKER_ACTOR,
      organisationIds: [group.organisationId],
      outcome: 'failed',
      reasonCodes: [...group.reasons, hourOf(group)],
      targetType: 'store',
      targetId: storeId,
      ...whatWasRead(group),
      clientId: group.requester,
    });
  }

  private async recordObserved(tx: Tx, group: ReadGroup): Promise<string> {
    const grant = await this.grants.find(tx, group.grantId ?? '');
    if (!grant) {
      throw new Error('A read was matched to a grant that is not there');
    }
    return this.audit.record(tx, 'object.read-observed', {
      ...objectFields(grant),
      reasonCodes: [hourOf(group)],
      ...whatWasRead(group),
    });
  }
}

function whatWasRead({ datasetId, objectName, count, bytes, requestId }: ReadGroup) {
  return { datasetId, objectId: objectName ?? undefined, count, bytes, storeRequestId: requestId };
}

function hourOf({ hour }: ReadGroup): string {
  return `hour:${hour.toISOString().slice(0, 13)}Z`;
}
