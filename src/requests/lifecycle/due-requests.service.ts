import { Inject, Injectable, Logger } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import { Clock } from '../../kernel/clock.js';
import { londonDay } from '../../kernel/london-day.js';
import { Database } from '../../platform/database/database.js';
import { tryLock } from '../../platform/database/locks.js';
import { aboutRequest, AccessRequestGate } from '../access-request-gate.js';
import { moveAccessRequest } from '../access-request.rules.js';
import { AccessRequestsRepository } from '../access-requests.repository.js';
import { DueRequestsRepository, type DueAt, type DueRequest } from './due-requests.repository.js';

const AT_ONCE = 100;
const IDLE_DAYS = 60;
const DAY_MS = 86_400_000;
const FROM = { lapse: 'returned', close: 'approved' } as const;
const EVENTS = { lapse: 'request.lapsed', close: 'request.closed' } as const;

/**
 * Writes that a returned request was left alone for 60 days, and that what an approved one rests on has ended. The issue
 * compares the dates itself, so a late sweep opens nothing (R3.25).
 */
@Injectable()
export class DueRequests {
  private readonly log = new Logger(DueRequests.name);

  // eslint-disable-next-line max-params -- what is due, how it moves, and the clock
  constructor(
    private readonly database: Database,
    private readonly due: DueRequestsRepository,
    private readonly gate: AccessRequestGate,
    private readonly requests: AccessRequestsRepository,
    private readonly audit: AuditService,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** One transaction per request; one that fails is logged and stops no other. @returns how many moved. */
  async sweep(signal?: AbortSignal): Promise<number> {
    const now = this.clock.now();
    const at = {
      today: londonDay(now),
      idleSince: new Date(now.getTime() - IDLE_DAYS * DAY_MS),
    };
    let moved = 0;
    for (const request of await this.due.find(this.database.manager, at, AT_ONCE)) {
      if (signal?.aborted !== true && (await this.tryMove(request, at))) {
        moved += 1;
      }
    }
    return moved;
  }

  private async tryMove(request: DueRequest, at: DueAt): Promise<boolean> {
    try {
      return await this.move(request, at);
    } catch (error) {
      const { id } = request;
      this.log.error({ msg: 'A due move failed', code: 'request_move_failed', id, err: error });
      return false;
    }
  }

  // Requests change under their project's advisory lock, so that is what is skipped when somebody else holds it.
  private async move({ id, projectId }: DueRequest, at: DueAt): Promise<boolean> {
    return this.database.transaction(async (tx) => {
      const isMine = await tryLock(tx, { kind: 'project', id: projectId });
      const due = isMine ? await this.due.findOne(tx, at, id) : undefined;
      if (!due) {
        return false;
      }
      const status = moveAccessRequest(FROM[due.move], due.move, 'broker');
      const auditEventId = await this.audit.record(tx, EVENTS[due.move], {
        ...aboutRequest(null, await this.gate.factsOf(tx, id)),
        reasonCodes: [due.reason],
      });
      await this.requests.update(tx, id, { status, auditEventId });
      return true;
    });
  }
}
