import { createHash } from 'node:crypto';

/** Numbers that are the same on every machine and in every run, for one name. Not for secrets. */
export class Generator {
  private a: number;
  private b: number;
  private c: number;
  private counter = 1;

  constructor(name: string) {
    const seed = createHash('sha256').update(`concordat/sandbox/1/${name}`).digest();
    this.a = seed.readInt32LE(0);
    this.b = seed.readInt32LE(4);
    this.c = seed.readInt32LE(8);
  }

  /** A number from 0 up to, not with, 1: sfc32, which passes PractRand and needs 32-bit integers only. */
  next(): number {
    const t = (((this.a + this.b) | 0) + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (this.c << 21) | (this.c >>> 11);
    this.c = (this.c + t) | 0;
    return (t >>> 0) / 4_294_967_296;
  }

  /** A whole number from `least` to `most`, both included. */
  whole(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  between(least: number, most: number): number {
    return least + this.next() * (most - least);
  }

  /** One of the values, as often as its weight says. */
  pick(values: Weighted): string {
    let at = this.next() * values.total;
    for (const [value, weight] of values.entries) {
      at -= weight;
      if (at < 0) {
        return value;
      }
    }
    return values.entries[0]?.[0] ?? '';
  }
}

export interface Weighted {
  readonly entries: readonly (readonly [string, number])[];
  readonly total: number;
}

/** Values by how often they come; weights are in any unit. */
export function weighted(weights: Readonly<Record<string, number>>): Weighted {
  const entries = Object.entries(weights);
  return { entries, total: entries.reduce((sum, [, weight]) => sum + weight, 0) };
}
