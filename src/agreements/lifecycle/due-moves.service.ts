import { Inject, Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../kernel/clock.js';
import { Database } from '../../platform/database/database.js';
import { tryLock } from '../../platform/database/locks.js';
import { AgreementsRepository } from '../agreements.repository.js';
import { VersionsRepository, type VersionKey } from '../versions/versions.repository.js';
import { Activation } from './activation.js';
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
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** One transaction per version; one that fails is logged and stops no other. @returns how many moved. */
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
      moved += (await this.tryMove(key, now)) ? 1 : 0;
    }
    return moved;
  }

  private async tryMove(key: VersionKey, now: Date): Promise<boolean> {
    try {
      return await this.move(key, now);
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
      if (agreement && this.stopping.isOver(agreement, now)) {
        await this.stopping.expire(tx, agreement);
        return true;
      }
      return false;
    });
  }
}
