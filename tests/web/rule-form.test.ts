// The form of a rule: what a rule says comes back out of it whatever its kind, and what was typed is read.
import { describe, expect, test } from 'vitest';
import type { AlarmCondition } from '../../model/alarm-rule.ts';
import {
  emptyRuleForm,
  faultsOfRule,
  numberOf,
  ruleFormOf,
  toRuleText,
} from '../../web/src/admin/rules/rule-form.ts';
import { ruleText, thresholdCondition } from '../alarm-samples.ts';

const assets = { ids: ['vehicle:a', 'vehicle:b'], idPrefix: 'bus-', districtCodes: ['12.72.01'] };
const ring: [number, number][] = [
  [99.05, 2.95],
  [99.06, 2.95],
  [99.06, 2.96],
];

describe('what a rule says comes back', () => {
  test.each([
    thresholdCondition,
    { kind: 'threshold', metric: 'riverLevel', side: 'below', limit: 0.25, deadband: 0, assets },
    {
      kind: 'rate-of-change',
      metric: 'riverLevel',
      side: 'falls',
      change: 0.4,
      withinSeconds: 1830,
      assets: {},
    },
    { kind: 'silence', assetKind: 'camera', afterIntervals: 12, assets: {} },
    { kind: 'headway', routeIds: ['03'], longerThanSeconds: 900 },
    { kind: 'bunching', routeIds: [], closerThanM: 80, atLeast: 3 },
    { kind: 'geofence', side: 'outside', ring, assets },
    { kind: 'geofence', side: 'inside', districtCodes: ['12.72.01'], assets: {} },
    { kind: 'off-route', routeIds: [], furtherThanM: 250 },
    { kind: 'camera-offline', assets: {} },
    { kind: 'feed-silent', feedIds: ['hfp', 'city-sensor'] },
    { kind: 'agreeing', metric: 'pm25', side: 'above', limit: 100, deadband: 5, atLeast: 2, assets: {} },
  ] satisfies AlarmCondition[])('%j', (condition) => {
    const rule = ruleText({ condition, suppressedByRuleIds: ['a'], priority: 1 });
    expect(toRuleText(ruleFormOf(rule))).toEqual(rule);
  });
});

test.each([
  ['150,4', 150.4],
  [' 12 ', 12],
  ['-0.5', -0.5],
  ['', Number.NaN],
  ['1.000,5', Number.NaN],
  ['x', Number.NaN],
])('%s is read as %d', (typed, value) => expect(numberOf(typed)).toBe(value));

test('what is empty or no number is said by the path that the server would name', () => {
  const rule = toRuleText({ ...emptyRuleForm(), limit: 'x', procedure: [{ id: 'a', en: ' ' }] });
  const faults = faultsOfRule(rule, { needText: 'text', needNumber: 'number' });
  expect(faults.get('condition.limit')).toBe('number');
  expect(faults.get('name.id')).toBe('text');
  expect(faults.get('procedure.0.en')).toBe('text');
  expect(faults.has('procedure.0.id')).toBe(false);
});
