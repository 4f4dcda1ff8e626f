const WIDTH = 30;
const EVERY_MS = 100;
const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** How far a download is: a bar where somebody looks, nothing where a script does. */
export class Progress {
  private done = 0;
  private objects = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly total: { readonly bytes: number; readonly objects: number },
    private readonly out: Pick<NodeJS.WriteStream, 'isTTY' | 'write'> = process.stderr,
  ) {}

  start(): void {
    if (this.out.isTTY) {
      this.timer = setInterval(() => {
        this.draw();
      }, EVERY_MS);
    }
  }

  add(bytes: number): void {
    this.done += bytes;
  }

  finishObject(): void {
    this.objects += 1;
  }

  stop(): void {
    if (this.timer) {
      clearInterval(this.timer);
      this.draw();
      this.out.write('\n');
    }
  }

  private draw(): void {
    const { bytes, objects } = this.total;
    const share = bytes === 0 ? 1 : Math.min(1, Math.max(0, this.done / bytes));
    const filled = Math.round(share * WIDTH);
    const bar = `${'#'.repeat(filled)}${'.'.repeat(WIDTH - filled)}`;
    const counts = `${String(this.objects)}/${String(objects)} objects`;
    this.out.write(`\r[${bar}] ${inUnits(this.done)} of ${inUnits(bytes)}, ${counts} `);
  }
}

function inUnits(bytes: number): string {
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  const value = bytes / 1024 ** power;
  return `${power === 0 ? String(value) : value.toFixed(1)} ${UNITS[power] ?? ''}`;
}
