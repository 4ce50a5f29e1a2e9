// No vehicle of a line has come past for longer than it may take, somewhere along it, either way: one alarm a line.
import type { ConditionOf } from '../../model/alarm-rule.ts';
import type { PictureAsset } from '../../model/picture.ts';
import type { Line } from '../ground.ts';
import { maxEvidenceAssets, type Finding, type Surroundings, type Watch } from '../watch.ts';
import { LineVehicles, lineOf, type Step } from './line-vehicles.ts';

/** Places along the line at which vehicles are seen to pass. */
const placesEveryM = 400;
/** Vehicles wait before the ends, each at a place of its own. */
const endsM = 250;

export const routeSubjectId = (routeId: string): string => `route:${routeId}`;

interface Place {
  atM: number;
  /** When a vehicle was last seen to pass, along and back; epoch milliseconds, undefined while none was. */
  passedAt: Record<'along' | 'back', number | undefined>;
}

interface Watched {
  line: Line;
  places: Place[];
  vehicles: LineVehicles;
}

const placesOf = ({ path }: Line): Place[] => {
  const lengthM = Math.max(0, path.lengthM - 2 * endsM);
  const count = Math.max(1, Math.ceil(lengthM / placesEveryM));
  return Array.from({ length: count }, (_, n) => ({
    atM: path.lengthM / 2 + lengthM * ((n + 0.5) / count - 0.5),
    passedAt: { along: undefined, back: undefined },
  }));
};

function pass(places: Place[], { fromM, toM, vehicle }: Step): void {
  const [low, high] = fromM < toM ? [fromM, toM] : [toM, fromM];
  for (const place of places) {
    if (place.atM <= low || place.atM > high) continue;
    place.passedAt[fromM < toM ? 'along' : 'back'] = vehicle.observedAt;
  }
}

export function watchHeadway(
  { routeIds, longerThanSeconds }: ConditionOf<'headway'>,
  { ground, heardSinceMs }: Surroundings,
): Watch {
  const wanted = new Set(routeIds);
  const limitMs = longerThanSeconds * 1000;
  /** By subject; only lines of which a vehicle was heard. */
  const lines = new Map<string, Watched>();

  const look = ({ line, places, vehicles }: Watched, nowMs: number): Finding => {
    const serviceSinceMs = ground.inServiceSince(nowMs);
    const passed = places.flatMap(({ passedAt }) => [passedAt.along, passedAt.back]);
    const sinceMs = Math.max(heardSinceMs(), serviceSinceMs ?? 0);
    const longestAgo = Math.min(...passed.map((at) => Math.max(at ?? 0, sinceMs)));
    const dueMs = longestAgo + limitMs;
    const seen = passed.every((at) => at !== undefined && nowMs - at < limitMs);
    const kept = seen || serviceSinceMs === undefined ? 'off' : 'unknown';
    const all = [...vehicles.vehicles.values()];
    return {
      subjectId: routeSubjectId(line.id),
      is: serviceSinceMs !== undefined && nowMs >= dueMs ? 'on' : kept,
      askAgainAtMs: nowMs >= dueMs ? nowMs + 60_000 : dueMs,
      tell: () => ({
        subject: {
          id: routeSubjectId(line.id),
          name: line.name,
          lat: line.middle[1],
          lon: line.middle[0],
          simulated: all.some(({ simulated }) => simulated),
        },
        evidence: {
          value: Math.round((nowMs - longestAgo) / 1000),
          limit: longerThanSeconds,
          unit: 's',
          assetIds: all.map(({ id }) => id).slice(0, maxEvidenceAssets),
        },
      }),
    };
  };

  const watchedOf = (line: Line): Watched => {
    const id = routeSubjectId(line.id);
    let watched = lines.get(id);
    if (watched === undefined) {
      watched = { line, places: placesOf(line), vehicles: new LineVehicles(line, ground) };
      lines.set(id, watched);
    }
    return watched;
  };

  return {
    assetKinds: ['vehicle'],
    changed: (asset: PictureAsset, nowMs) => {
      const line = lineOf(asset, wanted, ground);
      if (line === undefined) return undefined;
      const isNew = !lines.has(routeSubjectId(line.id));
      const watched = watchedOf(line);
      const step = watched.vehicles.move(asset);
      if (step !== undefined) pass(watched.places, step);
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
