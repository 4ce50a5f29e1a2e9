// Decentlab, protocol version 2: the device's number, flags of the sensors that follow, and their 16-bit words.
import type { Decoded, Decoder, Measured } from './decoder.ts';
import { decentlabDistinct, decentlabModels, type Sensor } from './decentlab-models.ts';
import { viewOf } from './fields.ts';

const version = 2;
const headerBytes = 5;

const isFrame = (bytes: Uint8Array): boolean =>
  bytes[0] === version && bytes.length > headerBytes && (bytes.length - headerBytes) % 2 === 0;

function wordsOf(bytes: Uint8Array): number[] {
  const view = viewOf(bytes);
  const words: number[] = [];
  for (let at = headerBytes; at < bytes.length; at += 2) words.push(view.getUint16(at));
  return words;
}

/** Undefined unless the flagged sensors have exactly the words that are there. */
function read(
  sensors: readonly Sensor[],
  flags: number,
  words: number[],
  model: string,
): Measured[] | undefined {
  const measured: Measured[] = [];
  let at = 0;
  for (const [place, sensor] of sensors.entries()) {
    if ((flags & (1 << place)) === 0) continue;
    measured.push(...sensor.read(words.slice(at, at + sensor.words), model));
    at += sensor.words;
  }
  return at === words.length && flags >> sensors.length === 0 ? measured : undefined;
}

/** What such a device could measure outdoors; a wrong guess of the model falls outside soon. */
const sane: Partial<Record<string, readonly [min: number, max: number]>> = {
  battery_voltage: [1.5, 5],
  air_temperature: [-40, 70],
  air_humidity: [0, 100.5],
  barometric_pressure: [60_000, 110_000],
  co2_concentration: [0, 20_000],
};

const isSane = ({ name, value }: Measured): boolean => {
  const range = sane[name];
  return range === undefined || (value >= range[0] && value <= range[1]);
};

/**
 * The number in the payload is one of the device, not of its model, and most models have one sensor and the battery:
 * without a name their form tells the battery alone, and three models whole.
 */
function decodeUnnamed(flags: number, words: number[]): Measured[] | undefined {
  const candidates: Measured[][] = [];
  for (const name of decentlabDistinct) {
    const measured = read(decentlabModels.get(name)!, flags, words, '');
    if (measured?.every(isSane)) candidates.push(measured);
  }
  if (flags > 3) return candidates.length === 1 ? candidates[0] : undefined;
  const volts = { name: 'battery_voltage', value: (words.at(-1) ?? 0) / 1000, unit: 'V' };
  const hasBattery = (flags & 2) !== 0 && (flags === 3 || words.length === 1);
  return hasBattery && isSane(volts) ? [volts] : undefined;
}

function decode(
  bytes: Uint8Array,
  _fPort: number | undefined,
  { model = '' }: { model?: string },
): Decoded | undefined {
  if (!isFrame(bytes)) return undefined;
  const flags = viewOf(bytes).getUint16(3);
  const words = wordsOf(bytes);
  // The model as the network writes it, `dl-pr26-0-1`, or somewhere in the ids that people gave.
  const named = /\bdl-([a-z0-9.-]+)/.exec(model)?.[1];
  const known = [...decentlabModels.keys()].find((each) => named === each || named?.startsWith(`${each}-`));
  const measured =
    known === undefined
      ? decodeUnnamed(flags, words)
      : read(decentlabModels.get(known)!, flags, words, named ?? '');
  return measured === undefined ? undefined : { measured };
}

export const decentlab: Decoder = {
  id: 'decentlab',
  matches: ({ brand, bytes }) => (brand === undefined || brand === 'decentlab') && isFrame(bytes),
  decode,
};
