// Whether what the screen says of alarms can be believed; if not, why and since when. Pure.
import type { Evaluated } from '../../../model/alarm-http.ts';

/** The alarms room reports each second, and we ask each five; older than this, it is gone. */
export const evaluatedWithinMs = 15_000;

export interface AlarmKnowledge {
  /** Whether the server is heard, and since when it is so. */
  hearing: boolean;
  hearingSince: number;
  /** When the server last said which alarms stand; undefined while it never did. */
  checkedAt: number | undefined;
  /** Since when it does not answer. */
  failedSince: number | undefined;
  evaluated: Evaluated | undefined;
  /** What the server says of the alarms room, if it does. */
  room: { ok: boolean; since: string } | undefined;
}

export type AlarmDoubt =
  | { why: 'asking' }
  | { why: 'link' | 'query' | 'room'; since: number }
  /** The alarms room never worked. */
  | { why: 'never' };

/** undefined: what is shown is so. */
export function alarmDoubt(knowledge: AlarmKnowledge, nowMs: number): AlarmDoubt | undefined {
  const { hearing, hearingSince, checkedAt, failedSince, evaluated, room } = knowledge;
  if (!hearing) return { why: 'link', since: hearingSince };
  if (failedSince !== undefined) return { why: 'query', since: failedSince };
  if (checkedAt === undefined || evaluated === undefined) return { why: 'asking' };
  if (evaluated.at === null) return { why: 'never' };
  if (room?.ok === false) return { why: 'room', since: Date.parse(room.since) };
  const evaluatedAt = Date.parse(evaluated.at);
  return nowMs - evaluatedAt > evaluatedWithinMs ? { why: 'room', since: evaluatedAt } : undefined;
}
