// When an angkot drives: all from the first hour, fewer in the evening, a handful through the night.
import type { City } from '../../model/city.ts';
import { localTimeAt, parseClock } from '../local-time.ts';
import type { FleetVehicle } from './fleet.ts';

/** Within how long after the first hour the last vehicle of a line has left its terminal. */
const startSpreadHours = 0.7;

export function isOnDuty(city: City, line: NonNullable<FleetVehicle['line']>, ms: number): boolean {
  const { from, thinAfter, to } = city.lines.serviceHours;
  const { hour } = localTimeAt(ms, city.facts.timeZone);
  // The first vehicle of every other line serves the market at night, so that the map is never still.
  if (line.no === 0 && city.lines.lines.findIndex((each) => each.id === line.id) % 2 === 0) return true;
  const begins = parseClock(from) + (startSpreadHours * line.no) / line.of;
  const ends = line.no % 2 === 0 ? parseClock(to) : parseClock(thinAfter);
  return hour >= begins && hour < ends;
}
