// SQL of dry runs: rules that somebody asked to have tried on the past, and what came of it. One at a time.
import type { AlarmRuleText } from '../model/alarm-rule.ts';
import type { RuleTrial, TrialResult } from '../model/alarm-rule-http.ts';
import { appendChange } from './changes.ts';
import type { Database, Query } from './connect.ts';
import { toJsonb } from './jsonb.ts';

interface TrialRow {
  trial_no: number;
  rule: { text: AlarmRuleText; ruleId: string | null };
  from_at: Date;
  to_at: Date;
  state: RuleTrial['state'];
  progress: number;
  result: { result?: TrialResult; fault?: string };
  created_at: Date;
}

const columns = 'trial_no, rule, from_at, to_at, state, progress, result, created_at';

const toTrial = (row: TrialRow): RuleTrial => ({
  no: row.trial_no,
  rule: row.rule.text,
  ruleId: row.rule.ruleId,
  from: row.from_at.toISOString(),
  to: row.to_at.toISOString(),
  state: row.state,
  progress: row.progress,
  result: row.result.result ?? null,
  fault: row.result.fault ?? null,
  createdAt: row.created_at.toISOString(),
});

/** Another dry run waits or runs. */
export class TrialUnderWayError extends Error {
  override name = 'TrialUnderWayError';
  readonly current: RuleTrial;

  constructor(current: RuleTrial) {
    super(`dry run ${current.no} is ${current.state}`);
    this.current = current;
  }
}

export interface NewTrial {
  rule: AlarmRuleText;
  ruleId: string | undefined;
  fromMs: number;
  toMs: number;
}

/**
 * Asks for a dry run. Those of more than 30 days ago are let go.
 * @throws {TrialUnderWayError}
 */
export async function insertRuleTrial(db: Database, trial: NewTrial, actor: string): Promise<RuleTrial> {
  const { rule: text, ruleId = null, fromMs, toMs } = trial;
  return db.transaction(async (tx) => {
    await tx.execute(`DELETE FROM rule_trial WHERE created_at < now() - interval '30 days'`);
    const [row] = await tx.query<TrialRow>(
      `INSERT INTO rule_trial (rule, from_at, to_at, actor) VALUES ($1, $2, $3, $4)
       ON CONFLICT ((true)) WHERE state IN ('waiting', 'running') DO NOTHING RETURNING ${columns}`,
      [toJsonb({ text, ruleId }), new Date(fromMs), new Date(toMs), actor],
    );
    if (row === undefined) throw new TrialUnderWayError((await selectTrialUnderWay(tx))!);
    await logTrial(tx, row, 1, actor, 'asked');
    return toTrial(row);
  });
}

/** The one that waits or runs. */
export async function selectTrialUnderWay(db: Query): Promise<RuleTrial | undefined> {
  const [row] = await db.query<TrialRow>(
    `SELECT ${columns} FROM rule_trial WHERE state IN ('waiting', 'running') ORDER BY trial_no DESC LIMIT 1`,
  );
  return row && toTrial(row);
}

export async function selectRuleTrial(db: Query, no: number): Promise<RuleTrial | undefined> {
  const [row] = await db.query<TrialRow>(`SELECT ${columns} FROM rule_trial WHERE trial_no = $1`, [no]);
  return row && toTrial(row);
}

/** Stops it where it waits or runs; what is over stays as it is. @returns undefined when there is none. */
export async function cancelRuleTrial(
  db: Database,
  no: number,
  actor: string,
): Promise<RuleTrial | undefined> {
  return db.transaction(async (tx) => {
    const [row] = await tx.query<TrialRow>(
      `UPDATE rule_trial SET state = 'cancelled' WHERE trial_no = $1 AND state IN ('waiting', 'running')
       RETURNING ${columns}`,
      [no],
    );
    if (row === undefined) return selectRuleTrial(tx, no);
    await logTrial(tx, row, 2, actor, 'cancelled');
    return toTrial(row);
  });
}

const logTrial = (tx: Query, row: TrialRow, version: number, actor: string, did: string): Promise<number> => {
  const { ruleId } = row.rule;
  const body = { did, ruleId, from: row.from_at, to: row.to_at };
  return appendChange(tx, { noun: 'rule-trial', id: String(row.trial_no), version, actor, body });
};

/** The one that waits, now running; undefined when none waits. */
export async function takeWaitingTrial(db: Query): Promise<RuleTrial | undefined> {
  const [row] = await db.query<TrialRow>(
    `UPDATE rule_trial SET state = 'running' WHERE trial_no = (
       SELECT trial_no FROM rule_trial WHERE state = 'waiting' ORDER BY trial_no LIMIT 1 FOR UPDATE SKIP LOCKED)
     RETURNING ${columns}`,
  );
  return row && toTrial(row);
}

/** How a dry run goes. @returns false when somebody stopped it. */
export async function updateTrialProgress(
  db: Query,
  no: number,
  progress: number,
  result: TrialResult,
): Promise<boolean> {
  const going = await db.execute(
    `UPDATE rule_trial SET progress = $2, result = $3 WHERE trial_no = $1 AND state = 'running'`,
    [no, progress, toJsonb({ result })],
  );
  return going > 0;
}

/** How it ended; one that was stopped stays stopped. */
export async function endTrial(
  db: Query,
  no: number,
  ended: { result: TrialResult } | { fault: string },
): Promise<void> {
  const state = 'fault' in ended ? 'failed' : 'done';
  await db.execute(
    `UPDATE rule_trial SET state = $2, progress = CASE WHEN $2 = 'done' THEN 1 ELSE progress END, result = result || $3::jsonb
     WHERE trial_no = $1 AND state = 'running'`,
    [no, state, toJsonb(ended)],
  );
}

/** For the start of the alarms room: what ran when it ended will not go on by itself. */
export const failInterruptedTrials = (db: Query): Promise<number> =>
  db.execute(
    `UPDATE rule_trial SET state = 'failed', result = result || jsonb_build_object('fault', $1::text)
     WHERE state = 'running'`,
    ['The alarms room was stopped while it tried the rule. Ask once more.'],
  );
