import { Inject, Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import { BROKER_ACTOR } from '../../identity/actor.js';
import { Clock } from '../../kernel/clock.js';
import { IdFactory } from '../../kernel/ids.js';
import type { Tx } from '../../platform/database/database.js';
import { takeLocks } from '../../platform/database/locks.js';
import { Uses } from '../ending/ended.js';
import { ClosureMail } from './closure-mail.js';
import { dueAt } from './closure.rules.js';
import { ClosuresRepository, type OwedClosure, type ProjectUse } from './closures.repository.js';

/** Opens what is owed when the last grant of a project under an agreement has ended, whatever ended it. */
@Injectable()
export class ClosureOpening {
  constructor(
    private readonly closures: ClosuresRepository,
    private readonly mail: ClosureMail,
    private readonly audit: AuditService,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(IdFactory) private readonly ids: IdFactory,
  ) {}

  /**
   * To be called once, after the last end of the transaction: the lock it takes is the last but policy, and whoever held
   * it while locking more grants could wait for a transaction that waits for it.
   * @param ended what the grants that ended were uses of; repeats do no harm.
   */
  async openAfter(tx: Tx, ended: readonly ProjectUse[]): Promise<void> {
    const distinct = new Uses();
    distinct.add(ended);
    const uses = distinct.all();
    if (uses.length === 0) {
      return;
    }
    const agreements = uses.map(
      ({ agreementId }) => ({ kind: 'closure', id: agreementId }) as const,
    );
    await takeLocks(tx, 'exclusive', agreements);
    await this.closures.lockOpen(tx, uses);
    const owed = await this.closures.owedAfter(tx, uses);
    if (owed.length > 0) {
      await this.open(tx, owed);
    }
  }

  private async open(tx: Tx, owed: readonly OwedClosure[]): Promise<void> {
    const now = this.clock.now();
    const ids = owed.map(({ openId }) => openId ?? this.ids.next());
    const eventIds = await this.audit.recordAll(
      tx,
      'closure.due',
      owed.map((one, at) => ({
        ...BROKER_ACTOR,
        organisationIds: [one.organisationId, one.providerId],
        targetType: 'closure',
        targetId: ids[at],
        projectId: one.projectId,
        agreementId: one.agreementId,
        agreementVersion: one.agreementVersion,
      })),
    );
    const rows = owed.map((one, at) => ({
      ...one,
      id: ids[at] ?? '',
      eventId: eventIds[at] ?? '',
      dueAt: dueAt(now, one.disposalDays),
    }));
    await this.closures.open(tx, rows, now);
    await this.mail.tell(tx, ids, 'due');
  }
}
