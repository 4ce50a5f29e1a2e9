// SQL of what a list of rules says beside each: how often it raised lately and how many alarms of it stand.
import type { Query } from './connect.ts';

export interface RuleFigures {
  /** Raised since the time asked for. */
  raised: number;
  standing: number;
}

/** By rule id; rules without any alarm are left out. */
export async function selectRuleFigures(db: Query, sinceMs: number): Promise<Map<string, RuleFigures>> {
  const rows = await db.query<{ rule_id: string; raised: number; standing: number }>(
    `SELECT rule_id, coalesce(raised, 0)::int AS raised, coalesce(standing, 0)::int AS standing
     FROM (SELECT rule_id, count(*) AS raised FROM alarm_transition
           WHERE act = 'raise' AND at >= $1 GROUP BY rule_id) AS lately
     FULL JOIN (SELECT rule_id, count(*) AS standing FROM alarm WHERE state <> 'normal' GROUP BY rule_id) AS now
       USING (rule_id)`,
    [new Date(sinceMs)],
  );
  return new Map(rows.map(({ rule_id: id, raised, standing }) => [id, { raised, standing }]));
}
