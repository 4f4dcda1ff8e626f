import { Inject, Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import { Clock } from '../../kernel/clock.js';
import type { Tx } from '../../platform/database/database.js';
import { AgreementsRepository } from '../agreements.repository.js';
import { PartiesRepository } from '../parties/parties.repository.js';
import type { VersionKey } from '../versions/versions.repository.js';
import { brokerEvent } from './agreement-gate.js';
import { moveVersion } from './version-lifecycle.rules.js';

/** Gives up what is being prepared when there is nothing or nobody left to prepare it for: nothing rests on it. */
@Injectable()
export class Abandonment {
  constructor(
    private readonly repository: AgreementsRepository,
    private readonly parties: PartiesRepository,
    private readonly audit: AuditService,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /**
   * The caller holds the agreement's lock.
   * @param current the version in force, or last in force.
   * @param drafterId only what this organisation drafts; absent: whoever does.
   */
  async giveUpNext(tx: Tx, current: VersionKey, drafterId?: string): Promise<void> {
    const next = await this.repository.findOpen(tx, current.id);
    const isTheirs = drafterId === undefined || next?.organisationId === drafterId;
    if (!next || next.version === current.version || !isTheirs) {
      return;
    }
    const status = moveVersion(next.status, 'abandon');
    const auditEventId = await this.audit.record(tx, 'agreement.terminated', {
      ...brokerEvent(next),
      reasonCodes: ['not_concluded'],
    });
    const endedAt = this.clock.now();
    await this.repository.setStatus(tx, next, { status, auditEventId, endedAt });
    await this.parties.deleteNewcomers(tx, next);
  }
}
