// What the city cannot see as CSV: a row a junction; times are ISO 8601 UTC. Pure.
import type { BlindDay } from '../../../model/blindness-http.ts';
import { isBlind, type BlindPlaces, type Sight } from '../../../model/blindness.ts';
import { toCsv } from '../ui/csv.ts';

const header = [
  ...['district_code', 'district', 'junction_id', 'junction', 'lat', 'lon', 'place_estimated'],
  ...['state', 'camera', 'sensor', 'simulated', 'at'],
  ...['blind_minutes', 'day', 'counted_since', 'counted_minutes', 'uncounted_minutes'],
];

/**
 * @param atMs of which moment it is.
 * @param minutes of today by junction, and how they were counted; undefined where they are not known or another day is shown.
 */
export function toBlindCsv(
  places: BlindPlaces,
  sights: readonly Sight[],
  atMs: number,
  minutes: { of: ReadonlyMap<string, number>; day: BlindDay } | undefined,
): string {
  const names = new Map(places.districts.map(({ code, name }) => [code, name]));
  const at = new Date(atMs).toISOString();
  return toCsv(
    header,
    sights.map((sight) => [
      ...[sight.districtCode, names.get(sight.districtCode ?? ''), sight.id, sight.name],
      ...[sight.lat, sight.lon, String(sight.placeEstimated)],
      ...[isBlind(sight) ? 'blind' : sight.inDoubt ? 'unknown' : 'seen'],
      ...[String(sight.camera), String(sight.sensor), String(sight.simulated), at],
      ...(minutes === undefined
        ? []
        : [
            ...[minutes.of.get(sight.id) ?? 0, minutes.day.day, minutes.day.countedSince],
            ...[minutes.day.countedMinutes, minutes.day.uncountedMinutes],
          ]),
    ]),
  );
}
