import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { DueMoves } from './lifecycle/due-moves.service.js';
import { OverdueReviews } from './review-dates/overdue-reviews.service.js';
import { VocabularyReviews } from './vocabulary-reviews/vocabulary-reviews.service.js';

const EVERY_MS = 5_000;

/** Sweeps due moves every 5 s (R3.25), never two sweeps at once in one process. */
@Injectable()
export class AgreementsJobs implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log = new Logger(AgreementsJobs.name);
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;

  constructor(
    private readonly dueMoves: DueMoves,
    private readonly overdueReviews: OverdueReviews,
    private readonly vocabularyReviews: VocabularyReviews,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.running ??= this.sweep().finally(() => (this.running = undefined));
    }, EVERY_MS);
  }

  /** Lets a running sweep finish before the database closes. */
  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }

  private async sweep(): Promise<void> {
    try {
      await this.dueMoves.sweep();
      await this.overdueReviews.sweep();
      await this.vocabularyReviews.sweepDaily();
    } catch (error) {
      this.log.error({ msg: 'The sweep failed', code: 'agreement_sweep_failed', err: error });
    }
  }
}
