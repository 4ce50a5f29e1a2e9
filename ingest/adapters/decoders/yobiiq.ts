// Yobiiq EM4301 energy meters: a byte of channel, one of type, then the value, big endian, on ports 1 to 10.
import type { Decoded, Decoder } from './decoder.ts';
import { i32be, one, skip, u32be, viewOf, type Field } from './fields.ts';

/** By type: the channel only counts the fields. */
const types = new Map<number, Field>([
  [0x00, skip(4)],
  [0x01, skip(4)],
  [0x03, skip(4)],
  [0x04, one(4, 'energy', u32be(), 'Wh')],
  [0x05, one(4, 'energyImportT2', u32be(), 'Wh')],
  [0x06, one(4, 'energyExportT1', u32be(), 'Wh')],
  [0x07, one(4, 'energyExportT2', u32be(), 'Wh')],
  ...[0x08, 0x09, 0x0a, 0x0b].map((type): [number, Field] => [type, skip(4)]),
  [0x0c, one(4, 'voltage_1', i32be(10), 'V')],
  [0x0d, one(4, 'voltage_2', i32be(10), 'V')],
  [0x0e, one(4, 'voltage_3', i32be(10), 'V')],
  [0x0f, one(4, 'current', i32be(), 'mA')],
  [0x10, one(4, 'currentL1', i32be(), 'mA')],
  [0x11, one(4, 'currentL2', i32be(), 'mA')],
  [0x12, one(4, 'currentL3', i32be(), 'mA')],
  [0x13, one(4, 'power', i32be(), 'W')],
  [0x14, one(4, 'powerL1', i32be(), 'W')],
  [0x15, one(4, 'powerL2', i32be(), 'W')],
  [0x16, one(4, 'powerL3', i32be(), 'W')],
  ...[0x17, 0x18, 0x19, 0x1a, 0x1b, 0x1c].map((type): [number, Field] => [type, skip(4)]),
  ...[0x1d, 0x1e, 0x1f].map((type): [number, Field] => [type, skip(1)]),
  ...[0x20, 0x21, 0x22].map((type): [number, Field] => [type, skip(2)]),
  [0x23, one(2, 'frequency', (view, at) => view.getInt16(at) / 100, 'Hz')],
  // Published without a scale, and in kW where it is evidently watts: what 0x13 says is used.
  ...[0x24, 0x25, 0x26, 0x27, 0x28, 0x29, 0x2a, 0x2b].map((type): [number, Field] => [type, skip(4)]),
  ...[0xf0, 0xf1, 0xf2].map((type): [number, Field] => [type, skip(2)]),
]);

/** Channel and type of the meter bus's error code, whose type means something else on other channels. */
const busError = { channel: 0x0b, type: 0x0a };

function decode(bytes: Uint8Array): Decoded | undefined {
  const view = viewOf(bytes);
  const decoded: Decoded = { measured: [] };
  let at = 0;
  while (at + 2 <= bytes.length) {
    const type = view.getUint8(at + 1);
    const error = view.getUint8(at) === busError.channel && type === busError.type;
    const field = error ? skip(1) : types.get(type);
    at += 2;
    if (field === undefined || at + field.bytes > bytes.length) return undefined;
    field.keep?.(view, at, decoded);
    at += field.bytes;
  }
  return at === bytes.length && at > 0 ? decoded : undefined;
}

export const yobiiqEm4301: Decoder = {
  id: 'yobiiq-em4301',
  matches: ({ brand, model }) => brand === 'yobiiq' || /em4301/.test(model ?? ''),
  decode,
};
