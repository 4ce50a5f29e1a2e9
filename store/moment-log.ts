// SQL of what the change log says of a moment: the alarms, incidents and warnings that stood, and what had just happened.
import type { Alarm } from '../model/alarm.ts';
import { eventNouns } from '../model/live.ts';
import type { Query } from './connect.ts';
import type { LoggedChange } from './changes.ts';
import { selectWarnings, type StandingWarning } from './warnings.ts';

const toldEvents = 100;
const columns = 'seq, at, noun, noun_id AS id, version, actor, body';

export interface LoggedMoment {
  alarms: Alarm[];
  /** As the change log holds them. */
  incidents: LoggedNoun[];
  warnings: StandingWarning[];
  /** Newest first. */
  events: LoggedChange[];
}

export type LoggedNoun = Record<string, unknown> & { id: string };

const overWhen: Readonly<Record<string, string>> = { alarm: 'normal', incident: 'closed' };

/** An alarm's mark is its subject's, what else is simulated says so itself. */
const isSimulated = ({ body }: LoggedChange): boolean =>
  (body['subject'] as { simulated?: boolean } | undefined)?.simulated === true || body['simulated'] === true;

/**
 * What stood at `atMs`: of each thing its newest entry by then, and whether that says that it stands. Alarms come often:
 * each is asked for its entry by then, so that the log may grow.
 */
export async function selectLoggedAt(tx: Query, atMs: number, withSimulated: boolean): Promise<LoggedMoment> {
  const at = new Date(atMs);
  const newest = await tx.query<LoggedChange>(
    `SELECT e.* FROM alarm AS a CROSS JOIN LATERAL (
       SELECT ${columns} FROM change_log AS c
       WHERE c.noun = 'alarm' AND c.noun_id = a.alarm_no::text AND c.at <= $1 ORDER BY c.version DESC LIMIT 1) AS e
     WHERE e.body->>'state' <> 'normal'
     UNION ALL
     (SELECT DISTINCT ON (noun, noun_id) ${columns} FROM change_log
      WHERE noun IN ('incident', 'warning') AND at <= $1 ORDER BY noun, noun_id, version DESC)`,
    [at],
  );
  const shown = newest.filter((entry) => withSimulated || !isSimulated(entry));
  const open = (noun: string): LoggedNoun[] =>
    shown
      .filter((entry) => entry.noun === noun && entry.body['state'] !== overWhen[noun])
      .map(({ id, version, body }) => ({ ...body, id, version }));
  const standing = shown.filter(({ noun, body }) => noun === 'warning' && body['state'] === 'standing');
  const warnings = await selectWarnings(
    tx,
    standing.map(({ id }) => id),
    at,
  );
  return {
    // Its body is the alarm, less what the entry itself says.
    alarms: open('alarm') as unknown as Alarm[],
    incidents: open('incident'),
    warnings: warnings.filter(({ simulated }) => withSimulated || !simulated),
    events: await selectEventsBefore(tx, at),
  };
}

const selectEventsBefore = (tx: Query, at: Date): Promise<LoggedChange[]> =>
  tx.query<LoggedChange>(
    `SELECT ${columns} FROM change_log WHERE at <= $1 AND noun = ANY ($2) ORDER BY at DESC, seq DESC
     LIMIT ${toldEvents}`,
    [at, eventNouns],
  );

/** Entries after `from` and up to `to`, oldest first; one more than `limit` says that there are more. */
export const selectEventsWithin = (tx: Query, from: Date, to: Date, limit: number): Promise<LoggedChange[]> =>
  tx.query<LoggedChange>(
    `SELECT ${columns} FROM change_log WHERE at > $1 AND at <= $2 AND noun = ANY ($3) ORDER BY at, seq LIMIT $4`,
    [from, to, eventNouns, limit + 1],
  );
