// Stored values from the server: a series, its gaps, and the air-quality index of a station.
import { ispuOf } from '../../../model/ispu.ts';
import type { Series, SeriesPoint } from '../../../model/http.ts';

export interface SeriesRequest {
  id: string;
  metric: string;
  fromMs: number;
  toMs: number;
  points: number;
}

const answerWithinMs = 20_000;

/** @throws when the server does not give it within 20 s. */
export async function readSeries(request: SeriesRequest, signal?: AbortSignal): Promise<Series> {
  const query = new URLSearchParams({
    metric: request.metric,
    from: new Date(request.fromMs).toISOString(),
    to: new Date(request.toMs).toISOString(),
    points: String(request.points),
  });
  const path = `/api/assets/${encodeURIComponent(request.id)}/series?${query}`;
  const timeout = AbortSignal.timeout(answerWithinMs);
  const response = await fetch(path, { signal: signal ? AbortSignal.any([signal, timeout]) : timeout });
  if (!response.ok) throw new Error(`series answered ${response.status}`);
  return (await response.json()) as Series;
}

export interface Sample {
  at: number;
  mean: number;
  min: number;
  max: number;
  n: number;
}

export const toSamples = (points: readonly SeriesPoint[]): Sample[] =>
  points.map(([time, mean, min, max, n]) => ({ at: Date.parse(time), mean, min, max, n }));

/** Usual time between samples: the median, so that gaps do not count. */
export function usualStepMs(samples: readonly Sample[]): number | undefined {
  if (samples.length < 2) return undefined;
  const steps: number[] = [];
  for (let i = 1; i < samples.length; i++) steps.push(samples[i]!.at - samples[i - 1]!.at);
  return steps.sort((a, b) => a - b)[steps.length >> 1];
}

/** Stretches without data, edges of the range included: longer than two and a half usual steps. */
export function gapsOf(
  samples: readonly Sample[],
  fromMs: number,
  toMs: number,
  expectedEveryMs: number,
): [fromMs: number, toMs: number][] {
  const tolerated = 2.5 * Math.max(usualStepMs(samples) ?? 0, expectedEveryMs);
  const gaps: [number, number][] = [];
  let last = fromMs;
  for (const { at } of samples) {
    if (at - last > tolerated) gaps.push([last, at]);
    last = at;
  }
  if (toMs - last > tolerated) gaps.push([last, toMs]);
  return gaps;
}

export interface StationMean {
  /** Hours of the last 24 that hold data. */
  hours: number;
  /** Mean of the hourly means; undefined below 18 hours (75%). */
  mean: number | undefined;
  ispu: number | undefined;
  /** Hourly means, oldest first; undefined where there is none. */
  hourly: (number | undefined)[];
}

export const hoursOfMean = 24;
export const hoursNeeded = 18;
const hourMs = 3_600_000;

/** The 24-hour PM2.5 mean of a station and its index; each hour counts once, however often it was measured. */
export function stationMean(samples: readonly Sample[], toMs: number): StationMean {
  const fromMs = toMs - hoursOfMean * hourMs;
  const sums = Array.from({ length: hoursOfMean }, () => ({ sum: 0, n: 0 }));
  for (const sample of samples) {
    const hour = sums[Math.floor((sample.at - fromMs) / hourMs)];
    if (hour === undefined || sample.n <= 0) continue;
    hour.sum += sample.mean * sample.n;
    hour.n += sample.n;
  }
  const hourly = sums.map(({ sum, n }) => (n === 0 ? undefined : sum / n));
  const known = hourly.filter((mean) => mean !== undefined);
  if (known.length < hoursNeeded) return { hours: known.length, mean: undefined, ispu: undefined, hourly };
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
  return { hours: known.length, mean, ispu: ispuOf('pm25', mean), hourly };
}
