// The readings among a Sparkplug message's values; what a name means is found out once, for births name it again and again.
import type { MetricId } from '../../model/metrics.ts';
import type { Rejected, SensorObservation } from '../../model/observation.ts';
import { toRegistryUnit } from '../../model/units.ts';
import type { AdapterContext } from './adapter.ts';
import type { Measured } from './decoders/decoder.ts';
import { deviceNames } from './device-names.ts';
import { isPlace, knownAs, mapped, placeAmong, toReadings } from './measurements.ts';

type Readings = SensorObservation['readings'];

/** What a name says by itself. */
interface Word {
  /** Commands and the node's description of itself. */
  isHousekeeping: boolean;
  isOfPlace: boolean;
  metric: MetricId | undefined;
  byMapping: boolean;
  /** The mapping's, which goes before the message's. */
  mappedUnit: string | undefined;
  usualUnit: string | undefined;
}

export interface Named extends Measured {
  word: Word;
}

export interface Read {
  readings: Readings;
  rejects: readonly Rejected[];
  lat?: number | undefined;
  lon?: number | undefined;
}

const housekeeping = /^(bdSeq$|(Node|Device) (Control|Info)\/)/;
const maxWords = 10_000;
const noRejects: readonly Rejected[] = [];

/** The names of one feed, by its mapping. */
export class Words {
  readonly #context: AdapterContext;
  readonly #words = new Map<string, Word>();

  constructor(context: AdapterContext) {
    this.#context = context;
  }

  of(name: string): Word {
    let word = this.#words.get(name);
    if (word === undefined) {
      if (this.#words.size >= maxWords) this.#words.clear();
      this.#words.set(name, (word = this.#find(name)));
    }
    return word;
  }

  #find(name: string): Word {
    const wish = mapped(name, this.#context);
    const meaning = wish === undefined ? knownAs(name, deviceNames) : (wish ?? undefined);
    return {
      isHousekeeping: housekeeping.test(name),
      isOfPlace: Object.keys(placeAmong([{ name, value: 0 }])).length > 0,
      metric: meaning?.metric,
      byMapping: wish !== undefined,
      mappedUnit: wish?.unit,
      usualUnit: meaning?.unit ?? deviceNames.get(name.toLowerCase())?.unit,
    };
  }

  /** As `toReadings` reads them, with the place among them; that one is asked where there is something to find fault with. */
  read(measured: readonly Named[]): Read {
    const readings = plainReadings(measured);
    if (readings === undefined) {
      const read: Read = toReadings(measured, deviceNames, this.#context, 'metrics');
      return placed(read, measured);
    }
    for (const each of measured) {
      this.#context.seen(each.name, unitOf(each), each.value, each.word.metric);
    }
    return placed({ readings, rejects: noRejects }, measured);
  }
}

const unitOf = ({ unit, word }: Named): string | undefined =>
  (word.mappedUnit ?? unit ?? word.usualUnit)?.trim() || undefined;

/** Undefined where a value or a unit is faulty, none is known, or the mapping has to choose among several. */
function plainReadings(measured: readonly Named[]): Readings | undefined {
  const readings: Readings = [];
  for (const each of measured) {
    const { value, word } = each;
    const { metric, byMapping } = word;
    if (!Number.isFinite(value)) return undefined;
    if (metric === undefined) continue;
    const unit = unitOf(each);
    const converted = unit === undefined ? value : toRegistryUnit(metric, value, unit);
    if (converted === undefined) return undefined;
    if (!holds(readings, metric)) readings.push([metric, converted]);
    else if (byMapping) return undefined;
  }
  return readings.length === 0 ? undefined : readings;
}

function holds(readings: Readings, metric: MetricId): boolean {
  for (const reading of readings) if (reading[0] === metric) return true;
  return false;
}

function placed(read: Read, measured: readonly Named[]): Read {
  if (!measured.some(({ word }) => word.isOfPlace)) return read;
  const { lat, lon } = placeAmong(measured);
  return isPlace(lat, lon) ? { ...read, lat, lon } : read;
}
