const WIDTH = 30;
const EVERY_MS = 200;

/** Where a bar can be drawn. */
export type Terminal = Pick<NodeJS.WriteStream, 'write'> & { readonly isTTY?: boolean };

/** How far a long run is: a bar where somebody looks, nothing where a script does. */
export class Progress {
  private done = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly total: number,
    private readonly unit: string,
    private readonly terminal: Terminal,
  ) {}

  start(): void {
    if (this.terminal.isTTY === true) {
      this.timer = setInterval(() => {
        this.draw();
      }, EVERY_MS);
      this.timer.unref();
    }
  }

  add(count: number): void {
    this.done += count;
  }

  /** Takes the bar away: what follows is the answer. */
  stop(): void {
    clearInterval(this.timer);
    if (this.timer) {
      this.terminal.write('\r\u001b[K');
    }
  }

  private draw(): void {
    const share = this.total === 0 ? 1 : Math.min(1, this.done / this.total);
    const filled = Math.floor(share * WIDTH);
    const bar = `${'#'.repeat(filled)}${'.'.repeat(WIDTH - filled)}`;
    const counts = `${String(this.done)} of ${String(this.total)} ${this.unit}`;
    this.terminal.write(`\r[${bar}] ${counts}`);
  }
}
