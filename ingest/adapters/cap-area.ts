// Areas of CAP: polygons and circles of "latitude,longitude", as rings and points of [longitude, latitude].
import { rejected, type Rejected } from '../../model/observation.ts';
import { clip, maxAreaPoints, type WarningArea } from '../../model/warning.ts';
import { childrenOf, textOf, type XmlElement } from './xml.ts';

type Point = [lon: number, lat: number];

const maxRadiusKm = 20_040;
const minRingPoints = 4;
const maxNameLength = 1000;
const maxGeocodes = 1000;

/**
 * An `area` (CAP 1.2, 3.2.4). What cannot be drawn is left out, a fault in `faults`: the rest of the warning stands.
 * @param budget points that may still be taken, over all areas of a message.
 */
export function toArea(
  area: XmlElement,
  path: string,
  faults: Rejected[],
  budget: { points: number },
): WarningArea {
  const name = textOf(area, 'areaDesc');
  if (name === undefined)
    faults.push(rejected('schema', 'nothing was found; expected a name', `${path}.areaDesc`));
  const polygons: Point[][] = [];
  for (const [n, { text }] of childrenOf(area, 'polygon').entries()) {
    const ring = toRing(text, budget);
    if (typeof ring === 'string') faults.push(rejected(faultReason(ring), ring, `${path}.polygon[${n}]`));
    else polygons.push(ring);
  }
  const circles: WarningArea['circles'] = [];
  for (const [n, { text }] of childrenOf(area, 'circle').entries()) {
    const circle = toCircle(text);
    if (typeof circle === 'string')
      faults.push(rejected(faultReason(circle), circle, `${path}.circle[${n}]`));
    else circles.push(circle);
  }
  const geocodes = childrenOf(area, 'geocode')
    .slice(0, maxGeocodes)
    .flatMap((code) => {
      const [valueName, value] = [textOf(code, 'valueName'), textOf(code, 'value')];
      return valueName === undefined || value === undefined
        ? []
        : [{ name: clip(valueName, 100), value: clip(value, 100) }];
    });
  return {
    name: clip(name ?? '', maxNameLength),
    polygons,
    circles,
    ...(geocodes.length > 0 ? { geocodes } : {}),
  };
}

const offEarth = 'is not on the earth';
const tooMany = `more than ${maxAreaPoints} points in one message`;
const faultReason = (fault: string): 'off-earth' | 'too-large' | 'schema' =>
  fault.includes(offEarth) ? 'off-earth' : fault.startsWith(tooMany) ? 'too-large' : 'schema';

/** At least four pairs, the last as the first (3.2.4); an open ring is closed. */
function toRing(text: string, budget: { points: number }): Point[] | string {
  // Trimmed, so that none of them is empty, unless the text is.
  const pairs = text === '' ? [] : text.split(/\s+/);
  if (pairs.length > budget.points) return `${tooMany}; this polygon is left out`;
  const ring: Point[] = [];
  for (const pair of pairs) {
    const point = toPoint(pair);
    if (typeof point === 'string') return point;
    ring.push(point);
  }
  const [first, last] = [ring[0], ring.at(-1)];
  if (first && last && (first[0] !== last[0] || first[1] !== last[1])) ring.push([...first]);
  if (ring.length < minRingPoints)
    return `${pairs.length} pairs were found; expected at least ${minRingPoints}, the last as the first`;
  budget.points -= ring.length;
  return ring;
}

const decimal = /^[+-]?(\d+\.?\d*|\.\d+)$/;

function toPoint(pair: string): Point | string {
  const comma = pair.indexOf(',');
  const lat = pair.slice(0, Math.max(comma, 0));
  const lon = pair.slice(comma + 1);
  if (!decimal.test(lat) || !decimal.test(lon))
    return `${foundIn(pair)} was found; expected "latitude,longitude"`;
  const point: Point = [Number(lon), Number(lat)];
  if (Math.abs(point[0]) > 180 || Math.abs(point[1]) > 90)
    return `${foundIn(pair)} ${offEarth}; expected latitude to ±90, longitude to ±180`;
  return point;
}

const foundIn = (text: string): string => JSON.stringify(text.slice(0, 60));

/** "latitude,longitude radius", the radius in kilometres. */
function toCircle(text: string): WarningArea['circles'][number] | string {
  const [pair = '', radius = '', ...rest] = text.split(/\s+/);
  const point = toPoint(pair);
  if (typeof point === 'string') return point;
  const radiusKm = decimal.test(radius) ? Number(radius) : Number.NaN;
  if (!(radiusKm >= 0 && radiusKm <= maxRadiusKm) || rest.length > 0)
    return `${foundIn(text)} was found; expected "latitude,longitude radius", in kilometres`;
  return { lon: point[0], lat: point[1], radiusKm };
}
