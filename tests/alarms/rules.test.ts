// Each kind of rule as changes in and alarms out.
import { expect, test } from 'vitest';
import type { ConditionOf } from '../../model/alarm-rule.ts';
import { ground, newAsset, newStage, placeOn, ruleOf, startMs } from './stage.ts';

const high: ConditionOf<'threshold'> = {
  kind: 'threshold',
  metric: 'riverLevel',
  side: 'above',
  limit: 2,
  deadband: 0.2,
  assets: {},
};

test('threshold: above the limit, and back only by the dead band', () => {
  const stage = newStage(ruleOf(high));
  for (const [second, riverLevel] of [2, 2.01, 1.9, 2.1, 1.8].entries())
    stage.see(second, 'sensor:a', { riverLevel });
  expect(stage.out()).toEqual(['raise sensor:a @1', 'return sensor:a @4']);
  expect(stage.outcomes[0]!.evidence).toMatchObject({ value: 2.01, limit: 2, unit: 'm' });
});

test('threshold: below the limit, of the chosen sensors alone', () => {
  const stage = newStage(
    ruleOf({ ...high, metric: 'waterPressure', side: 'below', limit: 0.5, assets: { idPrefix: 'water-' } }),
  );
  stage.see(0, 'sensor:water-1', { waterPressure: 0.4 });
  stage.see(0, 'sensor:other-1', { waterPressure: 0.4 });
  expect(stage.out()).toEqual(['raise sensor:water-1 @0']);
});

test('threshold: a value too old to speak for now raises nothing, and lets nothing return', () => {
  const old = newAsset('sensor:a', {
    observedAt: startMs - 3_600_000,
    values: new Map([['riverLevel', { value: 9, observedAt: startMs - 3_600_000 }]]),
  });
  expect(newStage(ruleOf(high), [old]).out()).toEqual([]);
});

test('rate of change: a rise within the window, from what the store remembers too', () => {
  const condition = {
    kind: 'rate-of-change',
    metric: 'riverLevel',
    side: 'rises',
    change: 0.5,
    withinSeconds: 600,
    assets: {},
  } as const;
  const stage = newStage(ruleOf(condition));
  for (const [second, riverLevel] of [
    [0, 1],
    [300, 1.2],
    [590, 1.5],
    [1000, 1.6],
  ] as const)
    stage.see(second, 'sensor:a', { riverLevel });
  expect(stage.out()).toEqual(['raise sensor:a @590', 'return sensor:a @1000']);

  const remembering = newStage([]);
  const past = new Map([
    ['the-rule', new Map([['sensor:a', [[startMs - 500_000, 1]] as [number, number][]]])],
  ]);
  remembering.evaluator.setRules([ruleOf(condition)], [], startMs, past);
  remembering.see(1, 'sensor:a', { riverLevel: 1.6 });
  expect(remembering.out()).toEqual(['raise sensor:a @1']);
});

test('silence: after so many intervals, never for what was not heard yet, and not while nobody listened', () => {
  const stage = newStage(ruleOf({ kind: 'silence', assetKind: 'sensor', afterIntervals: 5, assets: {} }), [
    newAsset('sensor:never'),
    newAsset('sensor:old', { observedAt: startMs - 3_600_000 }),
  ]);
  stage.see(0, 'sensor:a');
  stage.tick(299);
  expect(stage.out()).toEqual([]);
  stage.tick(400);
  expect(stage.out().sort()).toEqual(['raise sensor:a @300', 'raise sensor:old @300']);
  stage.see(410, 'sensor:a');
  expect(stage.out()).toEqual(['return sensor:a @410']);
  stage.current(500, false);
  stage.tick(2000);
  stage.current(2000, true);
  stage.tick(2299);
  expect(stage.out()).toEqual([]);
  stage.tick(2300);
  expect(stage.out()).toEqual(['raise sensor:a @2300']);
});

test('camera offline: when it says so, and when it says nothing', () => {
  const stage = newStage(ruleOf({ kind: 'camera-offline', assets: {} }));
  stage.see(0, 'camera:a', { state: 'online' });
  stage.see(10, 'camera:a', { state: 'offline' });
  stage.see(20, 'camera:a', { state: 'online' });
  stage.tick(700);
  expect(stage.out()).toEqual(['raise camera:a @10', 'return camera:a @20', 'raise camera:a @620']);
});

test('feed silent: by its rhythm; gone with its source', () => {
  const stage = newStage(ruleOf({ kind: 'feed-silent', feedIds: [] }));
  const feed = { id: 'hfp', expectedEverySeconds: 60, lastMessageAt: new Date(startMs).toISOString() };
  const events = { id: 'frigate', expectedEverySeconds: null, lastMessageAt: feed.lastMessageAt };
  const unheard = { id: 'traccar', expectedEverySeconds: 60, lastMessageAt: null };
  stage.feeds(60, [feed, events, unheard]);
  expect(stage.out()).toEqual([]);
  stage.feeds(61, [feed, events, unheard]);
  stage.feeds(62, [events, unheard]);
  expect(stage.out()).toEqual(['raise feed:hfp @61', 'return feed:hfp @62']);
});

const market: [number, number][] = [
  [99.06, 2.95],
  [99.07, 2.95],
  [99.07, 2.96],
  [99.06, 2.96],
];

test('geofence: inside a ring, outside a kecamatan', () => {
  const inside = newStage(ruleOf({ kind: 'geofence', side: 'inside', ring: market, assets: {} }));
  inside.see(0, 'vehicle:a', {}, [99.05, 2.955]);
  inside.see(1, 'vehicle:a', {}, [99.065, 2.955]);
  inside.see(2, 'vehicle:a', {}, [99.075, 2.955]);
  expect(inside.out()).toEqual(['raise vehicle:a @1', 'return vehicle:a @2']);

  const { code, centroid } = ground.districts[0]!;
  const outside = newStage(ruleOf({ kind: 'geofence', side: 'outside', districtCodes: [code], assets: {} }));
  outside.see(0, 'vehicle:a', {}, [...centroid]);
  outside.see(1, 'vehicle:a', {}, [98, 2]);
  expect(outside.out()).toEqual(['raise vehicle:a @1']);
});

test('geofence: GPS that wanders at the edge is no coming and going', () => {
  const rule = ruleOf(
    { kind: 'geofence', side: 'inside', ring: market, assets: {} },
    { onDelaySeconds: 10, offDelaySeconds: 10 },
  );
  const stage = newStage(rule);
  for (let second = 0; second < 60; second++)
    stage.see(second, 'vehicle:a', {}, [second % 3 === 0 ? 99.05999 : 99.06001, 2.955]);
  expect(stage.out()).toEqual([]);
  for (let second = 60; second < 80; second++) stage.see(second, 'vehicle:a', {}, [99.0605, 2.955]);
  for (let second = 80; second < 140; second++)
    stage.see(second, 'vehicle:a', {}, [second % 3 === 0 ? 99.05999 : 99.06001, 2.955]);
  expect(stage.out()).toEqual(['raise vehicle:a @68']);
});

test('off route: further from its line than it may be', () => {
  const stage = newStage(ruleOf({ kind: 'off-route', routeIds: [], furtherThanM: 200 }));
  const [lon, lat] = placeOn('01', 1000);
  stage.see(0, 'vehicle:a', { routeId: '01' }, [lon, lat]);
  stage.see(1, 'vehicle:a', {}, [lon + 0.02, lat + 0.02]);
  stage.see(2, 'vehicle:b', { routeId: 'unknown' }, [lon + 0.02, lat + 0.02]);
  stage.see(3, 'vehicle:a', {}, [lon, lat]);
  expect(stage.out()).toEqual(['raise vehicle:a @1', 'return vehicle:a @3']);
});

/** Drives along a line, a fix each five seconds at 8 m/s. */
function drive(
  stage: ReturnType<typeof newStage>,
  id: string,
  fromSecond: number,
  fromM: number,
  toM: number,
) {
  const seconds = Math.abs(toM - fromM) / 8;
  for (let passed = 0; passed <= seconds; passed += 5) {
    const alongM = fromM + Math.sign(toM - fromM) * passed * 8;
    stage.see(fromSecond + passed, id, { routeId: '02' }, placeOn('02', alongM));
  }
}

test('headway: a line on which nothing comes past for too long, until every place has been passed again', () => {
  const { lengthM } = ground.lines.get('02')!.path;
  const stage = newStage(ruleOf({ kind: 'headway', routeIds: ['02'], longerThanSeconds: 1800 }));
  drive(stage, 'vehicle:a', 0, 60, lengthM - 60);
  drive(stage, 'vehicle:a', 900, lengthM - 60, 60);
  stage.tick(1799);
  expect(stage.out()).toEqual([]);
  stage.tick(3700);
  const [raised] = stage.out();
  expect(raised).toMatch(/^raise route:02 @1[89]\d\d/);
  drive(stage, 'vehicle:a', 3700, 60, lengthM - 60);
  expect(stage.out()).toEqual([]);
  drive(stage, 'vehicle:a', 4500, lengthM - 60, 60);
  expect(stage.out()).toHaveLength(1);
});

test('headway: none at night, when lines do not run', () => {
  const stage = newStage(ruleOf({ kind: 'headway', routeIds: [], longerThanSeconds: 1800 }));
  const evening = 9.5 * 3600;
  stage.see(evening, 'vehicle:a', { routeId: '02' }, placeOn('02', 900));
  stage.tick(evening + 4 * 3600);
  expect(stage.out()).toEqual([]);
});

test('bunching: close behind each other the same way, and not when they meet', () => {
  const rule = ruleOf({ kind: 'bunching', routeIds: [], closerThanM: 200, atLeast: 2 });
  const meeting = newStage(rule);
  for (let second = 0; second < 120; second += 5) {
    meeting.see(second, 'vehicle:a', { routeId: '02' }, placeOn('02', 600 + second * 8));
    meeting.see(second, 'vehicle:b', { routeId: '02' }, placeOn('02', 1800 - second * 8));
  }
  expect(meeting.out()).toEqual([]);
  const following = newStage(rule);
  for (let second = 0; second < 60; second += 5) {
    following.see(second, 'vehicle:a', { routeId: '02' }, placeOn('02', 600 + second * 8));
    following.see(second, 'vehicle:b', { routeId: '02' }, placeOn('02', 480 + second * 8));
  }
  expect(following.out()).toEqual(['raise route:02 @5']);
  expect(following.outcomes[0]!.evidence.assetIds.sort()).toEqual(['vehicle:a', 'vehicle:b']);
});

test('agreeing: so many fresh sensors of one kecamatan', () => {
  const [one, other] = ground.districts;
  const stage = newStage(
    ruleOf({
      kind: 'agreeing',
      metric: 'pm25',
      side: 'above',
      limit: 55,
      deadband: 5,
      atLeast: 2,
      assets: {},
    }),
  );
  stage.see(0, 'sensor:a', { pm25: 60 }, [...one!.centroid]);
  stage.see(1, 'sensor:elsewhere', { pm25: 60 }, [...other!.centroid]);
  expect(stage.out()).toEqual([]);
  stage.see(2, 'sensor:b', { pm25: 70 }, [...one!.centroid]);
  stage.see(3, 'sensor:a', { pm25: 52 });
  stage.see(4, 'sensor:a', { pm25: 49 });
  expect(stage.out()).toEqual([`raise district:${one!.code} @2`, `return district:${one!.code} @4`]);
  expect(stage.outcomes[0]!.evidence).toMatchObject({ value: 70, assetIds: ['sensor:a', 'sensor:b'] });
});
