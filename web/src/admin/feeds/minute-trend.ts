// The last hour of a feed as a line: messages a minute, and the minutes of which nothing is known as gaps. Pure.
import type { FeedMinute } from '../../../../model/feed.ts';

export interface Trend {
  points: { at: number; value: number }[];
  gaps: [from: number, to: number][];
  from: number;
  to: number;
}

const minuteMs = 60_000;
const minutesShown = 60;

/** The running minute is left out: it is not full yet. A gap is two minutes or more without a row. */
export function minuteTrend(minutes: readonly FeedMinute[], nowMs: number): Trend {
  const to = Math.floor(nowMs / minuteMs) * minuteMs;
  const from = to - minutesShown * minuteMs;
  const points = minutes
    .map(([start, received]) => ({ at: Date.parse(start), value: received }))
    .filter(({ at }) => at >= from && at < to)
    .sort((a, b) => a.at - b.at);
  const gaps: [number, number][] = [];
  let known = from;
  for (const { at } of points) {
    if (at - known > minuteMs) gaps.push([known, at]);
    known = at + minuteMs;
  }
  if (to - known > minuteMs) gaps.push([known, to]);
  return { points, gaps, from, to };
}

/** All feeds together, a minute each. */
export function sumMinutes(feeds: readonly { minutes: readonly FeedMinute[] }[]): FeedMinute[] {
  const sums = new Map<string, number>();
  for (const { minutes } of feeds) {
    for (const [start, received] of minutes) sums.set(start, (sums.get(start) ?? 0) + received);
  }
  return [...sums].map(([start, received]): FeedMinute => [start, received, 0, 0, 0, null, null]);
}
