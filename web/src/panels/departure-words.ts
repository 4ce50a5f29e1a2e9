// How a departure is said: how late it is, when it leaves, how often it comes. Pure.
import type { Departure } from '../../../model/transit.ts';
import type { Words } from '../words/id.ts';
import { ageWords, minuteWords } from '../words/say.ts';

/** Nobody waiting at a stop calls less than a minute late. */
const onTimeSeconds = 60;

export type Punctuality = 'timetable' | 'onTime' | 'late' | 'early' | 'cancelled' | 'skipped' | 'headway';

export function punctualityOf(departure: Departure): Punctuality {
  if (departure.cancelled) return 'cancelled';
  if (departure.skipped) return 'skipped';
  if (departure.headwaySeconds !== null) return 'headway';
  if (!departure.live || departure.delaySeconds === null) return 'timetable';
  if (Math.abs(departure.delaySeconds) < onTimeSeconds) return 'onTime';
  return departure.delaySeconds > 0 ? 'late' : 'early';
}

export function punctualityWords(departure: Departure, words: Words, timeZone: string): string {
  const delay = ageWords(Math.abs(departure.delaySeconds ?? 0) * 1000, words);
  switch (punctualityOf(departure)) {
    case 'cancelled':
      return words.cancelled;
    case 'skipped':
      return words.skipped;
    case 'headway': {
      const every = words.everyHeadway(ageWords((departure.headwaySeconds ?? 0) * 1000, words));
      const until = departure.headwayUntil;
      return until === null ? every : `${every} ${words.untilTime(minuteWords(Date.parse(until), timeZone))}`;
    }
    case 'onTime':
      return words.onTime;
    case 'late':
      return words.late(delay);
    case 'early':
      return words.early(delay);
    case 'timetable':
      return words.byTimetable;
  }
}

/** How long until it leaves; a dash for what does not leave, or comes by headway and may come now. */
export function leavesInWords(departure: Departure, nowMs: number, words: Words): string {
  if (departure.cancelled || departure.skipped) return '–';
  const leftMs = Date.parse(departure.expectedAt) - nowMs;
  return leftMs < 60_000 ? words.leavingNow : ageWords(leftMs, words);
}
