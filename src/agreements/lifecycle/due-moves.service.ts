import { Inject, Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../kernel/clock.js';
import { Database } from '../../platform/database/database.js';
import { tryLock } from '../../platform/database/locks.js';
import { AgreementsRepository } from '../agreements.repository.js';
import { NoticeEffects } from '../notices/notice-effects.service.js';
import { hasRun, noticeOf } from '../notices/notice.rules.js';
import { NoticesRepository, type DueNotice } from '../notices/notices.repository.js';
import { VersionsRepository, type VersionKey } from '../versions/versions.repository.js';
import { Activation } from './activation.js';
import { isOver } from './as-of.rules.js';
import { Stopping } from './stopping.service.js';

const AT_ONCE = 100;

/**
 * Moves that a date makes due. Every gate compares dates itself, so a late sweep opens nothing: it writes what has come to
 * pass and its events (R3.25).
 */
@Injectable()
export class DueMoves {
  private readonly log = new Logger(DueMoves.name);

  // eslint-disable-next-line max-params -- what is due, the two moves, and the clock
  constructor(
    private readonly database: Database,
    private readonly repository: AgreementsRepository,
    private readonly versions: VersionsRepository,
    private readonly activation: Activation,
    private readonly stopping: Stopping,
    private readonly notices: NoticesRepository,
    private readonly effects: NoticeEffects,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** One transaction per version or party; one that fails is logged and stops no other. @returns how many moved. */
  async sweep(): Promise<number> {
    const now = this.clock.now();
    const { manager } = this.database;
    // R3.23: a version that starts when the one before it ends takes its place before that expires.
    const due = [
      ...(await this.versions.dueActivations(manager, now, AT_ONCE)),
      ...(await this.versions.dueExpiries(manager, now, AT_ONCE)),
    ];
    let moved = 0;
    for (const key of due) {
      moved += (await this.attempt(key, () => this.move(key, now))) ? 1 : 0;
    }
    for (const party of await this.notices.dueParties(manager, now, AT_ONCE)) {
      moved += (await this.attempt(party, () => this.leave(party, now))) ? 1 : 0;
    }
    return moved;
  }

  private async attempt(key: object, move: () => Promise<boolean>): Promise<boolean> {
    try {
      return await move();
    } catch (error) {
      this.log.error({
        msg: 'A due move failed',
        code: 'agreement_move_failed',
        ...key,
        err: error,
      });
      return false;
    }
  }

  // Agreements change under their advisory lock, so that is what is skipped when another worker or a person holds it.
  private async move({ id, version }: VersionKey, now: Date): Promise<boolean> {
    return this.database.transaction(async (tx) => {
      if (!(await tryLock(tx, { kind: 'agreement', id }))) {
        return false;
      }
      const agreement = await this.repository.find(tx, id, version);
      if (agreement && (await this.activation.activateIfDue(tx, agreement, now))) {
        return true;
      }
      if (!agreement || !isOver(agreement, now)) {
        return false;
      }
      const notice = noticeOf(agreement, null);
      await (notice && hasRun(notice, now)
        ? this.effects.carryOut(tx, agreement, notice)
        : this.stopping.expire(tx, agreement));
      return true;
    });
  }

  private async leave({ agreementId: id, partyId }: DueNotice, now: Date): Promise<boolean> {
    return this.database.transaction(async (tx) => {
      if (!(await tryLock(tx, { kind: 'agreement', id }))) {
        return false;
      }
      const agreement = await this.repository.find(tx, id);
      const notice = agreement && noticeOf(agreement, partyId);
      if (!agreement || !notice || !hasRun(notice, now)) {
        return false;
      }
      await this.effects.carryOut(tx, agreement, notice);
      return true;
    });
  }
}
