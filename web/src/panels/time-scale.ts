// The time bar's geometry and words: where a moment stands, what is written under it, and what people type for a moment. Pure.
import type { Density } from '../../../model/moment.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

export const ranges = { '1h': hourMs, '6h': 6 * hourMs, '24h': dayMs, '7d': 7 * dayMs } as const;
export type RangeId = keyof typeof ranges;
export const rangeIds = Object.keys(ranges) as RangeId[];

export interface Span {
  fromMs: number;
  toMs: number;
}

/** The stretch that the bar shows: it ends now, unless the moment looked at lies before it; then that is in its middle. */
export function windowOf(range: RangeId, atMs: number, wallMs: number): Span {
  const spanMs = ranges[range];
  // It moves on by steps, so that bars do not crawl.
  const stepMs = spanMs / 60;
  const endMs = Math.ceil((wallMs + spanMs / 120) / stepMs) * stepMs;
  if (atMs >= endMs - spanMs) return { fromMs: endMs - spanMs, toMs: endMs };
  const middle = Math.floor(atMs / (spanMs / 4)) * (spanMs / 4);
  return { fromMs: middle - spanMs / 2, toMs: middle + spanMs / 2 };
}

export const placeOf = (ms: number, { fromMs, toMs }: Span, width: number): number =>
  ((ms - fromMs) / (toMs - fromMs)) * width;

export const momentAt = (x: number, { fromMs, toMs }: Span, width: number): number =>
  fromMs + (Math.min(width, Math.max(0, x)) / Math.max(1, width)) * (toMs - fromMs);

/** How far local time is ahead of UTC at a moment, by the city's time zone. */
export function offsetMsOf(ms: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(ms);
  const n = (type: string): number => Number(parts.find((part) => part.type === type)?.value);
  const local = Date.UTC(n('year'), n('month') - 1, n('day'), n('hour'), n('minute'), n('second'));
  return local - Math.floor(ms / 1000) * 1000;
}

export interface Tick {
  ms: number;
  /** Begins a day. */
  day: boolean;
  labelled: boolean;
}

const tickSteps = [5, 10, 15, 30, 60, 180, 360, 720, 1440].map((minutes) => minutes * minuteMs);
const tickPixels = 22;
const labelPixels = 76;

/** Ticks on round local times, and those with room for a label. */
export function ticksOf(span: Span, width: number, timeZone: string): Tick[] {
  const msPerPixel = (span.toMs - span.fromMs) / Math.max(1, width);
  const stepOf = (pixels: number): number =>
    tickSteps.find((step) => step >= pixels * msPerPixel) ?? Math.ceil((pixels * msPerPixel) / dayMs) * dayMs;
  const [tickMs, labelMs] = [stepOf(tickPixels), stepOf(labelPixels)];
  const offset = offsetMsOf(span.fromMs, timeZone);
  const ticks: Tick[] = [];
  const first = Math.ceil((span.fromMs + offset) / tickMs) * tickMs;
  for (let local = first; local - offset <= span.toMs; local += tickMs)
    ticks.push({ ms: local - offset, day: local % dayMs === 0, labelled: local % labelMs === 0 });
  return ticks;
}

/** Heights of the bars, 0 to 1; the root, so that a quiet night is not flat under a rush hour. */
export function barsOf({ accepted }: Pick<Density, 'accepted'>): number[] {
  const most = Math.max(1, ...accepted);
  return accepted.map((n) => Math.sqrt(n / most));
}

/** The alarm whose beginning is next from a moment, in a direction. */
export function alarmBeside(alarms: Density['alarms'], ms: number, direction: 1 | -1): number | undefined {
  const begins = alarms.map(({ at }) => Date.parse(at));
  // A moment that is an alarm's beginning is left behind.
  return direction === 1
    ? begins.filter((at) => at > ms + 999).sort((a, b) => a - b)[0]
    : begins.filter((at) => at < ms - 999).sort((a, b) => b - a)[0];
}

/** How long ago in two units: `2 jam 5 mnt`. */
export function longAgo(ms: number): [number, 'days' | 'hours' | 'minutes' | 'seconds'][] {
  const units = [
    ['days', dayMs],
    ['hours', hourMs],
    ['minutes', minuteMs],
    ['seconds', 1000],
  ] as const;
  const first = units.findIndex(([, size]) => ms >= size);
  if (first < 0) return [[0, 'seconds']];
  let rest = ms;
  return units.slice(first, first + 2).flatMap(([unit, size], place) => {
    const n = Math.floor(rest / size);
    rest -= n * size;
    return n === 0 && place > 0 ? [] : ([[n, unit]] as [number, typeof unit][]);
  });
}

export type Typed = { ms: number } | { fault: 'unreadable' | 'future' };

/**
 * A moment as people type it, in the city's time: `18:42`, `18:42:10`, `24-11 18:42`, `2026-11-24 18:42`, `-15` minutes.
 * Without a date it is the last such time of day.
 */
export function parseMoment(text: string, wallMs: number, timeZone: string): Typed {
  const back = /^[-−]\s*(\d{1,5})(?:\s*(?:m|mnt|min))?$/.exec(text.trim());
  if (back) return { ms: wallMs - Number(back[1]) * minuteMs };
  const match =
    /^(?:(?:(\d{4})-(\d{1,2})-(\d{1,2})|(\d{1,2})[-/.](\d{1,2})(?:[-/.](\d{4}))?)[\sT]+)?(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?$/.exec(
      text.trim(),
    );
  if (match === null) return { fault: 'unreadable' };
  const [, y1, m1, d1, d2, m2, y2, h, min, s] = match.map((part) =>
    part === undefined ? undefined : Number(part),
  );
  if (h! > 23 || min! > 59 || (s ?? 0) > 59) return { fault: 'unreadable' };
  const local = new Date(wallMs + offsetMsOf(wallMs, timeZone));
  const [year, month, day] = [
    y1 ?? y2 ?? local.getUTCFullYear(),
    m1 ?? m2 ?? local.getUTCMonth() + 1,
    d1 ?? d2 ?? local.getUTCDate(),
  ];
  const date = new Date(Date.UTC(year, month - 1, day));
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return { fault: 'unreadable' };
  const asUtc = date.getTime() + h! * hourMs + min! * minuteMs + (s ?? 0) * 1000;
  let ms = asUtc - offsetMsOf(asUtc - offsetMsOf(asUtc, timeZone), timeZone);
  if (ms > wallMs && d1 === undefined && d2 === undefined) ms -= dayMs;
  return ms > wallMs ? { fault: 'future' } : { ms };
}
