import type { Leaf } from '../formats/leaf.js';
import type { Facts } from '../report.js';
import { instant } from '../formats/instant.js';

const MAX_TYPES = 1_000;
const OTHERS = 'others';

/** What the leaves of a log say, counted. */
export class Summary {
  private readonly counts = new Map<string, number>();
  private from = Infinity;
  private to = -Infinity;

  add({ type, seconds }: Leaf): void {
    // A log of as many types as entries would fill the memory.
    const known = this.counts.size < MAX_TYPES || this.counts.has(type) ? type : OTHERS;
    this.counts.set(known, (this.counts.get(known) ?? 0) + 1);
    this.from = Math.min(this.from, seconds);
    this.to = Math.max(this.to, seconds);
  }

  facts(): Facts {
    if (this.counts.size === 0) {
      return { events: {} };
    }
    const sorted = [...this.counts].sort(([a], [b]) => (a < b ? -1 : 1));
    return {
      from: instant(this.from),
      to: instant(this.to),
      events: Object.fromEntries(sorted),
    };
  }
}
