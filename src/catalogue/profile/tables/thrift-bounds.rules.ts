const STOP = 0;
const BOOLEANS = [1, 2];
const BYTE = 3;
const INTEGERS = [4, 5, 6];
const DOUBLE = 7;
const BINARY = 8;
const LIST = 9;
const STRUCT = 12;
/** Parquet's own descriptions nest seven deep. */
const MAX_DEPTH = 16;
/** Of 64 bits, seven in each. */
const MAX_VARINT_BYTES = 10;

/**
 * Walks a structure of Thrift's compact protocol and keeps nothing, so that a reader who makes room for what the bytes claim
 * to hold finds it all there: no list longer than its bytes, no number without end, no nesting without bound.
 * @throws RangeError where the bytes do not hold what they claim.
 * @see https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
 */
export function checkThriftBounds(bytes: Uint8Array): void {
  new Walk(bytes).struct(0);
}

class Walk {
  private at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  struct(depth: number): void {
    if (depth > MAX_DEPTH) {
      throw new RangeError('nested too deep');
    }
    for (;;) {
      const field = this.byte();
      if ((field & 0x0f) === STOP) {
        return;
      }
      if (field >> 4 === 0) {
        this.varint();
      }
      this.value(field & 0x0f, depth);
    }
  }

  private value(type: number, depth: number): void {
    if (BOOLEANS.includes(type)) {
      return;
    }
    if (type === BYTE) {
      this.skip(1);
    } else if (INTEGERS.includes(type)) {
      this.varint();
    } else if (type === DOUBLE) {
      this.skip(8);
    } else if (type === BINARY) {
      this.skip(this.varint());
    } else if (type === LIST) {
      this.list(depth + 1);
    } else if (type === STRUCT) {
      this.struct(depth + 1);
    } else {
      throw new RangeError('of a type that Parquet has not');
    }
  }

  private list(depth: number): void {
    if (depth > MAX_DEPTH) {
      throw new RangeError('nested too deep');
    }
    const head = this.byte();
    const type = head & 0x0f;
    const size = head >> 4 === 15 ? this.varint() : head >> 4;
    for (let item = 0; item < size; item += 1) {
      this.value(BOOLEANS.includes(type) ? BYTE : type, depth);
    }
  }

  private byte(): number {
    const byte = this.bytes[this.at];
    if (byte === undefined) {
      throw new RangeError('cut short');
    }
    this.at += 1;
    return byte;
  }

  private skip(length: number): void {
    if (length > this.bytes.length - this.at) {
      throw new RangeError('cut short');
    }
    this.at += length;
  }

  private varint(): number {
    let result = 0;
    for (let read = 0; read < MAX_VARINT_BYTES; read += 1) {
      const byte = this.byte();
      result += (byte & 0x7f) * 2 ** (7 * read);
      if (byte < 0x80) {
        return result;
      }
    }
    throw new RangeError('a number without end');
  }
}
