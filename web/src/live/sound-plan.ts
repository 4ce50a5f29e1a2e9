// Which sound is due: after ISA-18.2 every alarm that calls for somebody is heard; silencing never acknowledges. Pure.
import { isUnanswered, type Alarm, type AlarmPriority } from '../../../model/alarm.ts';
import { occurrenceKey } from './alarm-list.ts';

export const repeatMs = 5_000;
/** Silence ends by itself. */
export const silenceMs = 120_000;

export type Sound = Exclude<AlarmPriority, 4>;

export interface SoundState {
  /** What has been heard of already: an occurrence, and its escalation apart. undefined before the first look. */
  readonly known: ReadonlySet<string> | undefined;
  /** When the notes of priority 1 last began; epoch milliseconds. */
  readonly repeatedAt: number;
  readonly silentUntil: number | undefined;
}

export const quiet: SoundState = { known: undefined, repeatedAt: 0, silentUntil: undefined };

/**
 * Looks at the alarms that stand: what is to be played now, and what is remembered. A page that has just opened plays
 * nothing for what it finds, except priority 1, which sounds until somebody acknowledges it.
 * @param hearsEscalations whether alarms handed up sound here a second time: the supervisor's desk.
 */
export function nextSound(
  state: SoundState,
  alarms: readonly Alarm[],
  nowMs: number,
  hearsEscalations: boolean,
): { play: Sound | undefined; state: SoundState } {
  const calling = alarms.filter(isUnanswered);
  const known = new Set<string>();
  let gravestNew: AlarmPriority | undefined;
  for (const alarm of calling) {
    for (const key of keysOf(alarm, hearsEscalations)) {
      known.add(key);
      if (state.known?.has(key) ?? true) continue;
      if (gravestNew === undefined || alarm.priority < gravestNew) gravestNew = alarm.priority;
    }
  }
  const isSilent =
    state.silentUntil !== undefined &&
    nowMs < state.silentUntil &&
    (gravestNew === undefined || gravestNew > 2);
  const silentUntil = isSilent ? state.silentUntil : undefined;
  const next = { known, silentUntil, repeatedAt: state.repeatedAt };
  if (isSilent) return { play: undefined, state: next };
  const critical = calling.some(({ priority }) => priority === 1);
  if (critical && (gravestNew === 1 || nowMs - state.repeatedAt >= repeatMs))
    return { play: 1, state: { ...next, repeatedAt: nowMs } };
  const play = gravestNew === 2 || gravestNew === 3 ? gravestNew : undefined;
  return { play, state: next };
}

export const silenced = (state: SoundState, nowMs: number): SoundState => ({
  ...state,
  silentUntil: nowMs + silenceMs,
});

export const unsilenced = (state: SoundState): SoundState => ({ ...state, silentUntil: undefined });

function keysOf(alarm: Alarm, hearsEscalations: boolean): string[] {
  const key = occurrenceKey(alarm);
  return hearsEscalations && alarm.escalatedAt !== null ? [key, `${key}!`] : [key];
}

export interface Note {
  /** Hertz. */
  from: number;
  to: number;
  /** Seconds after the beginning. */
  at: number;
  seconds: number;
}

/** Priority 1 three falling notes, 2 two, 3 one. */
export const notesOf: Record<Sound, readonly Note[]> = {
  1: [
    { from: 988, to: 880, at: 0, seconds: 0.22 },
    { from: 784, to: 698, at: 0.28, seconds: 0.22 },
    { from: 622, to: 523, at: 0.56, seconds: 0.34 },
  ],
  2: [
    { from: 740, to: 740, at: 0, seconds: 0.18 },
    { from: 587, to: 587, at: 0.26, seconds: 0.24 },
  ],
  3: [{ from: 587, to: 587, at: 0, seconds: 0.2 }],
};
