// What the finder can find, each with how it is named: the city's places, things on the map, lines, commands. Pure.
import type { PictureAsset } from '../../../model/picture.ts';
import type { LineCollection } from '../../../model/transit.ts';
import { asPosition, type Geography } from '../city/geography.ts';
import { groupOf, lineOf } from '../live/picture.ts';
import type { IconName } from '../ui/Icon.svelte';
import type { MapToolsWords } from '../words/map-tools-id.ts';
import { fold, type Findable } from './finder-rank.ts';
import { assetThing, saidOf, type Thing } from './things.ts';

/** A place without a thing at it: one position is pointed at, several are brought into sight. */
export interface FoundPlace {
  name: string;
  path: readonly [lon: number, lat: number][];
  zoom: number;
  /** Of a district. */
  districtCode?: string;
}

export type Found =
  | { what: 'thing'; thing: Thing }
  | { what: 'place'; place: FoundPlace }
  | { what: 'act'; run: () => void; shown: string };

export type Entry = Findable & { key: string; name: string; under: string; icon: IconName } & Found;

/** Of entries that fit as well as each other: acts and places before what there are many of. */
const weights = {
  act: 0.3,
  district: 0.5,
  street: 0.4,
  facility: 0.35,
  stop: 0.1,
  alarm: 1,
  warning: 0.6,
  junction: 0.2,
  asset: 0,
};

type LineFeature = LineCollection['features'][number];

const asPath = (positions: readonly (readonly number[])[]): [number, number][] => positions.map(asPosition);

/** Streets, kecamatan, kelurahan, junctions: they do not change while the page is open. */
export function cityEntries(geography: Geography, words: MapToolsWords): Entry[] {
  const { districts, streets } = geography.map;
  const nameOf = new Map(districts.districts.map(({ code, name }) => [code, name]));
  const place = (
    key: string,
    under: string,
    icon: IconName,
    weight: number,
    found: FoundPlace,
    also = '',
  ): Entry => ({
    key,
    name: found.name,
    under,
    icon,
    weight,
    folded: fold(`${found.name} ${also}`),
    what: 'place',
    place: found,
  });
  return [
    ...districts.districts.map((one) =>
      place(
        `district:${one.code}`,
        words.district,
        'boundary',
        weights.district,
        { name: one.name, path: asPath(one.outline), zoom: 14, districtCode: one.code },
        `kecamatan ${one.code}`,
      ),
    ),
    ...districts.subdistricts.map((one) =>
      place(
        `subdistrict:${one.code}`,
        words.subdistrictOf(nameOf.get(one.districtCode) ?? ''),
        'boundary',
        weights.district,
        { name: one.name, path: [asPosition(one.centroid)], zoom: 15 },
        `kelurahan ${one.code}`,
      ),
    ),
    ...joinedStreets(geography).map(([name, path]) =>
      place(`street:${name}`, words.street, 'street', weights.street, { name, path, zoom: 16 }),
    ),
    ...streets.junctions.map((one) =>
      place(`junction:${one.id}`, words.junction, 'junction', weights.junction, {
        name: one.name,
        path: [asPosition(one.position)],
        zoom: 17,
      }),
    ),
  ];
}

/** A street may be drawn in several pieces; people know one. */
function joinedStreets(geography: Geography): [name: string, path: [number, number][]][] {
  const paths = new Map<string, [number, number][]>();
  for (const { name, path } of geography.streets) {
    paths.set(name, [...(paths.get(name) ?? []), ...(path as [number, number][])]);
  }
  return [...paths];
}

export function thingEntry(thing: Thing, under: string): Entry {
  const icon = iconOf(thing);
  const weight = 'asset' in thing ? weights.asset : weights[thing.kind];
  return {
    key: thing.key,
    name: thing.name,
    under,
    icon,
    weight,
    folded: fold(saidOf(thing)),
    what: 'thing',
    thing,
  };
}

function iconOf(thing: Thing): IconName {
  if ('asset' in thing) return groupOf(thing.asset);
  if (thing.kind === 'alarm') return 'bell';
  return thing.kind === 'warning' ? 'warning' : 'place';
}

export function lineEntry({ geometry, properties }: LineFeature, under: string): Entry {
  const name = [properties.shortName, properties.longName].filter(Boolean).join(' · ') || properties.routeId;
  const path = geometry.coordinates.flatMap(asPath);
  return {
    key: `line:${properties.routeId}`,
    name,
    under,
    icon: 'angkot',
    weight: weights.street,
    folded: fold(`${name} jalur line`),
    what: 'place',
    place: { name, path, zoom: 15 },
  };
}

/** The lines of the city's own file, where no timetable was imported; over their junctions. */
export function cityLineEntries(geography: Geography, under: string): Entry[] {
  const { lines, streets } = geography.map;
  const places = new Map(streets.junctions.map(({ id, position }) => [id, asPosition(position)]));
  return lines.lines.map(({ id, name, junctions }) => ({
    key: `line:${id}`,
    name: `${id} · ${name}`,
    under,
    icon: 'angkot',
    weight: weights.street,
    folded: fold(`${id} ${name} jalur line`),
    what: 'place',
    place: {
      name,
      path: junctions.flatMap((junction) => {
        const position = places.get(junction);
        return position ? [position] : [];
      }),
      zoom: 15,
    },
  }));
}

export const actEntry = (
  key: string,
  name: string,
  under: string,
  shown: string,
  run: () => void,
): Entry => ({
  key,
  name,
  under,
  icon: 'key',
  weight: weights.act,
  folded: fold(name),
  what: 'act',
  shown,
  run,
});

/** The entries of the assets, each folded once while its name and line stay. */
export class AssetEntries {
  #entries = new Map<string, { asset: PictureAsset; name: string; line: string | undefined; entry: Entry }>();

  /** @param under what kind of thing it is, in the language of the page. */
  all(assets: ReadonlyMap<string, PictureAsset>, under: (asset: PictureAsset) => string): Entry[] {
    const entries: Entry[] = [];
    const kept = this.#entries;
    for (const asset of assets.values()) {
      let held = kept.get(asset.id);
      const line = lineOf(asset);
      if (held === undefined || held.asset !== asset || held.name !== asset.name || held.line !== line) {
        held = { asset, name: asset.name, line, entry: thingEntry(assetThing(asset), under(asset)) };
        kept.set(asset.id, held);
      }
      entries.push(held.entry);
    }
    if (kept.size > assets.size) for (const id of kept.keys()) if (!assets.has(id)) kept.delete(id);
    return entries;
  }

  /** The language of the page changed. */
  forget(): void {
    this.#entries.clear();
  }
}
