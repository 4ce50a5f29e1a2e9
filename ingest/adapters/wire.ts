// Reads the protobuf wire format field by field, without a copy and within bounds (protobuf.dev, "Encoding").
import type { RejectReason } from '../../model/observation.ts';

const wireTypes = { varint: 0, fixed64: 1, delimited: 2, fixed32: 5 };
/** Ids, names and dates: the same few thousand come again and again, and making them anew is what costs most. */
const shortText = 24;
const rememberedTexts = new Array<string>(4096).fill('');

function shortTextOf(bytes: Buffer, start: number, end: number): string {
  let hash = 0;
  for (let at = start; at < end; at++) hash = (Math.imul(hash, 31) + bytes[at]!) | 0;
  const slot = (hash ^ (hash >>> 12)) & (rememberedTexts.length - 1);
  const remembered = rememberedTexts[slot]!;
  if (isTextOf(remembered, bytes, start, end)) return remembered;
  return (rememberedTexts[slot] = bytes.toString('utf8', start, end));
}

/** Of ASCII alone: other text has other lengths, or other codes than bytes. */
function isTextOf(text: string, bytes: Buffer, start: number, end: number): boolean {
  if (text.length !== end - start) return false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code !== bytes[start + at] || code >= 0x80) return false;
  }
  return true;
}

function bigVarint(bytes: Buffer, start: number, end: number): bigint {
  let value = 0n;
  for (let at = end - 1; at >= start; at--) value = (value << 7n) | BigInt(bytes[at]! & 0x7f);
  return BigInt.asUintN(64, value);
}

/** Bytes that are no protobuf, or end too early; caught by whoever reads a message. */
export class WireFault extends Error {
  readonly reason: Extract<RejectReason, 'not-protobuf' | 'truncated'>;

  constructor(reason: WireFault['reason'], message: string) {
    super(message);
    this.reason = reason;
  }
}

/**
 * Stands on one field after another: `while (wire.next()) switch (wire.field) …`. Each field is read or skipped once.
 * @throws WireFault from every reading of what is no such field.
 */
export class Wire {
  field = 0;
  position: number;
  readonly #bytes: Buffer;
  #end: number;
  #type = 0;

  constructor(bytes: Buffer, start = 0, end = bytes.length) {
    this.#bytes = bytes;
    this.position = start;
    this.#end = end;
  }

  /** Goes to the next field; false at the end of the message. */
  next(): boolean {
    if (this.position >= this.#end) return false;
    const tag = this.#varint();
    this.field = Math.floor(tag / 8);
    this.#type = tag % 8;
    if (this.field === 0 || this.field >= 2 ** 29) {
      throw new WireFault('not-protobuf', `no field has the number ${this.field} (byte ${this.position})`);
    }
    return true;
  }

  /** Into a field that is a message; what it returns leads out again. */
  enter(): number {
    const outer = this.#end;
    this.#end = this.#delimitedEnd();
    return outer;
  }

  leave(outer: number): void {
    this.position = this.#end;
    this.#end = outer;
  }

  /** Where a field that is a message ends; it is stepped over, `position` before it is where it starts. */
  stepOver(): { start: number; end: number } {
    const end = this.#delimitedEnd();
    const start = this.position;
    this.position = end;
    return { start, end };
  }

  /** Unsigned, exact up to 2^53. */
  uint(): number {
    this.#expect(wireTypes.varint);
    return this.#varint();
  }

  /** uint64, exact: a bigint only where a number would not be. */
  uint64(): number | bigint {
    this.#expect(wireTypes.varint);
    const start = this.position;
    const value = this.#varint();
    return value <= Number.MAX_SAFE_INTEGER ? value : bigVarint(this.#bytes, start, this.position);
  }

  bool(): boolean {
    return this.uint() !== 0;
  }

  /** int32 and enums: negative ones come as ten bytes. */
  int32(): number {
    this.#expect(wireTypes.varint);
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.#byte(shift);
      if (shift < 32) value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value | 0;
    }
  }

  float(): number {
    this.#expect(wireTypes.fixed32);
    this.#room(4);
    const value = this.#bytes.readFloatLE(this.position);
    this.position += 4;
    return value;
  }

  double(): number {
    this.#expect(wireTypes.fixed64);
    this.#room(8);
    const value = this.#bytes.readDoubleLE(this.position);
    this.position += 8;
    return value;
  }

  /** UTF-8; bytes that are none become U+FFFD. */
  text(): string {
    const end = this.#delimitedEnd();
    const start = this.position;
    this.position = end;
    return end - start > shortText
      ? this.#bytes.toString('utf8', start, end)
      : shortTextOf(this.#bytes, start, end);
  }

  skip(): void {
    switch (this.#type) {
      case wireTypes.varint:
        this.#varint();
        return;
      case wireTypes.fixed64:
        this.#room(8);
        this.position += 8;
        return;
      case wireTypes.delimited:
        this.position = this.#delimitedEnd();
        return;
      case wireTypes.fixed32:
        this.#room(4);
        this.position += 4;
        return;
      default:
        throw new WireFault('not-protobuf', `wire type ${this.#type} is not known (byte ${this.position})`);
    }
  }

  #delimitedEnd(): number {
    this.#expect(wireTypes.delimited);
    const length = this.#varint();
    this.#room(length);
    return this.position + length;
  }

  #varint(): number {
    let value = 0;
    let factor = 1;
    for (let shift = 0; ; shift += 7) {
      const byte = this.#byte(shift);
      if (byte < 0x80) return value + byte * factor;
      value += (byte & 0x7f) * factor;
      factor *= 128;
    }
  }

  #byte(shift: number): number {
    if (shift > 63) {
      throw new WireFault('not-protobuf', `a number of more than ten bytes (byte ${this.position})`);
    }
    if (this.position >= this.#end) this.#room(1);
    return this.#bytes[this.position++]!;
  }

  #room(length: number): void {
    const over = this.position + length - this.#end;
    if (over <= 0) return;
    if (this.#end === this.#bytes.length) {
      throw new WireFault('truncated', `${over} bytes are missing at the end`);
    }
    throw new WireFault(
      'not-protobuf',
      `a field runs ${over} bytes beyond its message (byte ${this.position})`,
    );
  }

  #expect(type: number): void {
    if (this.#type === type) return;
    throw new WireFault(
      'not-protobuf',
      `field ${this.field} has wire type ${this.#type}; expected ${type} (byte ${this.position})`,
    );
  }
}
