// Sensors of one pole stand at one place: as a column of discs each of them can be read, and picked. No map.
import type { ExpressionSpecification } from 'maplibre-gl';

/** From this zoom on; further out a mark has no number that could be covered. */
export const stackedFromZoom = 13;
/** Pixels between the middles of two discs. */
const stepPx = 24;
/** Degrees within which things are at one place: some eleven metres. */
const placeDeg = 1e-4;

export class Stacks {
  #ids = new Map<string, string[]>();
  #places = new Map<string, string>();

  /** Takes in where something is; returns whose shift changed by it. */
  put(id: string, lon: number, lat: number): readonly string[] {
    const place = `${Math.round(lon / placeDeg)} ${Math.round(lat / placeDeg)}`;
    if (this.#places.get(id) === place) return [];
    const left = this.remove(id);
    const ids = [...(this.#ids.get(place) ?? []), id].sort();
    this.#ids.set(place, ids);
    this.#places.set(id, place);
    return [...left, ...ids];
  }

  remove(id: string): readonly string[] {
    const place = this.#places.get(id);
    if (place === undefined) return [];
    this.#places.delete(id);
    const ids = this.#ids.get(place)!.filter((other) => other !== id);
    if (ids.length === 0) this.#ids.delete(place);
    else this.#ids.set(place, ids);
    return ids;
  }

  /** Pixels below its place; undefined where it stands alone. */
  shiftOf(id: string): number | undefined {
    const place = this.#places.get(id);
    const ids = place === undefined ? undefined : this.#ids.get(place);
    if (ids === undefined || ids.length < 2) return undefined;
    return (ids.indexOf(id) - (ids.length - 1) / 2) * stepPx;
  }
}

const farthestPx = 480;

/** The offset of a mark by its property `shift`, with `perPx` of the unit in which the offset is given to a pixel. */
export const shifted = (perPx: number, x = 0): ExpressionSpecification => [
  'interpolate',
  ['linear'],
  ['get', 'shift'],
  -farthestPx,
  ['literal', [x, -farthestPx * perPx]],
  farthestPx,
  ['literal', [x, farthestPx * perPx]],
];
