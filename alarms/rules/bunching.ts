// Vehicles of a line close behind each other, while they go the same way: one alarm a line.
import type { ConditionOf } from '../../model/alarm-rule.ts';
import type { Line } from '../ground.ts';
import { maxEvidenceAssets, type Finding, type Surroundings, type Watch } from '../watch.ts';
import { routeSubjectId } from './headway.ts';
import { LineVehicles, lineOf, type OnLine } from './line-vehicles.ts';

/** Standing for longer it is not under way: at a terminal, or out of service. */
const underWayMs = 120_000;
/** At the ends vehicles wait for their turn, and may stand together. */
const endsM = 250;

interface Watched {
  line: Line;
  vehicles: LineVehicles;
  /** Since when its vehicles are seen; before they have moved nobody knows which way they go. */
  sinceMs: number;
}

export function watchBunching(
  { routeIds, closerThanM, atLeast }: ConditionOf<'bunching'>,
  { ground, heardSinceMs }: Surroundings,
): Watch {
  const wanted = new Set(routeIds);
  const lines = new Map<string, Watched>();

  /** Those under way in one direction, in the order of the line. */
  const underWay = ({ line, vehicles }: Watched, way: 1 | -1, nowMs: number): OnLine[] =>
    [...vehicles.vehicles.values()]
      .filter((each) => each.way === way && nowMs - each.movedAt <= underWayMs)
      .filter(({ alongM }) => alongM > endsM && alongM < line.path.lengthM - endsM)
      .sort((one, other) => one.alongM - other.alongM);

  /** The longest row of vehicles, each closer than the limit to the one before. */
  const longestRow = (vehicles: OnLine[]): OnLine[] => {
    let [longest, row]: [OnLine[], OnLine[]] = [[], []];
    for (const vehicle of vehicles) {
      const before = row.at(-1);
      row = before && vehicle.alongM - before.alongM < closerThanM ? [...row, vehicle] : [vehicle];
      if (row.length > longest.length) longest = row;
    }
    return longest;
  };

  const look = (watched: Watched, nowMs: number): Finding => {
    const { line } = watched;
    const rows = ([1, -1] as const).map((way) => longestRow(underWay(watched, way, nowMs)));
    const row = rows[0]!.length >= rows[1]!.length ? rows[0]! : rows[1]!;
    const apart = nowMs - Math.max(watched.sinceMs, heardSinceMs()) >= underWayMs ? 'off' : 'unknown';
    return {
      subjectId: routeSubjectId(line.id),
      is: row.length >= atLeast ? 'on' : apart,
      // Vehicles that stopped to move count no more after a while.
      askAgainAtMs: nowMs + underWayMs,
      tell: () => ({
        subject: {
          id: routeSubjectId(line.id),
          name: line.name,
          lat: line.middle[1],
          lon: line.middle[0],
          simulated: row.some(({ simulated }) => simulated),
        },
        evidence: {
          value: closest(row),
          limit: closerThanM,
          unit: 'm',
          assetIds: row.map(({ id }) => id).slice(0, maxEvidenceAssets),
        },
      }),
    };
  };

  return {
    assetKinds: ['vehicle'],
    changed: (asset, nowMs) => {
      const line = lineOf(asset, wanted, ground);
      if (line === undefined) return undefined;
      const id = routeSubjectId(line.id);
      let watched = lines.get(id);
      const isNew = watched === undefined;
      watched ??= { line, vehicles: new LineVehicles(line, ground), sinceMs: nowMs };
      lines.set(id, watched);
      const step = watched.vehicles.move(asset);
      return step === undefined && !isNew ? undefined : look(watched, nowMs);
    },
    gone: (assetId) => {
      for (const { vehicles } of lines.values()) vehicles.vehicles.delete(assetId);
      return undefined;
    },
    due: (subjectId, nowMs) => {
      const watched = lines.get(subjectId);
      return watched && look(watched, nowMs);
    },
  };
}

/** Metres between the closest two of the row. */
function closest(row: OnLine[]): number | null {
  if (row.length < 2) return null;
  const gaps = row.slice(1).map(({ alongM }, n) => alongM - row[n]!.alongM);
  return Math.round(Math.min(...gaps));
}
