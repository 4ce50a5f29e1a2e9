// From the names and units that a source uses to readings in the city's words.
import { isMetricId, type MetricId } from '../../model/metrics.ts';
import { rejected, type Rejected, type SensorObservation } from '../../model/observation.ts';
import { toRegistryUnit } from '../../model/units.ts';
import { isFix, type AdapterContext } from './adapter.ts';
import type { Measured } from './decoders/decoder.ts';

/** What a format's name means; `unit` is the one its values have where they name none. */
export interface Meaning {
  metric: MetricId;
  unit?: string | undefined;
}

/** By the format's own names, in lower case and with `_` for spaces and dashes. */
export type Names = ReadonlyMap<string, Meaning>;

type Readings = SensorObservation['readings'];

/** At most so many names stand in a sentence. */
const namesShown = 8;

/** The meaning of a name that the mapping screen gave it; null where it said to leave it out. */
export function mapped(
  name: string,
  { mapping }: Pick<AdapterContext, 'mapping'>,
): Meaning | null | undefined {
  return mapping.metrics !== undefined && Object.hasOwn(mapping.metrics, name)
    ? mapping.metrics[name]
    : undefined;
}

const spelled = (name: string): string =>
  name
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, '_');

/** Names repeat with every message; a source that makes up new ones for ever costs no more memory than this. */
const maxRemembered = 2_000;
const remembered = new WeakMap<Names, Map<string, Meaning | undefined>>();

/** What a name means without a mapping: `Inputs/Level` is also `Level`, `air.temperature_2` also `temperature`. */
export function knownAs(name: string, names: Names): Meaning | undefined {
  let known = remembered.get(names);
  if (known === undefined) remembered.set(names, (known = new Map()));
  if (known.has(name)) return known.get(name);
  if (known.size >= maxRemembered) known.clear();
  const meaning = meaningOf(name, names);
  known.set(name, meaning);
  return meaning;
}

function meaningOf(name: string, names: Names): Meaning | undefined {
  const last = name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('.')) + 1);
  for (const candidate of [name, last]) {
    const numberless = candidate.replace(/_\d+$/, '');
    // `no_2` is not the second NO.
    for (const bare of numberless.length > 2 ? [candidate, numberless] : [candidate]) {
      const meaning = names.get(spelled(bare));
      if (meaning !== undefined) return meaning;
      if (isMetricId(bare)) return { metric: bare };
    }
  }
  return undefined;
}

/**
 * What was measured, in the registry's metrics and units. A name is looked up in the feed's mapping, then among the
 * format's own `names`, then in the registry; of several for one metric the mapping's stands, else the first. Names
 * that nothing knows are told to `context.seen`, and are a reject (`unknown-metric`) only where nothing else is left:
 * devices send much about themselves. A unit that cannot be converted is an `unknown-unit` at `{at}.{name}`.
 */
export function toReadings(
  measured: readonly Measured[],
  names: Names,
  context: Pick<AdapterContext, 'mapping' | 'seen'>,
  at: string,
): { readings: Readings; rejects: Rejected[] } {
  const chosen = new Map<MetricId, { value: number; byMapping: boolean }>();
  const rejects: Rejected[] = [];
  const unknown: string[] = [];
  let leftOut = 0;
  for (const { name, value, unit } of measured) {
    const wish = mapped(name, context);
    const meaning = wish === undefined ? knownAs(name, names) : (wish ?? undefined);
    if (!Number.isFinite(value)) {
      rejects.push(rejected('not-finite', `${value} is not a number`, `${at}.${name}`));
      continue;
    }
    const usual = names.get(name.toLowerCase())?.unit;
    const sentIn = (wish?.unit ?? unit ?? meaning?.unit ?? usual)?.trim() || undefined;
    context.seen(name, sentIn, value, meaning?.metric);
    if (meaning === undefined) {
      if (wish === null) leftOut++;
      else unknown.push(name);
      continue;
    }
    const converted = sentIn === undefined ? value : toRegistryUnit(meaning.metric, value, sentIn);
    if (converted === undefined) {
      rejects.push(unknownUnit(sentIn ?? '', meaning.metric, `${at}.${name}`));
      continue;
    }
    const held = chosen.get(meaning.metric);
    const byMapping = wish !== undefined;
    if (held === undefined || (byMapping && !held.byMapping)) {
      chosen.set(meaning.metric, { value: converted, byMapping });
    }
  }
  const readings: Readings = [...chosen].map(([metric, { value }]) => [metric, value]);
  if (readings.length === 0 && unknown.length > 0) rejects.push(unknownMetrics(unknown, at));
  if (readings.length === 0 && rejects.length === 0) rejects.push(nothing(leftOut, at));
  return { readings, rejects };
}

const unknownUnit = (unit: string, metric: MetricId, field: string): Rejected =>
  rejected(
    'unknown-unit',
    `${JSON.stringify(unit.slice(0, 40))} is no unit of ${metric} that we know`,
    field,
  );

function unknownMetrics(names: readonly string[], at: string): Rejected {
  const shown = names.slice(0, namesShown).map((name) => JSON.stringify(name.slice(0, 60)));
  const more = names.length > namesShown ? ` and ${names.length - namesShown} more` : '';
  const field = names.length === 1 ? `${at}.${names[0]}` : at;
  return rejected(
    'unknown-metric',
    `nothing in the registry or the mapping is called ${shown.join(', ')}${more}`,
    field,
  );
}

const nothing = (leftOut: number, at: string): Rejected =>
  rejected('no-reading', leftOut > 0 ? 'the mapping leaves all of its values out' : 'it holds no value', at);

/**
 * The rejects of a message whose parts were read one by one: unknown names count only where no part gave a reading, and
 * what is wrong with many parts alike is told once, at the first.
 */
export function rejectsOfParts(rejects: readonly Rejected[], anyReading: boolean): Rejected[] {
  const told = new Map<string, { reject: Rejected; times: number }>();
  for (const reject of rejects) {
    if (anyReading && (reject.reason === 'unknown-metric' || reject.reason === 'no-reading')) continue;
    const key = `${reject.reason} ${reject.detail}`;
    const held = told.get(key);
    if (held === undefined) told.set(key, { reject, times: 1 });
    else held.times++;
  }
  return [...told.values()].map(({ reject, times }) =>
    times === 1 ? reject : { ...reject, detail: `${reject.detail} (and ${times - 1} more like it)` },
  );
}

const latitudes = new Set(['lat', 'latitude']);
const longitudes = new Set(['lon', 'lng', 'long', 'longitude']);

/** The place that a device measured of itself (degrees), as far as its values are named so. */
export function placeAmong(measured: readonly Measured[]): { lat?: number; lon?: number } {
  const place: { lat?: number; lon?: number } = {};
  for (const { name, value } of measured) {
    const last = name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('.')) + 1).toLowerCase();
    if (latitudes.has(last)) place.lat ??= value;
    if (longitudes.has(last)) place.lon ??= value;
  }
  return place;
}

/** Whether both are known, on earth, and not the 0,0 of a receiver without a fix. */
export const isPlace = (lat: number | undefined, lon: number | undefined): boolean =>
  isFix(lat, lon) && Math.abs(lat!) <= 90 && Math.abs(lon!) <= 180;
