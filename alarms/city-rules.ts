// The rules that a city's file brings: taken over where the store has none of that id, never over what people wrote.
import type { City } from '../model/city.ts';
import { insertAlarmRule, selectAlarmRules } from '../store/alarm-rules.ts';
import type { Database } from '../store/connect.ts';
import { alarmsActor } from './standing.ts';

/** @returns the ids that were taken over now. */
export async function adoptCityRules(db: Database, { alarmRules }: City): Promise<string[]> {
  const known = new Set((await selectAlarmRules(db)).map(({ id }) => id));
  const adopted: string[] = [];
  for (const { id, ...text } of alarmRules.rules) {
    if (known.has(id)) continue;
    const rule = await insertAlarmRule(db, id, text, 'live', alarmsActor);
    if (rule !== undefined) adopted.push(id);
  }
  return adopted;
}
