import { openCheckpoint, type Checkpoint } from '../formats/checkpoint.js';
import { MAX_DISCLOSURE_BYTES, openDisclosure, type Disclosure } from '../formats/disclosure.js';
import { MAX_RECEIPT_BYTES, openReceipt, type Receipt } from '../formats/receipt.js';
import type { VerifierKey } from '../formats/verifier-key.js';
import { failed, within, type Place } from '../refusal.js';
import type { Facts } from '../report.js';
import type { Bag } from './bag.js';
import { matchDisclosure, matchLeaf, readEventLine, type EventLine } from './event-line.js';
import { linesOf } from './lines.js';

const EVENTS = 'data/events.jsonl';
const CHECKPOINT = 'data/checkpoint';
const RECEIPTS = 'data/receipts/';
const DISCLOSURES = 'data/disclosures/';
const MAX_LINE_BYTES = 1_048_576;
const MAX_CHECKPOINT_BYTES = 1_000_000;

/** What a pack holds, and how much of it is proven. */
export interface Counts extends Facts {
  events: number;
  disclosures: number;
  /** Events whose own id was opened, so that no other event of their type and second can be meant. */
  idsProven: number;
  valuesProven: number;
  /** Shown and not opened: the word of who made the pack. */
  valuesUnproven: number;
}

interface Verified {
  readonly head: Checkpoint;
  readonly counts: Readonly<Counts>;
}

/** The events of a pack: each with a receipt in one log, and saying what its disclosure opens. */
export class PackEvents {
  private readonly ids = new Set<string>();
  private readonly indexes = new Set<bigint>();
  private readonly roots = new Map<bigint, Buffer>();
  private origin: string | undefined;
  private readonly counts: Counts = {
    events: 0,
    disclosures: 0,
    idsProven: 0,
    valuesProven: 0,
    valuesUnproven: 0,
  };

  constructor(
    private readonly bag: Bag,
    private readonly keys: readonly VerifierKey[],
  ) {}

  /** @throws Refusal with the file, the line and the field. */
  async verify(onEvent: () => void): Promise<Verified> {
    const bytes = await this.need(CHECKPOINT, MAX_CHECKPOINT_BYTES);
    const head = within(CHECKPOINT, () => openCheckpoint(bytes, this.keys));
    within(CHECKPOINT, () => {
      this.compare(head);
    });
    for await (const line of linesOf(this.bag.stream(EVENTS), MAX_LINE_BYTES)) {
      const place = { object: EVENTS, index: String(this.counts.events) };
      const event = within(place, () => readEventLine(line));
      await this.verifyEvent(event, place);
      this.counts.events += 1;
      onEvent();
    }
    this.checkStrays(RECEIPTS, this.ids.size);
    this.checkStrays(DISCLOSURES, this.counts.disclosures);
    return { head, counts: this.counts };
  }

  private async verifyEvent(event: EventLine, place: Place): Promise<void> {
    if (this.ids.has(event.id)) {
      throw failed('the event is there twice', { ...place, field: 'id' });
    }
    this.ids.add(event.id);
    const path = `${RECEIPTS}${event.id}.tlog-proof`;
    const bytes = await this.need(path, MAX_RECEIPT_BYTES);
    const receipt = within(path, () => this.openReceipt(bytes));
    within(place, () => {
      matchLeaf(event, receipt.leaf);
    });
    const disclosure = await this.disclosureOf(event, receipt);
    const proven = within(place, () => matchDisclosure(event, disclosure));
    this.counts.idsProven += proven.isIdProven ? 1 : 0;
    this.counts.valuesProven += proven.values;
    this.counts.valuesUnproven += proven.unproven;
  }

  private openReceipt(bytes: Buffer): Receipt {
    const receipt = openReceipt(bytes, this.keys);
    this.compare(receipt.checkpoint);
    if (this.indexes.has(receipt.index)) {
      throw failed(`another event of the pack is at index ${String(receipt.index)} already`);
    }
    this.indexes.add(receipt.index);
    return receipt;
  }

  private async disclosureOf(
    { id }: EventLine,
    { leafBytes, leaf }: Receipt,
  ): Promise<Disclosure | undefined> {
    const path = `${DISCLOSURES}${id}.json`;
    const bytes = await this.bag.read(path, MAX_DISCLOSURE_BYTES);
    if (!bytes) {
      return undefined;
    }
    this.counts.disclosures += 1;
    return within(path, () => openDisclosure(bytes, leafBytes, leaf));
  }

  /** Two heads of one size that differ are a log that says one thing to one and another to another. */
  private compare({ origin, size, root }: Checkpoint): void {
    this.origin ??= origin;
    if (origin !== this.origin) {
      throw failed(`the checkpoint is of another log, ${origin}`);
    }
    const known = this.roots.get(size);
    if (known && !known.equals(root)) {
      throw failed(`the log has signed two roots of size ${String(size)}`);
    }
    this.roots.set(size, root);
  }

  private checkStrays(folder: string, count: number): void {
    const files = this.bag.paths.filter((path) => path.startsWith(folder));
    if (files.length !== count) {
      const named = (path: string): boolean => {
        const id = path.slice(folder.length).replace(/\.(tlog-proof|json)$/, '');
        return this.ids.has(id);
      };
      const stray = files.find((path) => !named(path)) ?? folder;
      throw failed('it is of no event of the pack', { object: stray });
    }
  }

  private async need(path: string, maxBytes: number): Promise<Buffer> {
    const bytes = await this.bag.read(path, maxBytes);
    if (!bytes) {
      throw failed('it is not in the pack', { object: path });
    }
    return bytes;
  }
}
