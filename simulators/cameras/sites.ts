// Where the simulated cameras stand and which arm of their junction each looks along.
import type { City } from '../../model/city.ts';
import type { Arm, Junction, StreetClass, StreetGraph } from '../streets/graph.ts';
import { moved, type Point } from '../streets/plane.ts';
import { shortPlace } from '../sensors/sites.ts';

export interface CameraSite {
  id: string;
  name: string;
  junction: string;
  /** Of the mast: at a corner, behind the junction's middle as it looks. */
  point: Point;
  bearingDeg: number;
  fieldOfViewDeg: number;
}

const compass = [
  'utara',
  'timur laut',
  'timur',
  'tenggara',
  'selatan',
  'barat daya',
  'barat',
  'barat laut',
] as const;

/** In Indonesian, for names. */
export const compassWord = (bearingDeg: number): string => compass[Math.round(bearingDeg / 45) % 8]!;

const fieldOfViewDeg = 68;
const mastBackM = 17;
const mastLeftM = 5.5;

export function cameraSites(city: City, graph: StreetGraph): CameraSite[] {
  const { cameraJunctions, congestedJunctions, cameraPoints, cameras } = city.facts.places;
  const named = [...new Set([...cameraJunctions, ...congestedJunctions])].map((id) =>
    graph.junctions.get(id)!,
  );
  const others = [...graph.junctions.values()].filter((junction) => !named.includes(junction));
  const points = [...named, ...others.sort((one, other) => busyness(other) - busyness(one))].slice(
    0,
    cameraPoints,
  );
  // The junctions that come first have a second camera, and a third where that is not enough.
  const sites: CameraSite[] = [];
  for (let no = 1; sites.length < cameras && points.some((junction) => junction.arms.length >= no); no++) {
    for (const junction of points) {
      if (sites.length < cameras && junction.arms.length >= no) sites.push(siteOf(junction, no));
    }
  }
  const order = (site: CameraSite): number => points.findIndex((junction) => junction.id === site.junction);
  return sites.sort((one, other) => order(one) - order(other));
}

const busyness = ({ arms }: Junction): number => arms.reduce((sum, arm) => sum + 1 + arm.lines, 0);

function siteOf(junction: Junction, no: number): CameraSite {
  const arm = armsToWatch(junction)[no - 1]!;
  return {
    id: `sim-camera-${junction.id}-${no}`,
    name: `Kamera ${shortPlace(junction.name)}, ${compassWord(arm.bearingDeg)}`,
    junction: junction.id,
    point: moved(junction.point, arm.bearingDeg, -mastBackM, mastLeftM),
    bearingDeg: Math.round(arm.bearingDeg),
    fieldOfViewDeg,
  };
}

const rank: Record<StreetClass, number> = { arterial: 2, collector: 1, local: 0 };

/** The busiest arm first. */
const armsToWatch = ({ arms }: Junction): Arm[] =>
  [...arms].sort((one, other) => other.lines + rank[other.streetClass] - one.lines - rank[one.streetClass]);
