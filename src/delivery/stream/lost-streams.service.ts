import { Inject, Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import { Clock } from '../../kernel/clock.js';
import { Database, type Tx } from '../../platform/database/database.js';
import { DeliveryGrantsRepository } from '../access/delivery-grants.repository.js';
import { objectFields } from '../access/delivery-record.js';
import { OpenStreamsRepository } from './open-streams.repository.js';
import { StreamEnding } from './stream-ending.service.js';

/** Writes the end of streams whose node cannot: in full, for nobody knows how far they came (grants-and-delivery section 4). */
@Injectable()
export class LostStreams {
  // eslint-disable-next-line max-params -- everything that an end commits together
  constructor(
    private readonly database: Database,
    private readonly openStreams: OpenStreamsRepository,
    private readonly grants: DeliveryGrantsRepository,
    private readonly audit: AuditService,
    private readonly ending: StreamEnding,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** One transaction each, until none is left or the worker stops. */
  async settleAll(signal?: AbortSignal): Promise<void> {
    while (signal?.aborted !== true) {
      if (!(await this.database.transaction((tx) => this.settleNext(tx)))) {
        return;
      }
    }
  }

  private async settleNext(tx: Tx): Promise<boolean> {
    const lost = await this.openStreams.takeLost(tx, this.clock.now());
    if (!lost) {
      return false;
    }
    const grant = await this.grants.find(tx, lost.grantId);
    await this.audit.record(tx, 'object.cut', {
      // Bytes have left: of a grant that cannot be read any more the event says what the stream's own row knows.
      ...(grant ? objectFields(grant) : { grantId: lost.grantId }),
      decisionId: lost.decisionId ?? undefined,
      objectId: lost.objectName,
      range: lost.range ?? undefined,
      bytes: lost.reservedBytes,
      outcome: 'failed',
      reasonCodes: ['node_lost'],
    });
    if (grant) {
      const { reservedBytes } = lost;
      await this.ending.settleBudget(tx, grant, {
        reserved: reservedBytes,
        delivered: reservedBytes,
        finished: undefined,
      });
    }
    return true;
  }
}
