// Tracks: where a vehicle was, as lines that lose nothing one could see, and never bridge a gap. Pure.
import Type, { type Static } from 'typebox';
import { silentAfterIntervals } from './asset.ts';

const Time = Type.String({ format: 'date-time' });

export const TrackQuery = Type.Object({
  from: Type.Optional(Type.String({ description: 'ISO 8601; 30 minutes before `to` unless given' })),
  to: Type.Optional(Type.String({ description: 'ISO 8601; now unless given' })),
});

export const Track = Type.Object({
  id: Type.String(),
  from: Time,
  to: Time,
  resolution: Type.Union([Type.Literal('fix'), Type.Literal('minute')], {
    description: 'every fix for 29 days, then the last of each minute',
  }),
  fixes: Type.Integer({ description: 'that were read; the lines keep what bends' }),
  truncated: Type.Boolean({ description: 'there were more fixes than are read: the oldest are left out' }),
  parts: Type.Array(Type.Array(Type.Tuple([Time, Type.Number(), Type.Number()])), {
    description: 'lines of [time, lat, lon]; between two of them nothing was heard for long',
  }),
});
export type Track = Static<typeof Track>;

export interface Fix {
  at: number;
  lat: number;
  lon: number;
}

/** Metres a line may lie beside a fix it leaves out. */
const toleranceM = 4;
const metresPerDegree = 111_195;
const minuteMs = 60_000;

/** Longer without a fix is a gap: as long as it takes to be called silent. */
export const gapMsOf = (expectedEverySeconds: number, resolution: 'fix' | 'minute'): number =>
  Math.max(
    expectedEverySeconds * silentAfterIntervals * 1000,
    resolution === 'minute' ? 3 * minuteMs : minuteMs,
  );

/** Fixes in order, parted where nothing was heard for longer than `gapMs`, each part simplified. */
export function toTrackParts(fixes: readonly Fix[], gapMs: number): Fix[][] {
  const parts: Fix[][] = [];
  for (const fix of fixes) {
    const part = parts.at(-1);
    if (part === undefined || fix.at - part.at(-1)!.at > gapMs) parts.push([fix]);
    else part.push(fix);
  }
  return parts.map(simplify);
}

/** Douglas and Peucker (1973), without recursion; ends stay, and so does what lies farther than the tolerance. */
export function simplify(part: readonly Fix[]): Fix[] {
  if (part.length < 3) return [...part];
  const scale = Math.cos((part[0]!.lat * Math.PI) / 180);
  const keep = new Uint8Array(part.length);
  keep[0] = keep[part.length - 1] = 1;
  const spans: [number, number][] = [[0, part.length - 1]];
  for (let span = spans.pop(); span !== undefined; span = spans.pop()) {
    const [from, to] = span;
    let farthest = -1;
    let most = toleranceM;
    for (let n = from + 1; n < to; n++) {
      const away = metresBeside(part[n]!, part[from]!, part[to]!, scale);
      if (away > most) [farthest, most] = [n, away];
    }
    if (farthest < 0) continue;
    keep[farthest] = 1;
    spans.push([from, farthest], [farthest, to]);
  }
  return part.filter((_, n) => keep[n] === 1);
}

/** From a fix to the line between two others. */
function metresBeside(fix: Fix, from: Fix, to: Fix, scale: number): number {
  const metres = metresPerDegree;
  const [x, y] = [(fix.lon - from.lon) * scale * metres, (fix.lat - from.lat) * metres];
  const [dx, dy] = [(to.lon - from.lon) * scale * metres, (to.lat - from.lat) * metres];
  const length2 = dx * dx + dy * dy;
  const along = length2 === 0 ? 0 : Math.min(1, Math.max(0, (x * dx + y * dy) / length2));
  return Math.hypot(x - along * dx, y - along * dy);
}
