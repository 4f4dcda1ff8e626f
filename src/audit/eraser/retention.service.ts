import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../kernel/clock.js';
import { PayloadEraser, type RetentionPosition } from './payload-eraser.js';

const BATCHES_AT_ONCE = 20;
const EVERY_MS = 86_400_000;

/** Walks over all old events once a day, a bounded part at a time, and deletes what is past retention (R5.9). */
@Injectable()
export class Retention {
  private position: RetentionPosition | null = null;
  private nextWalkAt = 0;

  constructor(
    private readonly eraser: PayloadEraser,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  async walkOn(signal: AbortSignal = new AbortController().signal): Promise<void> {
    const now = this.clock.now().getTime();
    for (
      let batch = 0;
      batch < BATCHES_AT_ONCE && now >= this.nextWalkAt && !signal.aborted;
      batch++
    ) {
      this.position = await this.eraser.eraseOld(this.position);
      this.nextWalkAt = this.position === null ? now + EVERY_MS : this.nextWalkAt;
    }
  }
}
