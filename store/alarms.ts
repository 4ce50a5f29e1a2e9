// SQL of alarms: each act is the row, its line among the transitions and its entry of the change log, in one transaction.
import {
  applyAct,
  firstAlarm,
  type Alarm,
  type AlarmAct,
  type AlarmComment,
  type AlarmRefusal,
} from '../model/alarm.ts';
import { appendChange } from './changes.ts';
import type { Database, Query } from './connect.ts';
import { toJsonb } from './jsonb.ts';
import { StaleVersionError } from './stale.ts';

/** The act cannot be as the alarm stands; `current` is how it stands. */
export class AlarmRefusedError extends Error {
  override name = 'AlarmRefusedError';
  readonly reason: AlarmRefusal;
  readonly current: Alarm;

  constructor(reason: AlarmRefusal, current: Alarm) {
    super(`the alarm is ${current.state}: ${reason}`);
    this.reason = reason;
    this.current = current;
  }
}

interface Row {
  alarm_no: number;
  body: Alarm;
}

const alarmNoOf = (id: string): number => (/^[1-9]\d{0,8}$/.test(id) ? Number(id) : 0);

/** Every alarm that is not normal, the newest change first. */
export async function selectStandingAlarms(db: Query): Promise<Alarm[]> {
  const rows = await db.query<Row>(
    `SELECT alarm_no, body FROM alarm WHERE state <> 'normal' ORDER BY changed_at DESC, alarm_no DESC`,
  );
  return rows.map(({ body }) => body);
}

/** Ids of the alarms that are out of service since `actor` took them out. */
export async function selectTakenOutBy(db: Query, actor: string): Promise<Set<string>> {
  const rows = await db.query<{ alarm_no: number }>(
    `SELECT alarm_no FROM alarm WHERE state = 'out-of-service' AND $1 = (
       SELECT actor FROM alarm_transition t
       WHERE t.alarm_no = alarm.alarm_no AND act = 'take-out-of-service' ORDER BY at DESC LIMIT 1)`,
    [actor],
  );
  return new Set(rows.map((row) => String(row.alarm_no)));
}

/** Every alarm that there ever was of a subject, the newest first. */
export async function selectAlarmsOf(db: Query, subjectId: string, limit: number): Promise<Alarm[]> {
  const rows = await db.query<Row>(
    `SELECT alarm_no, body FROM alarm WHERE subject_id = $1 ORDER BY raised_at DESC LIMIT $2`,
    [subjectId, limit],
  );
  return rows.map(({ body }) => body);
}

export async function selectAlarm(db: Query, id: string): Promise<Alarm | undefined> {
  const [row] = await db.query<Row>('SELECT alarm_no, body FROM alarm WHERE alarm_no = $1', [alarmNoOf(id)]);
  return row?.body;
}

/** The oldest first. */
export async function selectAlarmComments(db: Query, id: string): Promise<AlarmComment[]> {
  const rows = await db.query<{ at: Date; actor: string; occurrence: number; comment_text: string }>(
    'SELECT at, actor, occurrence, comment_text FROM alarm_comment WHERE alarm_no = $1 ORDER BY at',
    [alarmNoOf(id)],
  );
  return rows.map((row) => ({
    at: row.at.toISOString(),
    by: row.actor,
    occurrence: row.occurrence,
    text: row.comment_text,
  }));
}

export interface ActOptions {
  /** As the change log names actors. */
  by: string;
  atMs: number;
  /** The version that the act was decided on; without it the act is tried on whatever stands. */
  version?: number | undefined;
  /** Of the act `comment`; beside any other act, why: it is kept among the comments, so that the log bears no prose. */
  text?: string | undefined;
}

/**
 * Raises the alarm of a rule over a subject. Two processes that see the same condition raise it once: the row's key and
 * its lock let the second find it active.
 * @returns the alarm as it stands then, also when it was active already.
 */
export async function raiseAlarm(
  db: Database,
  ruleId: string,
  act: Extract<AlarmAct, { act: 'raise' }>,
  { by, atMs }: Omit<ActOptions, 'version' | 'text'>,
): Promise<Alarm> {
  return db.transaction(async (tx) => {
    const at = new Date(atMs).toISOString();
    const placed = await tx.query<{ alarm_no: number }>(
      `INSERT INTO alarm (rule_id, subject_id, priority, state, body, raised_at, changed_at, version)
       VALUES ($1, $2, $3, 'normal', '{}', $4, $4, 0) ON CONFLICT (rule_id, subject_id) DO NOTHING RETURNING alarm_no`,
      [ruleId, act.subject.id, act.priority, at],
    );
    if (placed[0] !== undefined) {
      const alarm = firstAlarm(String(placed[0].alarm_no), ruleId, act, at);
      await write(tx, placed[0].alarm_no, alarm, act, by);
      return alarm;
    }
    const [row] = await tx.query<Row>(
      'SELECT alarm_no, body FROM alarm WHERE rule_id = $1 AND subject_id = $2 FOR UPDATE',
      [ruleId, act.subject.id],
    );
    const applied = applyAct(row!.body, act, by, at);
    if ('refused' in applied) return row!.body;
    await write(tx, row!.alarm_no, applied.alarm, act, by);
    return applied.alarm;
  });
}

/**
 * What somebody, or the alarms room, does to an alarm.
 * @throws {StaleVersionError} when it is no longer of `version`.
 * @throws {AlarmRefusedError} when it cannot be as the alarm stands.
 * @returns undefined when there is no such alarm.
 */
export async function actOnAlarm(
  db: Database,
  id: string,
  act: AlarmAct,
  { by, atMs, version, text }: ActOptions,
): Promise<Alarm | undefined> {
  return db.transaction(async (tx) => {
    const [row] = await tx.query<Row>('SELECT alarm_no, body FROM alarm WHERE alarm_no = $1 FOR UPDATE', [
      alarmNoOf(id),
    ]);
    if (row === undefined) return undefined;
    if (version !== undefined && version !== row.body.version) throw new StaleVersionError(row.body);
    const applied = applyAct(row.body, act, by, new Date(atMs).toISOString());
    if ('refused' in applied) throw new AlarmRefusedError(applied.refused, row.body);
    if (text === undefined) {
      await write(tx, row.alarm_no, applied.alarm, act, by);
      return applied.alarm;
    }
    await tx.execute(
      'INSERT INTO alarm_comment (alarm_no, at, actor, occurrence, comment_text) VALUES ($1, $2, $3, $4, $5)',
      [row.alarm_no, new Date(atMs), by, row.body.occurrence, text],
    );
    const commented = { ...applied.alarm, comments: row.body.comments + 1 };
    await write(tx, row.alarm_no, commented, act, by);
    return commented;
  });
}

async function write(tx: Query, alarmNo: number, alarm: Alarm, { act }: AlarmAct, by: string): Promise<void> {
  const { priority, state, raisedAt, changedAt, version, ruleId, occurrence } = alarm;
  await tx.execute(
    `UPDATE alarm SET priority = $2, state = $3, body = $4, raised_at = $5, changed_at = $6, version = $7
     WHERE alarm_no = $1`,
    [alarmNo, priority, state, toJsonb(alarm), raisedAt, changedAt, version],
  );
  await tx.execute(
    `INSERT INTO alarm_transition (at, alarm_no, rule_id, occurrence, act, state, priority, actor, version)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [changedAt, alarmNo, ruleId, occurrence, act, state, priority, by, version],
  );
  const { id, version: _, ...body } = alarm;
  await appendChange(tx, { noun: 'alarm', id, version, actor: by, body, at: Date.parse(changedAt) });
}
