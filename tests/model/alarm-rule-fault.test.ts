// What no rule may say, each with the field that is named.
import { describe, expect, test } from 'vitest';
import type { AlarmCondition, AlarmRuleText } from '../../model/alarm-rule.ts';
import { alarmRuleFault, type KnownCity } from '../../model/alarm-rule-fault.ts';
import { ruleText, thresholdCondition } from '../alarm-samples.ts';

const known: KnownCity = {
  districtCodes: new Set(['12.72.01']),
  routeIds: new Set(['03']),
  agencyIds: new Set(['dlh']),
  feedIds: new Set(['hfp']),
  suppressedBy: new Map([
    ['a', ['b']],
    ['b', ['c']],
    ['c', []],
    ['loop', ['loop-2']],
    ['loop-2', ['loop']],
  ]),
};
const fieldOf = (change: Partial<AlarmRuleText>, id?: string): string | undefined =>
  alarmRuleFault(ruleText(change), known, id)?.field;
const ofCondition = (condition: AlarmCondition): string | undefined => fieldOf({ condition });
const threshold = (change: object) => ({ ...thresholdCondition, ...change }) as AlarmCondition;
const square: [number, number][] = [
  [99.05, 2.95],
  [99.06, 2.95],
  [99.06, 2.96],
];

test('a good rule has no fault', () => {
  expect(alarmRuleFault(ruleText(), known)).toBeUndefined();
  expect(fieldOf({ suppressedByRuleIds: ['a', 'b', 'c', 'loop'] }, 'new')).toBeUndefined();
});

describe('conditions', () => {
  test.each([
    [threshold({ limit: 2000 }), 'condition.limit'],
    [threshold({ limit: -1 }), 'condition.limit'],
    [threshold({ limit: 0 }), 'condition.deadband'],
    [threshold({ limit: 0, deadband: 0 }), undefined],
    [threshold({ limit: 150, deadband: 151 }), 'condition.deadband'],
    [threshold({ side: 'below', limit: 0 }), 'condition.limit'],
    [threshold({ side: 'below', limit: 1995 }), 'condition.deadband'],
    [threshold({ assets: { ids: ['sensor:a', 'vehicle:b'] } }), 'condition.assets.ids.1'],
    [threshold({ assets: { ids: ['air-1'] } }), 'condition.assets.ids.0'],
    [threshold({ assets: { districtCodes: ['12.72.01', '99'] } }), 'condition.assets.districtCodes.1'],
    [
      {
        kind: 'rate-of-change',
        metric: 'humidity',
        side: 'rises',
        change: 101,
        withinSeconds: 60,
        assets: {},
      },
      'condition.change',
    ],
    [{ kind: 'headway', routeIds: ['03', 'XX'], longerThanSeconds: 600 }, 'condition.routeIds.1'],
    [{ kind: 'off-route', routeIds: [], furtherThanM: 100 }, undefined],
    [{ kind: 'feed-silent', feedIds: ['nope'] }, 'condition.feedIds.0'],
    [{ kind: 'geofence', side: 'inside', assets: {} }, 'condition.districtCodes'],
    [
      { kind: 'geofence', side: 'inside', ring: square, districtCodes: ['12.72.01'], assets: {} },
      'condition.ring',
    ],
    [{ kind: 'geofence', side: 'inside', districtCodes: ['99'], assets: {} }, 'condition.districtCodes.0'],
    [
      { kind: 'geofence', side: 'inside', ring: [square[0]!, square[1]!, square[0]!], assets: {} },
      'condition.ring',
    ],
    [{ kind: 'geofence', side: 'outside', ring: square, assets: {} }, undefined],
    [
      { kind: 'silence', assetKind: 'camera', afterIntervals: 10, assets: { ids: ['sensor:x'] } },
      'condition.assets.ids.0',
    ],
    [{ kind: 'camera-offline', assets: { ids: ['camera:x'] } }, undefined],
  ] satisfies [AlarmCondition, string | undefined][])('%j: %s', (condition, field) => {
    expect(ofCondition(condition)).toBe(field);
  });
});

test.each([
  [{ name: { id: ' ', en: 'x' } }, 'name.id'],
  [{ procedure: [{ id: 'a', en: '\n' }] }, 'procedure.0.en'],
  [{ rationalisation: { ...ruleText().rationalisation, owner: 'nobody' } }, 'rationalisation.owner'],
  [{ suppressedByRuleIds: ['c', 'nope'] }, 'suppressedByRuleIds.1'],
  [{ suppressedByRuleIds: ['c'] }, 'suppressedByRuleIds.0', 'c'],
] as [Partial<AlarmRuleText>, string, string?][])('%j: %s', (change, field, id) => {
  expect(fieldOf(change, id)).toBe(field);
});

test('rules that suppress each other, however far around, are refused', () => {
  expect(alarmRuleFault(ruleText({ suppressedByRuleIds: ['a'] }), known, 'c')?.detail).toMatch(/both/);
  expect(fieldOf({ suppressedByRuleIds: ['c'] }, 'a')).toBeUndefined();
});
