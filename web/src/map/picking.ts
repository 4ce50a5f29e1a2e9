// Which things on the map are meant by a point on the screen: the shown ones within reach, nearest first.
import type { Map as MapLibreMap } from 'maplibre-gl';
import { mercatorX, mercatorY } from '../city/geography.ts';
import { groupOf, type Group, type Picture } from '../live/picture.ts';
import type { VehicleLayer } from './layers/vehicles.ts';

interface Point {
  x: number;
  y: number;
}

/** Web Mercator to pixels of the map, for a map seen from straight above. */
export function screenOf(map: MapLibreMap): (at: Point, into: Point) => void {
  const centre = map.getCenter();
  const centreX = mercatorX(centre.lng);
  const centreY = mercatorY(centre.lat);
  const middle = map.project(centre);
  const worldSize = 512 * 2 ** map.getZoom();
  const angle = -map.getBearing() * (Math.PI / 180);
  const cos = Math.cos(angle) * worldSize;
  const sin = Math.sin(angle) * worldSize;
  return (at, into) => {
    const x = at.x - centreX;
    const y = at.y - centreY;
    into.x = middle.x + cos * x - sin * y;
    into.y = middle.y + sin * x + cos * y;
  };
}

/** Ids of the shown assets within `reach` pixels of `point`, nearest first. */
export function pick(
  map: MapLibreMap,
  picture: Picture,
  vehicles: VehicleLayer,
  shown: Record<Group, boolean>,
  point: Point,
  reach: number,
  /** Pixels below its place at which something that stands still is drawn. */
  shiftOf: (id: string) => number,
  /** What is not drawn by itself now. */
  hidden: ReadonlySet<string>,
): string[] {
  const toScreen = screenOf(map);
  const seen = { x: 0, y: 0 };
  const found: { id: string; squared: number }[] = [];
  const consider = (id: string, at: Point, shift = 0): void => {
    toScreen(at, seen);
    seen.y += shift;
    const squared = (seen.x - point.x) ** 2 + (seen.y - point.y) ** 2;
    if (squared <= reach * reach && !hidden.has(id)) found.push({ id, squared });
  };
  vehicles.visit((id, at) => consider(id, at));
  const at = { x: 0, y: 0 };
  for (const asset of picture.assets.values()) {
    if (asset.kind === 'vehicle' || asset.lat === undefined || asset.lon === undefined) continue;
    if (!shown[groupOf(asset)]) continue;
    at.x = mercatorX(asset.lon);
    at.y = mercatorY(asset.lat);
    consider(asset.id, at, asset.kind === 'sensor' ? shiftOf(asset.id) : 0);
  }
  return found.sort((a, b) => a.squared - b.squared).map(({ id }) => id);
}

/** Things may lie on one another: a click where one is already selected means the next beneath it. */
export function nextOf(ids: readonly string[], selected: string | undefined): string | undefined {
  const at = selected === undefined ? -1 : ids.indexOf(selected);
  return at < 0 ? ids[0] : ids[(at + 1) % ids.length];
}
