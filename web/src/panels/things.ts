// Everything that the map shows, as one list: alarms, warnings, assets, stops, facilities; in a steady order. Pure.
import type { Alarm } from '../../../model/alarm.ts';
import type { CityMap } from '../../../model/city.ts';
import type { PictureAsset } from '../../../model/picture.ts';
import type { StopCollection } from '../../../model/transit.ts';
import type { WarningFeature } from '../../../model/warning.ts';
import { asPosition } from '../city/geography.ts';
import { alarmKey } from '../live/alarm-key.ts';
import { groupOf, groups, lineOf, type Group } from '../live/picture.ts';
import { stopKey } from '../live/stop-key.ts';

export type Thing = { key: string; name: string; position: [lon: number, lat: number] | undefined } & (
  | { kind: Group; asset: PictureAsset }
  | { kind: 'stop'; stop: StopFeature }
  | { kind: 'facility'; facility: Facility }
  | { kind: 'warning'; warning: WarningFeature }
  | { kind: 'alarm'; alarm: Alarm }
);
type StopFeature = StopCollection['features'][number];
type Facility = CityMap['facilities']['facilities'][number];
export type ThingKind = Thing['kind'];
export const thingKinds = [
  'alarm',
  'warning',
  ...groups,
  'stop',
  'facility',
] as const satisfies readonly ThingKind[];

const collator = new Intl.Collator('id', { numeric: true });

export const assetThing = (asset: PictureAsset): Thing => ({
  kind: groupOf(asset),
  key: asset.id,
  name: asset.name,
  position: placeOf(asset),
  asset,
});

export const stopThing = (stop: StopFeature): Thing => ({
  kind: 'stop',
  key: stopKey(stop.properties.stopId),
  name: stop.properties.name,
  position: asPosition(stop.geometry.coordinates),
  stop,
});

/** A facility has no id in the city's files: its place in them serves while the page is open. */
export const facilityThing = (facility: Facility, index: number): Thing => ({
  kind: 'facility',
  key: `facility:${index}`,
  name: facility.name,
  position: asPosition(facility.position),
  facility,
});

/** @param name its headline in the language of the page. */
export const warningThing = (warning: WarningFeature, name: string): Thing => ({
  kind: 'warning',
  key: `warning:${warning.id}`,
  name,
  position: undefined,
  warning,
});

/** @param name what it is and of what, in the language of the page. */
export const alarmThing = (alarm: Alarm, name: string): Thing => ({
  kind: 'alarm',
  key: alarmKey(alarm.id),
  name,
  position: placeOf({ lat: alarm.subject.lat ?? undefined, lon: alarm.subject.lon ?? undefined }),
  alarm,
});

/** Where an asset is now; its thing was made when it was first seen. */
export const placeOf = ({
  lat,
  lon,
}: Pick<PictureAsset, 'lat' | 'lon'>): [lon: number, lat: number] | undefined =>
  lat === undefined || lon === undefined ? undefined : [lon, lat];

/** Alarms and warnings first, then the assets group by group, stops, facilities; each kind by name. */
export function inListOrder(things: readonly Thing[]): Thing[] {
  return [...things].sort(
    (a, b) =>
      thingKinds.indexOf(a.kind) - thingKinds.indexOf(b.kind) ||
      collator.compare(a.name, b.name) ||
      collator.compare(a.key, b.key),
  );
}

/** The things of the assets: those of `before` while no asset came, went or changed its name, so that nobody sorts in vain. */
export function assetThings(assets: ReadonlyMap<string, PictureAsset>, before: readonly Thing[]): Thing[] {
  let same = before.length === assets.size;
  if (same) {
    for (const thing of before) {
      const asset = assets.get(thing.key);
      if (asset !== undefined && 'asset' in thing && thing.asset === asset && isAsListed(thing)) continue;
      same = false;
      break;
    }
  }
  return same ? (before as Thing[]) : inListOrder([...assets.values()].map(assetThing));
}

const isAsListed = (thing: Thing & { asset: PictureAsset }): boolean =>
  thing.name === thing.asset.name && thing.kind === groupOf(thing.asset);

/** What somebody may type to find a thing. */
export function saidOf(thing: Thing): string {
  if ('asset' in thing) return `${thing.name} ${thing.key} ${lineOf(thing.asset) ?? ''}`;
  if (thing.kind === 'stop') {
    const { stopId, code, lines } = thing.stop.properties;
    return `${thing.name} ${stopId} ${code ?? ''} ${lines.join(' ')}`;
  }
  return thing.name;
}

/** Those that hold every word typed. */
export function searchThings(things: readonly Thing[], text: string): readonly Thing[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return things;
  return things.filter((thing) => {
    const said = saidOf(thing).toLowerCase();
    return words.every((word) => said.includes(word));
  });
}

export const countKinds = (things: readonly Thing[]): Partial<Record<ThingKind, number>> => {
  const counts: Partial<Record<ThingKind, number>> = {};
  for (const { kind } of things) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
};
