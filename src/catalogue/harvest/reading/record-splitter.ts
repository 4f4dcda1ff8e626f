import { SourceFault } from './source-fault.js';

const [QUOTE, BACKSLASH, COMMA, OPEN_LIST, CLOSE_LIST, OPEN, CLOSE, LESS] = [
  ...[0x22, 0x5c, 0x2c, 0x5b, 0x5d, 0x7b, 0x7d, 0x3c],
] as const;
const SPACE = new Set([0x20, 0x09, 0x0a, 0x0d]);
const BYTE_ORDER_MARK = new Set([0xef, 0xbb, 0xbf]);
const MAX_NAME = 64;

/**
 * Cuts a JSON document into the elements of one of its lists, as its bytes come: of a catalogue of any size no more than one
 * record is in memory. The list is the document, or a member of the document by name.
 */
export class RecordSplitter {
  private depth = 0;
  private isInText = false;
  private isEscaped = false;
  private name: number[] = [];
  /** How deep the elements of the list lie; 0 outside it. */
  private listDepth = 0;
  private isFound = false;
  private readonly parts: Buffer[] = [];
  private size = 0;
  private isInElement = false;

  constructor(
    private readonly list: string,
    private readonly maxBytes: number,
  ) {}

  /** @returns the texts of the elements that end in this chunk. @throws SourceFault */
  push(chunk: Buffer): string[] {
    const elements: string[] = [];
    let start = 0;
    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk[at] ?? 0;
      if (this.isInText) {
        this.readText(byte);
      } else if (this.endsElement(byte)) {
        if (this.isInElement) {
          elements.push(this.take(chunk.subarray(start, at)));
        }
        this.close(byte);
      } else {
        if (this.beginsElement(byte)) {
          start = at;
          this.isInElement = true;
        }
        this.readStructure(byte);
      }
    }
    if (this.isInElement) {
      this.keep(chunk.subarray(start));
    }
    return elements;
  }

  /** @throws SourceFault unless the document is whole and has the list. */
  end(): void {
    if (this.depth !== 0 || this.isInText) {
      throw new SourceFault('stops in the middle of its answer');
    }
    if (!this.isFound) {
      throw new SourceFault(`has no list "${this.list}"`);
    }
  }

  private readText(byte: number): void {
    if (this.isEscaped) {
      this.isEscaped = false;
    } else if (byte === BACKSLASH) {
      this.isEscaped = true;
    } else if (byte === QUOTE) {
      this.isInText = false;
    } else if (this.depth === 1 && this.name.length < MAX_NAME) {
      this.name.push(byte);
    }
  }

  private beginsElement(byte: number): boolean {
    return (
      this.listDepth > 0 && this.depth === this.listDepth && !this.isInElement && !SPACE.has(byte)
    );
  }

  private endsElement(byte: number): boolean {
    return (
      this.listDepth > 0 && this.depth === this.listDepth && (byte === COMMA || byte === CLOSE_LIST)
    );
  }

  private close(byte: number): void {
    if (byte === CLOSE_LIST) {
      this.depth -= 1;
      this.listDepth = 0;
    }
  }

  private readStructure(byte: number): void {
    if (byte === QUOTE) {
      this.isInText = true;
      this.name = [];
    } else if (byte === OPEN || byte === OPEN_LIST) {
      this.depth += 1;
      if (byte === OPEN_LIST && this.isTheList()) {
        this.isFound = true;
        this.listDepth = this.depth;
      }
    } else if (byte === CLOSE || byte === CLOSE_LIST) {
      this.depth -= 1;
    } else if (this.depth === 0 && !SPACE.has(byte) && !BYTE_ORDER_MARK.has(byte)) {
      throw new SourceFault(
        byte === LESS
          ? 'answers with HTML or XML, and not with JSON'
          : 'answers with what is no JSON',
      );
    }
  }

  private isTheList(): boolean {
    const isMember = this.depth === 2 && Buffer.from(this.name).toString() === this.list;
    return !this.isFound && (this.depth === 1 || isMember);
  }

  private keep(part: Buffer): void {
    this.size += part.length;
    if (this.size > this.maxBytes) {
      throw new SourceFault(`has a record of more than ${String(this.maxBytes / 1_048_576)} MiB`);
    }
    // A copy: what a chunk lies in may be used again.
    this.parts.push(Buffer.from(part));
  }

  private take(part: Buffer): string {
    this.keep(part);
    const text = Buffer.concat(this.parts).toString();
    this.parts.length = 0;
    this.size = 0;
    this.isInElement = false;
    return text;
  }
}
