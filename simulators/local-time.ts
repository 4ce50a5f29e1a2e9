// What the clocks of the city show: the hour, day and month that rhythms go by.

export interface LocalTime {
  /** 0 up to 24, with minutes as a fraction. */
  hour: number;
  weekend: boolean;
  /** 0 for January. */
  month: number;
  /** Days since 1970 by the local calendar. */
  dayNo: number;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

const offsets = new Map<string, { hourNo: number; offsetMs: number }>();

/** Milliseconds that the zone is ahead of UTC; asked of Intl once an hour, for that is slow. */
export function utcOffsetMs(ms: number, timeZone: string): number {
  const hourNo = Math.floor(ms / hourMs);
  const held = offsets.get(timeZone);
  if (held?.hourNo === hourNo) return held.offsetMs;
  const parts = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' }).formatToParts(ms);
  const name = parts.find((part) => part.type === 'timeZoneName')?.value ?? 'GMT';
  const [, sign = '+', hours = '0', minutes = '0'] = /GMT([+-])(\d+):(\d+)/.exec(name) ?? [];
  const offsetMs = (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
  offsets.set(timeZone, { hourNo, offsetMs });
  return offsetMs;
}

export function localTimeAt(ms: number, timeZone: string): LocalTime {
  const localMs = ms + utcOffsetMs(ms, timeZone);
  const dayNo = Math.floor(localMs / dayMs);
  const weekday = (dayNo + 4) % 7; // 1 January 1970 was a Thursday
  return {
    hour: (localMs - dayNo * dayMs) / hourMs,
    weekend: weekday === 0 || weekday === 6,
    month: new Date(localMs).getUTCMonth(),
    dayNo,
  };
}

/** Epoch milliseconds at which a local day begins. */
export const startOfDayMs = (dayNo: number, timeZone: string): number =>
  dayNo * dayMs - utcOffsetMs(dayNo * dayMs, timeZone);

/** `05:30` as hours. */
export function parseClock(text: string): number {
  const [hours = 0, minutes = 0] = text.split(':').map(Number);
  return hours + minutes / 60;
}
