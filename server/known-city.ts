// What a rule may name: districts, lines, agencies, feeds and other rules, as the city has them now.
import type { AlarmRuleText } from '../model/alarm-rule.ts';
import { alarmRuleFault, type KnownCity } from '../model/alarm-rule-fault.ts';
import type { City } from '../model/city.ts';
import { mqttFeeds } from '../model/topics.ts';
import { selectAlarmRules } from '../store/alarm-rules.ts';
import type { Query } from '../store/connect.ts';
import { selectKnownRouteIds } from '../store/known-routes.ts';
import { selectSources } from '../store/sources.ts';
import { HttpProblem } from './problem.ts';

async function readKnownCity(db: Query, city: City): Promise<KnownCity> {
  const [routes, sources, rules] = await Promise.all([
    selectKnownRouteIds(db),
    selectSources(db),
    selectAlarmRules(db),
  ]);
  const house = mqttFeeds.flatMap(({ id }) => [id, `sim-${id}`]);
  return {
    districtCodes: new Set(city.districts.districts.map(({ code }) => code)),
    routeIds: new Set([...city.lines.lines.map(({ id }) => id), ...routes]),
    agencyIds: new Set(city.agencies.agencies.map(({ id }) => id)),
    feedIds: new Set([...house, ...sources.map(({ id }) => id)]),
    suppressedBy: new Map(rules.map(({ id, suppressedByRuleIds }) => [id, suppressedByRuleIds])),
  };
}

/** @throws {HttpProblem} 400 naming the field of the rule that could never do what it says. */
export async function demandGoodRule(db: Query, city: City, rule: AlarmRuleText, id?: string): Promise<void> {
  const fault = alarmRuleFault(rule, await readKnownCity(db, city), id);
  if (fault !== undefined) {
    const { field, detail, code, given } = fault;
    throw new HttpProblem(400, detail, { field: `rule.${field}`, extra: { code, given } });
  }
}
