import { Inject, Injectable } from '@nestjs/common';
import type { EventInput } from '../../audit/event-preparation.js';
import { Clock } from '../../kernel/clock.js';
import { ConcordatError, isConcordatError } from '../../kernel/errors.js';
import { Database } from '../../platform/database/database.js';
import type { Admission } from '../delivery.types.js';
import { DeliveryGrantsRepository } from './delivery-grants.repository.js';
import { DeliveryRecord } from './delivery-record.js';
import { FirstUse } from './first-use.js';
import { GrantAccess } from './grant-access.service.js';

type UseType =
  | 'object.listed'
  | 'object.url-issued'
  | 'object.credential-issued'
  | 'feed.subscribed'
  | 'feed.delivered';

/** Uses of a grant that no budget counts: a list of names, a presigned URL, what is new in a feed. */
@Injectable()
export class GrantUse {
  // eslint-disable-next-line max-params -- everything that a use commits together
  constructor(
    private readonly database: Database,
    private readonly grants: DeliveryGrantsRepository,
    private readonly record: DeliveryRecord,
    private readonly firstUse: FirstUse,
    private readonly access: GrantAccess,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /**
   * Commits the event of a use, with the row looked at once more, before anything leaves the broker.
   * @param eventId where what leaves names the event.
   * @throws ConcordatError `grant_not_live` (403), recorded.
   */
  async commit<T extends UseType>(
    admission: Admission,
    type: T,
    input: EventInput<T>,
    eventId?: string,
  ): Promise<void> {
    const { grant } = admission;
    const record = await this.record.prepare(type, admission, input, eventId);
    const claim = { grantId: grant.id, epoch: grant.epoch, now: this.clock.now() };
    try {
      await this.database.transaction(async (tx) => {
        const status = await this.grants.liveStatus(tx, claim);
        if (status === undefined) {
          throw new ConcordatError('grant_not_live');
        }
        await this.record.write(tx, record);
        await this.firstUse.mark(tx, grant, status);
      });
    } catch (error) {
      if (isConcordatError(error, 'grant_not_live')) {
        throw await this.access.refuseAdmitted(admission, 'grant_not_live');
      }
      throw error;
    }
  }
}
