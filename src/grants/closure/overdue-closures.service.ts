import { Inject, Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import { BROKER_ACTOR } from '../../identity/actor.js';
import { Clock } from '../../kernel/clock.js';
import { Database } from '../../platform/database/database.js';
import { ClosureMail } from './closure-mail.js';
import { aboutClosure } from './closure-event.js';
import { moveClosure } from './closure.rules.js';
import { ClosuresRepository } from './closures.repository.js';

const AT_ONCE = 100;

/** Writes that a certificate is late, once each; who asks compares the date anyway (R3.20, R3.25). */
@Injectable()
export class OverdueClosures {
  constructor(
    private readonly database: Database,
    private readonly closures: ClosuresRepository,
    private readonly mail: ClosureMail,
    private readonly audit: AuditService,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** @returns how many fell overdue. */
  async sweep(signal?: AbortSignal): Promise<number> {
    let late = 0;
    for (let batch = AT_ONCE; batch === AT_ONCE && signal?.aborted !== true; late += batch) {
      batch = await this.writeLate();
    }
    return late;
  }

  private async writeLate(): Promise<number> {
    return this.database.transaction(async (tx) => {
      const late = await this.closures.lockLate(tx, this.clock.now(), AT_ONCE);
      for (const closure of late) {
        const status = moveClosure(closure.status, 'overdue');
        const event = { ...BROKER_ACTOR, ...aboutClosure(closure) };
        const auditEventId = await this.audit.record(tx, 'closure.overdue', event);
        await this.closures.update(tx, closure.id, { status, auditEventId });
      }
      await this.mail.tell(
        tx,
        late.map(({ id }) => id),
        'overdue',
      );
      return late.length;
    });
  }
}
