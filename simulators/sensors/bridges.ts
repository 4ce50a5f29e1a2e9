// Where streets cross rivers.
import type { City } from '../../model/city.ts';
import type { StreetGraph } from '../streets/graph.ts';
import type { Point } from '../streets/plane.ts';

export interface Bridge {
  key: string;
  river: string;
  street: string;
  point: Point;
}

/** One a river and street, in the order of the city's files. */
export function bridgesOf(city: City, graph: StreetGraph): Bridge[] {
  const bridges = new Map<string, Bridge>();
  for (const river of city.ground.lines.filter((line) => line.kind === 'river')) {
    const path = river.path.map((position) => graph.plane.toPoint(position));
    for (const { arms } of graph.junctions.values()) {
      for (const { street, points } of arms) {
        const key = `${river.name} ${street}`;
        const point = bridges.has(key) ? undefined : crossing(path, points);
        if (point) bridges.set(key, { key, river: river.name, street, point });
      }
    }
  }
  return [...bridges.values()];
}

function crossing(one: Point[], other: Point[]): Point | undefined {
  for (const [at, to] of one.slice(1).entries()) {
    for (const [index, end] of other.slice(1).entries()) {
      const point = crossingOf(one[at]!, to, other[index]!, end);
      if (point) return point;
    }
  }
  return undefined;
}

function crossingOf(from: Point, to: Point, start: Point, end: Point): Point | undefined {
  const way = { east: to.east - from.east, north: to.north - from.north };
  const street = { east: end.east - start.east, north: end.north - start.north };
  const across = way.east * street.north - way.north * street.east;
  if (across === 0) return undefined;
  const gap = { east: start.east - from.east, north: start.north - from.north };
  const alongWay = (gap.east * street.north - gap.north * street.east) / across;
  const alongStreet = (gap.east * way.north - gap.north * way.east) / across;
  if (alongWay < 0 || alongWay > 1 || alongStreet < 0 || alongStreet > 1) return undefined;
  return { east: from.east + alongWay * way.east, north: from.north + alongWay * way.north };
}
