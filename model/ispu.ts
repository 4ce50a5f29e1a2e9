// ISPU, the air quality index of Indonesia (Permen LHK 14/2020), from 24-hour means.
import type { MetricId } from './metrics.ts';

const indexPoints = [0, 50, 100, 200, 300, 500] as const;

/** 24-hour means in µg/m³ at index 0, 50, 100, 200, 300, 500 (Permen LHK 14/2020, annex). */
const concentrations = {
  pm10: [0, 50, 150, 350, 420, 500],
  pm25: [0, 15.5, 55.4, 150.4, 250.4, 500],
  so2: [0, 52, 180, 400, 800, 1200],
  co: [0, 4000, 8000, 15000, 30000, 45000],
  o3: [0, 120, 235, 400, 800, 1000],
  no2: [0, 80, 200, 1130, 2260, 3000],
  hc: [0, 45, 100, 215, 432, 648],
} as const satisfies Partial<Record<MetricId, readonly number[]>>;

export type Pollutant = keyof typeof concentrations;
export const isPollutant = (id: string): id is Pollutant => Object.hasOwn(concentrations, id);

export const ispuClasses = ['baik', 'sedang', 'tidak', 'sangat', 'bahaya'] as const;
export type IspuClass = (typeof ispuClasses)[number];

/**
 * Index of one pollutant, rounded to a whole number and linear between the points of the regulation; above the
 * last point it stays at 500.
 * @param mean24h 24-hour mean in µg/m³; negative counts as 0.
 */
export function ispuOf(pollutant: Pollutant, mean24h: number): number {
  const points = concentrations[pollutant];
  const mean = Math.max(0, mean24h);
  for (let upper = 1; upper < points.length; upper++) {
    const high = points[upper]!;
    if (mean > high) continue;
    const low = points[upper - 1]!;
    const from = indexPoints[upper - 1]!;
    const to = indexPoints[upper]!;
    return Math.round(from + ((mean - low) / (high - low)) * (to - from));
  }
  return 500;
}

export function ispuClassOf(index: number): IspuClass {
  if (index <= 50) return 'baik';
  if (index <= 100) return 'sedang';
  if (index <= 200) return 'tidak';
  return index <= 300 ? 'sangat' : 'bahaya';
}
