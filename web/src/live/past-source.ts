// The past from the server: a moment, and a reel of a stretch, which is the moment it begins with and what changed in it.
import { isStanding, type Alarm } from '../../../model/alarm.ts';
import type { Event } from '../../../model/live.ts';
import type { Known, Moment, Slice } from '../../../model/moment.ts';
import { toAlarm } from './alarm-list.ts';
import { ask, type Answer } from './ask.ts';
import { Reel, type Registered } from './reel.ts';
import type { Stretch } from './stretches.ts';

const iso = (ms: number): string => new Date(ms).toISOString();

export const askMoment = (atMs: number, known: Known, signal: AbortSignal): Promise<Answer<Moment>> =>
  ask<Moment>('GET', `/api/moments?${new URLSearchParams({ at: iso(atMs), known })}`, { signal });

/** A reel with what stood when it begins. */
export interface Piece {
  fromMs: number;
  toMs: number;
  reel: Reel;
  moment: Moment;
  /** Holds every fix: wherever it is stopped, it shows the moment itself. */
  exact: boolean;
}

/** The moment and the changes are asked for at once: the one does not wait for the other. */
export async function askPiece(
  { fromMs, toMs, stepSeconds }: Stretch,
  known: Known,
  registered: Registered,
  signal: AbortSignal,
): Promise<Answer<Piece>> {
  const query = new URLSearchParams({ from: iso(fromMs), to: iso(toMs), known, step: String(stepSeconds) });
  const [moment, slice] = await Promise.all([
    askMoment(fromMs, known, signal),
    ask<Slice>('GET', `/api/moments/slices?${query}`, { signal }),
  ]);
  if (!moment.ok) return moment;
  if (!slice.ok) return slice;
  const reel = new Reel(moment.value.features, slice.value, registered);
  return {
    ok: true,
    value: { fromMs: reel.fromMs, toMs: reel.toMs, reel, moment: moment.value, exact: stepSeconds === 0 },
  };
}

/** The alarms that stand after some entries of the log, from those that stood before them. */
export function alarmsAfter(before: readonly Alarm[], events: readonly Event[]): Alarm[] {
  const alarms = new Map(before.map((alarm) => [alarm.id, alarm]));
  for (const event of events) {
    const alarm = toAlarm(event);
    if (alarm === undefined) continue;
    if (isStanding(alarm)) alarms.set(alarm.id, alarm);
    else alarms.delete(alarm.id);
  }
  return [...alarms.values()];
}
