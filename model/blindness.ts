// What the city cannot see: which cameras and sensors see just now, how far, and which junctions none of them reaches. Pure.
import { staleAfterIntervals } from './asset.ts';
import type { CityMap } from './city.ts';
import type { LinkState } from './live.ts';
import { metrics, type MetricId } from './metrics.ts';
import { freshnessOf, type PictureAsset } from './picture.ts';

/**
 * How far a camera is taken to see, in metres. Estimated: at 4 mm and 1080 lines a person is 14 pixels tall there, and a
 * vehicle is told from another; nobody measured it in the city.
 */
export const cameraReachM = 150;
/** A camera on a mast of the junction sees it, wherever it looks. */
export const cameraAtM = 30;
/** For how far air and weather speak, in metres. Estimated: the scale of a neighbourhood (US EPA, 40 CFR 58 App. D, 0.5 to 4 km). */
export const airReachM = 1_000;
/** For how far a river gauge speaks, in metres. Estimated: the bank that floods together with it. */
export const riverReachM = 500;
/** Of a sensor that measures a road or anything else, in metres. Estimated: one block. */
export const otherReachM = 150;

const airMetrics: readonly MetricId[] = [
  ...(['pm25', 'pm10', 'pm1', 'pm4', 'so2', 'co', 'o3', 'no2', 'no', 'nox', 'hc', 'h2s', 'nh3'] as const),
  ...(['rain', 'rainAmount', 'temperature', 'humidity', 'pressure', 'windSpeed', 'windGust'] as const),
  ...(['visibility', 'solarRadiation'] as const),
];
const riverMetrics: readonly MetricId[] = ['riverLevel'];
/** Of the device itself: they say nothing of the city. */
const ownMetrics: ReadonlySet<string> = new Set<MetricId>(['battery', 'batteryLevel']);

/** After hearing came back, an asset has three of its intervals to speak, and no longer than this. */
export const longestDoubtMs = 15 * 60_000;

export interface Place {
  lat: number;
  lon: number;
}

/** A camera or sensor that sees. */
export interface Eye extends Place {
  kind: 'camera' | 'sensor';
  reachM: number;
  /** Where a camera looks, clockwise from north, and how wide; undefined where that is not known: all round. */
  view: { bearingDeg: number; fieldOfViewDeg: number } | undefined;
  simulated: boolean;
  /** Not heard since we hear again: perhaps it sees, perhaps it does not. */
  inDoubt: boolean;
}

const numberOf = (asset: PictureAsset, key: string): number | undefined => {
  const value = asset.values.get(key)?.value;
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
};

/** For how far a sensor speaks, in metres: the widest of what it measures; 0 when it tells of nothing but itself. */
export function sensorReachM(sensor: Pick<PictureAsset, 'values'>): number {
  const has = (metric: MetricId): boolean => sensor.values.has(metric);
  if (airMetrics.some(has)) return airReachM;
  if (riverMetrics.some(has)) return riverReachM;
  for (const key of sensor.values.keys())
    if (Object.hasOwn(metrics, key) && !ownMetrics.has(key)) return otherReachM;
  return 0;
}

function viewOf(camera: PictureAsset): Eye['view'] {
  const bearingDeg = numberOf(camera, 'bearingDeg');
  const fieldOfViewDeg = numberOf(camera, 'fieldOfViewDeg');
  return bearingDeg === undefined || fieldOfViewDeg === undefined
    ? undefined
    : { bearingDeg, fieldOfViewDeg };
}

/** Says of itself that it is gone; that is known, however long ago it said so. */
const saysGone = ({ values }: PictureAsset): boolean =>
  values.get('state')?.value === 'offline' || values.get('link')?.value === 'offline';

/** Whether `asset` may only look stale because we did not hear it: it has not had its time to speak since we do. */
function mayYetSpeak(asset: PictureAsset, nowMs: number, heardSinceMs: number): boolean {
  if ((asset.observedAt ?? Number.NEGATIVE_INFINITY) >= heardSinceMs) return false;
  const patienceMs = asset.expectedEverySeconds * staleAfterIntervals * 1000;
  return nowMs - heardSinceMs <= Math.min(patienceMs, longestDoubtMs);
}

/**
 * The cameras and sensors that see at `nowMs`: fresh and placed; what is stale, silent or says it is offline sees nothing.
 * @param heardSinceMs since when we hear the field without a break; those that had no time to speak since are in doubt.
 */
export function toEyes(assets: Iterable<PictureAsset>, nowMs: number, heardSinceMs?: number): Eye[] {
  const eyes: Eye[] = [];
  for (const asset of assets) {
    const { kind, lat, lon, simulated } = asset;
    if (kind === 'vehicle' || lat === undefined || lon === undefined || saysGone(asset)) continue;
    const fresh = freshnessOf(asset, nowMs) === 'fresh';
    if (!fresh && (heardSinceMs === undefined || !mayYetSpeak(asset, nowMs, heardSinceMs))) continue;
    const reachM = kind === 'camera' ? cameraReachM : sensorReachM(asset);
    if (reachM === 0) continue;
    const view = kind === 'camera' ? viewOf(asset) : undefined;
    eyes.push({ kind, lat, lon, reachM, view, simulated, inDoubt: !fresh });
  }
  return eyes;
}

export const metresPerDegree = 111_320;

/** Metres east and north from one place of a city to another; good to a metre. */
export function metresBetween(from: Place, to: Place): { east: number; north: number } {
  const east = (to.lon - from.lon) * metresPerDegree * Math.cos((from.lat * Math.PI) / 180);
  return { east, north: (to.lat - from.lat) * metresPerDegree };
}

/** How far beyond its sight a place lies, in metres, by its way east and north of the eye; 0 or less is seen. */
export function beyondSightM({ reachM, view }: Eye, east: number, north: number): number {
  const awayM = Math.hypot(east, north);
  const beyondReachM = awayM - reachM;
  if (view === undefined || view.fieldOfViewDeg >= 360) return beyondReachM;
  const bearingDeg = (Math.atan2(east, north) * 180) / Math.PI;
  const offDeg = Math.abs(((bearingDeg - view.bearingDeg + 900) % 360) - 180);
  const besideRad = ((offDeg - view.fieldOfViewDeg / 2) * Math.PI) / 180;
  const besideM = besideRad >= Math.PI / 2 ? awayM : awayM * Math.sin(besideRad);
  return Math.min(awayM - cameraAtM, Math.max(beyondReachM, besideM));
}

export const isSeenBy = (eye: Eye, place: Place): boolean => {
  // Most are far away, and their way is not worth reckoning.
  if (Math.abs(place.lat - eye.lat) * metresPerDegree > eye.reachM) return false;
  const { east, north } = metresBetween(eye, place);
  return beyondSightM(eye, east, north) <= 0;
};

/** The junctions and kecamatan of a city, as the blind map has them. */
export interface BlindPlaces {
  junctions: readonly BlindPlace[];
  districts: readonly { code: string; name: string }[];
}
export interface BlindPlace extends Place {
  id: string;
  name: string;
  /** Of its kecamatan; null where the city's files name none. */
  districtCode: string | null;
  /** Whether its own place is estimated: not within 100 m of a seen coordinate. */
  placeEstimated: boolean;
}

export function toBlindPlaces({ streets, districts }: Pick<CityMap, 'streets' | 'districts'>): BlindPlaces {
  const districtOf = new Map(districts.subdistricts.map(({ name, districtCode }) => [name, districtCode]));
  return {
    junctions: streets.junctions.map(({ id, name, position, subdistrict, accuracy }) => ({
      id,
      name,
      districtCode: districtOf.get(subdistrict) ?? null,
      lat: position[1] ?? 0,
      lon: position[0] ?? 0,
      placeEstimated: accuracy !== 'A',
    })),
    districts: districts.districts.map(({ code, shortName }) => ({ code, name: shortName })),
  };
}

/** A junction with what sees it. */
export interface Sight extends BlindPlace {
  camera: boolean;
  sensor: boolean;
  /** Nothing fresh reaches it, and something in doubt may. */
  inDoubt: boolean;
  /** All that sees it is simulated. */
  simulated: boolean;
}

export const isBlind = ({ camera, sensor, inDoubt }: Sight): boolean => !camera && !sensor && !inDoubt;

/** What sees each junction. */
export function lookAround({ junctions }: BlindPlaces, eyes: readonly Eye[]): Sight[] {
  return junctions.map((junction) => {
    const near = eyes.filter((eye) => isSeenBy(eye, junction));
    const seeing = near.filter((eye) => !eye.inDoubt);
    return {
      ...junction,
      camera: seeing.some(({ kind }) => kind === 'camera'),
      sensor: seeing.some(({ kind }) => kind === 'sensor'),
      inDoubt: seeing.length === 0 && near.length > 0,
      simulated: seeing.length > 0 && seeing.every(({ simulated }) => simulated),
    };
  });
}

export interface Hearing {
  ok: boolean;
  /** Since when it is so, epoch milliseconds. */
  since: number;
}

/** Whether the field is heard, and since when it is or is not: without that, what falls silent is not the city's blindness. */
export function hearingOf({ broker, ingest }: Pick<LinkState, 'broker' | 'ingest'>): Hearing {
  const since = (of: readonly { since: string }[]): number[] => of.map((link) => Date.parse(link.since));
  const down = [broker, ingest].filter(({ ok }) => !ok);
  if (down.length > 0) return { ok: false, since: Math.min(...since(down)) };
  return { ok: true, since: Math.max(...since([broker, ingest])) };
}

/** The day of a time in a time zone, `2026-11-30`. @param timeZone of IANA. */
export function dayIn(ms: number, timeZone: string): string {
  const parts = { year: 'numeric', month: '2-digit', day: '2-digit' } as const;
  const named = new Map(
    new Intl.DateTimeFormat('en-GB', { timeZone, ...parts })
      .formatToParts(ms)
      .map(({ type, value }) => [type, value]),
  );
  return `${named.get('year')}-${named.get('month')}-${named.get('day')}`;
}
