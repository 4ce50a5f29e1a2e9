// The Protocol Buffers wire format: each kind of field, at its limits and broken.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Wire, WireFault } from '../../../ingest/adapters/wire.ts';

/** Stands on the first field of these bytes. */
function at(...bytes: number[]): Wire {
  const wire = new Wire(Buffer.from(bytes));
  wire.next();
  return wire;
}

function varint(value: bigint): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return [...bytes, Number(rest)];
}

describe('numbers', () => {
  test.each<[bigint, number | bigint]>([
    [0n, 0],
    [300n, 300],
    [2n ** 53n - 1n, Number.MAX_SAFE_INTEGER],
    [2n ** 53n, 2n ** 53n],
    [2n ** 63n + 1n, 2n ** 63n + 1n],
    [2n ** 64n - 1n, 2n ** 64n - 1n],
  ])('uint64 %s', (value, expected) => expect(at(0x08, ...varint(value)).uint64()).toBe(expected));

  test('every uint64, a bigint only beyond 2^53', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (value) => {
        const read = at(0x08, ...varint(value)).uint64();
        expect(BigInt(read)).toBe(value);
        expect(typeof read).toBe(value < 2n ** 53n ? 'number' : 'bigint');
      }),
    );
  });
  test('every int32', () => {
    fc.assert(
      fc.property(fc.integer(), (value) => {
        expect(at(0x08, ...varint(BigInt.asUintN(64, BigInt(value)))).int32()).toBe(value);
      }),
    );
  });
  test('float and double, least byte first', () => {
    expect(at(0x0d, 0, 0, 0xc0, 0x3f).float()).toBe(1.5);
    expect(at(0x09, 0, 0, 0, 0, 0, 0, 0xf8, 0xbf).double()).toBe(-1.5);
  });
  test('true is any number but 0', () => {
    expect(at(0x08, 0).bool()).toBe(false);
    expect(at(0x08, 2).bool()).toBe(true);
  });
});

describe('faults', () => {
  const faultOf = (read: () => unknown): unknown => {
    try {
      return read();
    } catch (error) {
      return error instanceof WireFault ? error.reason : error;
    }
  };
  test.each<[string, () => unknown, string]>([
    ['a number cut off', () => at(0x08, 0x80).uint64(), 'truncated'],
    ['a number of eleven bytes', () => at(0x08, ...Array<number>(10).fill(0x80), 1).uint64(), 'not-protobuf'],
    ['a double cut off', () => at(0x09, 0, 0, 0, 0, 0, 0, 0).double(), 'truncated'],
    ['a text cut off', () => at(0x0a, 5, 0x61).text(), 'truncated'],
    ['another wire type', () => at(0x08, 1).double(), 'not-protobuf'],
    ['a group', () => at(0x0b).skip(), 'not-protobuf'],
    ['field 0', () => at(0x00), 'not-protobuf'],
  ])('%s', (_name, read, expected) => expect(faultOf(read)).toBe(expected));

  test('a field that runs beyond its message', () => {
    const wire = at(0x0a, 2, 0x12, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    wire.enter();
    wire.next();
    expect(faultOf(() => wire.text())).toBe('not-protobuf');
  });
});
