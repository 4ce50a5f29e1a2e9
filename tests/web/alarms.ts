// Alarms for the tests of the web room.
import { firstAlarm, stateOf, type Alarm } from '../../model/alarm.ts';
import { raising } from '../alarm-samples.ts';

export const startMs = Date.parse('2026-11-24T13:00:00.000Z');
export const iso = (afterSeconds: number): string => new Date(startMs + afterSeconds * 1000).toISOString();

/** Raised so many seconds after the start; whatever is given is so, and the state follows. */
export function alarm(id: number | string, afterSeconds = 0, given: Partial<Alarm> = {}): Alarm {
  const raised = firstAlarm(String(id), 'udara', raising(`sensor:${id}`), iso(afterSeconds));
  const made = { ...raised, ...given };
  return { ...made, state: stateOf(made) };
}
