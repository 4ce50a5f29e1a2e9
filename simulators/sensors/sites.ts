// Where the simulated sensors stand: air and noise at junctions, gauges under bridges, rain at district offices.
import type { City } from '../../model/city.ts';
import type { StreetGraph } from '../streets/graph.ts';
import { distanceM, type Point } from '../streets/plane.ts';
import { bridgesOf } from './bridges.ts';

export type SensorKind = 'air' | 'river' | 'rain' | 'noise' | 'water' | 'traffic';

export interface SensorSite {
  id: string;
  name: string;
  kind: SensorKind;
  point: Point;
  /** The junction where it stands, if at one. */
  junction?: string;
  subdistrict?: string;
}

const counts = { air: 14, river: 9, rain: 8, noise: 8, water: 13, traffic: 8 };

interface Place {
  key: string;
  name: string;
  point: Point;
  subdistrict: string;
}

export function sensorSites(city: City, graph: StreetGraph): SensorSite[] {
  const junctions = [...graph.junctions.values()].map(({ id, name, point, subdistrict }): Place => ({
    key: id,
    name: shortPlace(name),
    point,
    subdistrict,
  }));
  const jammed = city.facts.places.congestedJunctions;
  const measured = Object.keys(city.rhythms.pm25MeanByJunctionUgM3);
  const at = (kind: SensorKind, word: string, places: Place[]): SensorSite[] =>
    places.map(({ key, name, point, subdistrict }) => ({
      id: `sim-${kind}-${key}`,
      name: `${word} ${name}`,
      kind,
      point,
      junction: key,
      subdistrict,
    }));
  return [
    ...at('air', 'Udara', spread(junctions, counts.air, measured)),
    ...riverSites(city, graph),
    ...rainSites(city, graph),
    ...at('noise', 'Kebisingan', spread(byLines(graph, junctions).slice(0, 24), counts.noise, jammed)),
    ...waterSites(city, graph),
    ...at('traffic', 'Lalu lintas', spread(byLines(graph, junctions).slice(0, 20), counts.traffic, jammed)),
  ];
}

/** `Simpang BRI (Merdeka–Sudirman)` is `Simpang BRI` for short. */
export const shortPlace = (name: string): string => name.replace(/ \(.*\)$/, '').replace(/ \/ .*$/, '');

/** The busiest first. */
function byLines(graph: StreetGraph, places: Place[]): Place[] {
  const linesAt = ({ key }: Place): number =>
    graph.junctions.get(key)!.arms.reduce((sum, arm) => sum + arm.lines, 0);
  return [...places].sort((one, other) => linesAt(other) - linesAt(one));
}

/** So many places, those with the given keys first, each next one the farthest from all before. */
function spread(places: Place[], count: number, firstKeys: readonly string[]): Place[] {
  const chosen = places.filter((place) => firstKeys.includes(place.key)).slice(0, count);
  if (chosen.length === 0 && places[0]) chosen.push(places[0]);
  while (chosen.length < Math.min(count, places.length)) {
    const room = (place: Place): number =>
      Math.min(...chosen.map((each) => distanceM(each.point, place.point)));
    chosen.push(places.reduce((best, place) => (room(place) > room(best) ? place : best)));
  }
  return chosen;
}

/** One gauge a river at least, at bridges, well apart; a river without a bridge is measured half way. */
function riverSites(city: City, graph: StreetGraph): SensorSite[] {
  const rivers = city.ground.lines.filter((line) => line.kind === 'river');
  const bridges = bridgesOf(city, graph);
  const first = rivers.map((river): Place => {
    const bridge = bridges.find((each) => each.river === river.name);
    const middle = graph.plane.toPoint(river.path[Math.floor(river.path.length / 2)]!);
    return bridge
      ? { key: bridge.key, name: `${river.name}, ${bridge.street}`, point: bridge.point, subdistrict: '' }
      : { key: river.name, name: `${river.name}, tengah`, point: middle, subdistrict: '' };
  });
  const others = bridges.map(({ key, river, street, point }): Place => ({
    key,
    name: `${river}, ${street}`,
    point,
    subdistrict: '',
  }));
  const firstKeys = first.map((place) => place.key);
  const all = [...first, ...others.filter((place) => !firstKeys.includes(place.key))];
  return spread(all, counts.river, firstKeys).map(({ name, point }, no) => ({
    id: `sim-river-${no + 1}`,
    name: `Muka air ${name}`,
    kind: 'river',
    point,
  }));
}

function rainSites(city: City, graph: StreetGraph): SensorSite[] {
  const offices = city.facilities.facilities.filter((facility) => facility.kind === 'camat');
  const places = (offices.length > 0 ? offices : city.facilities.facilities).slice(0, counts.rain);
  return places.map(({ name, position, subdistrict }, no) => ({
    id: `sim-rain-${no + 1}`,
    name: `Cuaca ${name}`,
    kind: 'rain',
    point: graph.plane.toPoint(position),
    subdistrict,
  }));
}

function waterSites(city: City, graph: StreetGraph): SensorSite[] {
  const places = city.districts.subdistricts.map(({ code, name, centroid }): Place => ({
    key: code,
    name,
    point: graph.plane.toPoint(centroid),
    subdistrict: name,
  }));
  const weak = places.filter((place) => city.facts.places.weakWaterSubdistricts.includes(place.name));
  const chosen = spread(
    places,
    counts.water,
    weak.map((place) => place.key),
  );
  return chosen.map(({ name, point, subdistrict }, no) => ({
    id: `sim-water-${no + 1}`,
    name: `Tekanan air ${name}`,
    kind: 'water',
    point,
    subdistrict,
  }));
}
