// SQL of alarm rules: read, written with their entry of the change log, and taken over from the city's file once.
import type { AlarmRule, AlarmRuleState, AlarmRuleText } from '../model/alarm-rule.ts';
import { appendChange } from './changes.ts';
import type { Database, Query } from './connect.ts';
import { toJsonb } from './jsonb.ts';
import { StaleVersionError } from './stale.ts';

interface Row {
  rule_id: string;
  state: AlarmRuleState;
  body: AlarmRuleText;
  version: number;
}

const toRule = ({ rule_id: id, state, body, version }: Row): AlarmRule => ({ ...body, id, state, version });

const columns = 'rule_id, state, body, version';

export async function selectAlarmRules(db: Query): Promise<AlarmRule[]> {
  const rows = await db.query<Row>(`SELECT ${columns} FROM alarm_rule ORDER BY rule_id`);
  return rows.map(toRule);
}

export async function selectAlarmRule(db: Query, id: string): Promise<AlarmRule | undefined> {
  const [row] = await db.query<Row>(`SELECT ${columns} FROM alarm_rule WHERE rule_id = $1`, [id]);
  return row === undefined ? undefined : toRule(row);
}

/** @returns undefined when there is a rule of that id already. */
export async function insertAlarmRule(
  db: Database,
  id: string,
  text: AlarmRuleText,
  state: AlarmRuleState,
  actor: string,
): Promise<AlarmRule | undefined> {
  return db.transaction(async (tx) => {
    const [row] = await tx.query<Row>(
      `INSERT INTO alarm_rule (rule_id, state, body) VALUES ($1, $2, $3)
       ON CONFLICT (rule_id) DO NOTHING RETURNING ${columns}`,
      [id, state, toJsonb(text)],
    );
    return row === undefined ? undefined : logged(tx, toRule(row), actor);
  });
}

/**
 * Changes a rule's text, its state, or both; `reason` is kept in the change log.
 * @throws {StaleVersionError} when it is no longer of `version`.
 * @returns undefined when there is no such rule.
 */
export async function updateAlarmRule(
  db: Database,
  id: string,
  change: { text?: AlarmRuleText; state?: AlarmRuleState; reason?: string },
  version: number,
  actor: string,
): Promise<AlarmRule | undefined> {
  return db.transaction(async (tx) => {
    const [row] = await tx.query<Row>(
      `UPDATE alarm_rule SET body = coalesce($3, body), state = coalesce($4, state), version = version + 1
       WHERE rule_id = $1 AND version = $2 RETURNING ${columns}`,
      [id, version, change.text === undefined ? null : toJsonb(change.text), change.state ?? null],
    );
    if (row !== undefined) return logged(tx, toRule(row), actor, change.reason);
    const current = await selectAlarmRule(tx, id);
    if (current !== undefined) throw new StaleVersionError(current);
    return undefined;
  });
}

async function logged(tx: Query, rule: AlarmRule, actor: string, reason?: string): Promise<AlarmRule> {
  const { id, version, ...body } = rule;
  const said = reason === undefined ? body : { ...body, reason };
  await appendChange(tx, { noun: 'rule', id, version, actor, body: said });
  return rule;
}
