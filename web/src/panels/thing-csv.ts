// A list of things as CSV, one value a row, each with its own time; ISO 8601 UTC. Pure.
import { shownFreshness } from '../live/picture.ts';
import { toCsv } from '../ui/csv.ts';
import { placeOf, type Thing } from './things.ts';

const header = [
  'id',
  'kind',
  'name',
  'simulated',
  'freshness',
  'observed_at',
  'lat',
  'lon',
  'value_name',
  'value',
  'value_observed_at',
];
type Row = (string | number | undefined)[];

const iso = (ms: number | undefined): string | undefined =>
  ms === undefined ? undefined : new Date(ms).toISOString();

/** @param nowMs by which freshness is reckoned. */
export function toThingCsv(things: readonly Thing[], nowMs: number): string {
  return toCsv(
    header,
    things.flatMap((thing) => rowsOf(thing, nowMs)),
  );
}

function rowsOf(thing: Thing, nowMs: number): Row[] {
  if (!('asset' in thing)) {
    const [lon, lat] = thing.position ?? [];
    return [[thing.key, thing.kind, thing.name, undefined, undefined, undefined, lat, lon]];
  }
  const { asset } = thing;
  const [lon, lat] = placeOf(asset) ?? [];
  const frame: Row = [
    asset.id,
    thing.kind,
    asset.name,
    String(asset.simulated),
    shownFreshness(asset, nowMs),
    iso(asset.observedAt),
    lat,
    lon,
  ];
  const values = [...asset.values].filter(([, { value }]) => ['string', 'number'].includes(typeof value));
  if (values.length === 0) return [frame];
  return values.map(([name, { value, observedAt }]) => [
    ...frame,
    name,
    value as string | number,
    iso(observedAt),
  ]);
}
