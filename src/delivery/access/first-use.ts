import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { Tx } from '../../platform/database/database.js';
import type { DeliveryGrant } from '../delivery.types.js';
import { DeliveryGrantsRepository } from './delivery-grants.repository.js';
import { grantFields } from './delivery-record.js';

/** `issued → active`: the only change of a grant that a use makes, and the only one that keeps its epoch. */
@Injectable()
export class FirstUse {
  constructor(
    private readonly grants: DeliveryGrantsRepository,
    private readonly audit: AuditService,
  ) {}

  /** @param status what this transaction saw; of concurrent first uses one activates. */
  async mark(tx: Tx, grant: DeliveryGrant, status: string): Promise<void> {
    if (status === 'issued' && (await this.grants.activate(tx, grant.id))) {
      const event = await this.audit.record(tx, 'grant.activated', {
        ...grantFields(grant),
        actorKind: 'person',
      });
      await this.grants.setEvent(tx, grant.id, event);
    }
  }
}
