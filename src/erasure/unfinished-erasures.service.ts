import { Inject, Injectable } from '@nestjs/common';
import { PayloadEraser } from '../audit/eraser/payload-eraser.js';
import { Clock } from '../kernel/clock.js';
import { Database } from '../platform/database/database.js';
import { SubjectKeys } from '../platform/secrets/subject-keys.js';
import { ErasuresRepository, type ErasureRow } from './erasures.repository.js';

const AT_ONCE = 20;
/** Longer than any process remembers a key, and than any request of the person's that was under way. */
const SETTLES_MS = 120_000;

/**
 * Finishes erasures, in the worker: the key and the rows of the person go at once, and again until nobody can have written
 * one more. Each step can be repeated, so a worker that dies leaves the rest to the next.
 */
@Injectable()
export class UnfinishedErasures {
  constructor(
    private readonly database: Database,
    private readonly erasures: ErasuresRepository,
    private readonly eraser: PayloadEraser,
    private readonly subjectKeys: SubjectKeys,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** @returns how many it looked at. */
  async sweep(signal: AbortSignal = new AbortController().signal): Promise<number> {
    const unfinished = await this.erasures.listUnfinished(this.database.manager, AT_ONCE);
    for (const erasure of unfinished) {
      if (signal.aborted) {
        break;
      }
      await this.finish(erasure, signal);
    }
    return unfinished.length;
  }

  // A hold that came in between keeps the rows, and with them the key: neither is any good alone.
  private async finish(erasure: ErasureRow, signal: AbortSignal): Promise<void> {
    const { personId, at } = erasure;
    const { manager } = this.database;
    if (await this.erasures.isHeld(manager, personId)) {
      return;
    }
    await this.subjectKeys.destroy(personId);
    const isDone = await this.eraser.eraseSubject(personId, signal);
    const now = this.clock.now();
    if (isDone && now.getTime() >= at.getTime() + SETTLES_MS) {
      await this.erasures.finish(manager, erasure, now);
    }
  }
}
