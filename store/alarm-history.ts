// SQL that reads alarms and what happened to them, for lists and drawers.
import type { Alarm, AlarmState, AlarmStep } from '../model/alarm.ts';
import type { AlarmTransition } from '../model/alarm-http.ts';
import type { Query } from './connect.ts';

export interface AlarmFilter {
  /** Only what is not normal. */
  standing: boolean;
  subjectId?: string | undefined;
  /** Epoch milliseconds: changed at or after it. */
  sinceMs?: number | undefined;
  limit: number;
}

/** The newest change first. */
export async function selectAlarms(db: Query, filter: AlarmFilter): Promise<Alarm[]> {
  const rows = await db.query<{ body: Alarm }>(
    `SELECT body FROM alarm
     WHERE (NOT $1::boolean OR state <> 'normal') AND ($2::text IS NULL OR subject_id = $2)
       AND ($3::timestamptz IS NULL OR changed_at >= $3)
     ORDER BY changed_at DESC, alarm_no DESC LIMIT $4`,
    [
      filter.standing,
      filter.subjectId ?? null,
      filter.sinceMs === undefined ? null : new Date(filter.sinceMs),
      filter.limit,
    ],
  );
  return rows.map(({ body }) => body);
}

/** What happened to an alarm: the newest `limit`, the oldest of them first. */
export async function selectAlarmHistory(db: Query, id: string, limit: number): Promise<AlarmTransition[]> {
  const rows = await db.query<{
    at: Date;
    act: string;
    state: AlarmState;
    actor: string;
    occurrence: number;
    owner: string | null;
    step: AlarmStep | null;
    reason: string | null;
  }>(
    `SELECT t.at, act, state, t.actor, occurrence, body->>'owner' AS owner, body->'steps'->-1 AS step,
       body->>'shelvedReason' AS reason
     FROM (SELECT * FROM alarm_transition WHERE alarm_no = $1 ORDER BY version DESC LIMIT $2) AS t
     LEFT JOIN change_log AS c ON c.noun = 'alarm' AND c.noun_id = $1::int::text AND c.version = t.version
     ORDER BY t.version`,
    [Number(id), limit],
  );
  return rows.map(({ at, act, state, actor: by, occurrence, owner, step, reason }) => ({
    at: at.toISOString(),
    act,
    state,
    by,
    occurrence,
    ...(act === 'own' ? { owner } : {}),
    ...(act === 'step' && step !== null ? { step } : {}),
    ...(act === 'shelve' && reason !== null ? { reason } : {}),
  }));
}
