import { Logger } from '@nestjs/common';

/** What a worker does again and again: never twice at once in one process, and never in the middle of a shutdown. */
export class RepeatedJob {
  private readonly log = new Logger(RepeatedJob.name);
  private readonly stopping = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;

  /**
   * @param code names the job in the log when a run fails; the next run comes all the same.
   * @param work stops early, between two of its steps, once the signal is aborted.
   */
  constructor(
    private readonly code: string,
    private readonly everyMs: number,
    private readonly work: (signal: AbortSignal) => Promise<unknown>,
  ) {}

  start(): void {
    this.timer = setInterval(() => {
      this.running ??= this.run().finally(() => (this.running = undefined));
    }, this.everyMs);
  }

  /** Asks a running one to stop and waits for it, so that the database closes after it. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    this.stopping.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    try {
      await this.work(this.stopping.signal);
    } catch (error) {
      this.log.error({ msg: 'A repeated job failed', code: this.code, err: error });
    }
  }
}
