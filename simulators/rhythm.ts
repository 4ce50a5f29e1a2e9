// The hourly curves of rhythms.json as smooth ones, and how full the streets are.
import type { City } from '../model/city.ts';
import { localTimeAt } from './local-time.ts';

/** A curve of 24 values, each standing for its hour's middle, straight between them and closed over midnight. */
export function atHour(values: readonly number[], hour: number): number {
  const shifted = (hour + 23.5) % 24;
  const from = Math.floor(shifted);
  const share = shifted - from;
  return values[from]! * (1 - share) + values[(from + 1) % 24]! * share;
}

/** 0 for empty streets to 1 for the peak. */
export function trafficAt(city: City, ms: number): number {
  const { hour, weekend } = localTimeAt(ms, city.facts.timeZone);
  const { trafficWeekday, trafficWeekend } = city.rhythms.hourly;
  return atHour(weekend ? trafficWeekend : trafficWeekday, hour);
}
