// Showers: drawn per local day from the months' rain, falling mostly in the afternoon; a pure rule of seed and time.
import type { City } from '../model/city.ts';
import { createRandom } from './random.ts';
import { localTimeAt, startOfDayMs } from './local-time.ts';
import type { Point } from './streets/plane.ts';

export interface Shower {
  startMs: number;
  durationMs: number;
  /** At its heart. */
  volumeMm: number;
  heart: Point;
  /** Distance at which less than half is left. */
  reachM: number;
}

export interface Weather {
  /** mm/h at a place. */
  rainAt(ms: number, place: Point): number;
  /** How wet streets and air are, 0 to 1: rises with rain, dries within the hour. */
  wetnessAt(ms: number, place: Point): number;
  /** Metres that a river stands above its dry level: each shower arrives late and runs off slowly. */
  riverRiseAt(ms: number, delayMs: number): number;
  /** 1 on clear days; days of haze bring several times the fine dust. */
  hazeAt(ms: number): number;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** Showers reach into later hours: the river still falls a day after. */
const lookBackDays = 2;

export function createWeather(city: City, seed: number): Weather {
  const drawn = new Map<number, Shower[]>();
  const showersOfDay = (dayNo: number): Shower[] => {
    let showers = drawn.get(dayNo);
    if (!showers) {
      showers = drawShowers(city, seed, dayNo);
      if (drawn.size > 30) drawn.clear();
      drawn.set(dayNo, showers);
    }
    return showers;
  };
  const showersBefore = (ms: number): Shower[] => {
    const { dayNo } = localTimeAt(ms, city.facts.timeZone);
    const showers: Shower[] = [];
    for (let day = dayNo - lookBackDays; day <= dayNo; day++) showers.push(...showersOfDay(day));
    return showers.filter((shower) => shower.startMs <= ms);
  };
  return {
    rainAt: (ms, place) =>
      showersBefore(ms).reduce((sum, shower) => sum + rainOf(shower, ms) * shareAt(shower, place), 0),
    wetnessAt: (ms, place) =>
      Math.min(
        1,
        showersBefore(ms).reduce((sum, shower) => sum + wetnessOf(shower, ms) * shareAt(shower, place), 0),
      ),
    riverRiseAt: (ms, delayMs) =>
      showersBefore(ms).reduce((sum, shower) => sum + riseOf(shower, ms - delayMs), 0),
    hazeAt: (ms) => hazeOf(city, seed, ms),
  };
}

function drawShowers(city: City, seed: number, dayNo: number): Shower[] {
  const random = createRandom(seed, 'showers', dayNo);
  const dayStartMs = startOfDayMs(dayNo, city.facts.timeZone);
  const { month } = localTimeAt(dayStartMs + dayMs / 2, city.facts.timeZone);
  const { rainMm, rainDays } = city.rhythms.monthly;
  if (!random.chance(rainDays[month]! / 30)) return [];
  // Many small days and few large ones, around the month's mean for a day of rain.
  const totalMm = Math.min(90, (rainMm[month]! / rainDays[month]!) * -Math.log(1 - random.unit()));
  const count = random.integer(1, 3);
  return Array.from({ length: count }, () => ({
    startMs: dayStartMs + drawHour(city.rhythms.hourly.rainPctOfDay, random.unit()) * hourMs,
    durationMs: random.between(0.4, 2.2) * hourMs,
    volumeMm: totalMm / count,
    heart: { east: random.between(-5000, 5000), north: random.between(-5000, 5000) },
    reachM: random.between(4000, 12_000),
  }));
}

/** The hour before which `share` of a day's rain has fallen. */
function drawHour(pctOfDay: readonly number[], share: number): number {
  let left = share * pctOfDay.reduce((sum, pct) => sum + pct, 0);
  for (const [hour, pct] of pctOfDay.entries()) {
    if (left < pct) return hour + left / pct;
    left -= pct;
  }
  return 23;
}

const shareAt = ({ heart, reachM }: Shower, place: Point): number =>
  Math.exp(-0.7 * (((place.east - heart.east) ** 2 + (place.north - heart.north) ** 2) / reachM ** 2));

/** mm/h at the heart: swells and ebbs as half a sine. */
function rainOf({ startMs, durationMs, volumeMm }: Shower, ms: number): number {
  const share = (ms - startMs) / durationMs;
  if (share <= 0 || share >= 1) return 0;
  return (volumeMm / (durationMs / hourMs)) * (Math.PI / 2) * Math.sin(Math.PI * share);
}

function wetnessOf({ startMs, durationMs, volumeMm }: Shower, ms: number): number {
  const strength = Math.min(1, volumeMm / 4);
  const sinceEnd = ms - startMs - durationMs;
  if (sinceEnd > 0) return strength * Math.exp(-sinceEnd / (0.7 * hourMs));
  return strength * Math.min(1, Math.max(0, (ms - startMs) / (0.15 * hourMs)));
}

/** Rises for some two hours and falls for ten: a gamma-shaped unit hydrograph; 30 mm lift it by about 0.9 m. */
function riseOf({ startMs, durationMs, volumeMm }: Shower, ms: number): number {
  const hours = (ms - startMs - durationMs / 3) / hourMs;
  if (hours <= 0) return 0;
  const peakHours = 2;
  return 0.03 * volumeMm * (hours / peakHours) ** 1.4 * Math.exp(1.4 * (1 - hours / peakHours));
}

/** In months with little rain, some spells of three days are hazy. */
function hazeOf(city: City, seed: number, ms: number): number {
  const { dayNo, month } = localTimeAt(ms, city.facts.timeZone);
  const spell = createRandom(seed, 'haze', Math.floor(dayNo / 3));
  const dry = city.rhythms.monthly.rainDays[month]! <= 11;
  if (!dry || !spell.chance(0.1)) return 1;
  const [low = 60, high = 120] = city.rhythms.pm25HazeUgM3;
  return spell.between(low, high) / city.rhythms.pm25MeanUgM3;
}
