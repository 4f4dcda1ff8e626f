import { setTimeout as pause } from 'node:timers/promises';

const EVERY_MS = 100;

/** A checkpoint as somebody outside saw it. */
export interface Seen {
  readonly size: number;
  /** Base64. */
  readonly root: string;
}

/** Somebody outside who reads the checkpoint again and again, and forgets none. */
export class Watcher {
  readonly seen: Seen[] = [];
  private isStopping = false;
  private running: Promise<void> | undefined;

  constructor(private readonly logUrl: string) {}

  start(): void {
    this.running = this.watch();
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    await this.running;
  }

  async look(): Promise<Seen> {
    const response = await fetch(`${this.logUrl}/checkpoint`, {
      signal: AbortSignal.timeout(2_000),
    });
    const [, size = '', root = ''] = (await response.text()).split('\n');
    return { size: Number(size), root };
  }

  private async watch(): Promise<void> {
    while (!this.isStopping) {
      const seen = response(await this.look().catch(() => undefined));
      if (seen && seen.root !== this.seen.at(-1)?.root) {
        this.seen.push(seen);
      }
      await pause(EVERY_MS);
    }
  }
}

function response(seen: Seen | undefined): Seen | undefined {
  return seen && Number.isInteger(seen.size) && seen.root !== '' ? seen : undefined;
}
