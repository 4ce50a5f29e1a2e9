// The pure rules of the city: ISPU, freshness, topics, configuration.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { freshnessAt, parseAssetId } from '../../model/asset.ts';
import { ConfigError, parseConfig } from '../../model/config.ts';
import { ispuClassOf, ispuOf } from '../../model/ispu.ts';
import { isMetricId } from '../../model/metrics.ts';
import { routeOf } from '../../ingest/routes.ts';
import { filterFault, matchesFilter, subscriptions } from '../../model/topics.ts';

// Permen LHK 14/2020: the points of the regulation, and between two of them.
test.each([
  ['pm25', 0, 0, 'baik'],
  ['pm25', 15.5, 50, 'baik'],
  ['pm25', 55.4, 100, 'sedang'],
  ['pm25', 102.9, 150, 'tidak'],
  ['pm25', 150.4, 200, 'tidak'],
  ['pm25', 250.4, 300, 'sangat'],
  ['pm25', 500, 500, 'bahaya'],
  ['pm25', 9_999, 500, 'bahaya'],
  ['pm10', 100, 75, 'sedang'],
  ['co', 15_000, 200, 'tidak'],
] as const)('ISPU of %s at %d µg/m³ is %d', (pollutant, mean, index, name) => {
  expect(ispuOf(pollutant, mean)).toBe(index);
  expect(ispuClassOf(index)).toBe(name);
});

test('ISPU never falls when the air gets worse', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 600, noNaN: true }),
      fc.double({ min: 0, max: 600, noNaN: true }),
      (a, b) => {
        expect(ispuOf('pm25', Math.max(a, b))).toBeGreaterThanOrEqual(ispuOf('pm25', Math.min(a, b)));
      },
    ),
  );
});

test.each([
  [0, 'fresh'],
  [30_000, 'fresh'],
  [30_001, 'stale'],
  [100_000, 'stale'],
  [100_001, 'silent'],
])('an asset expected each 10 s is, %d ms after its last word, %s', (age, freshness) => {
  expect(freshnessAt(1_000, 10, 1_000 + age)).toBe(freshness);
});
test('what was never observed is silent', () => expect(freshnessAt(undefined, 10, 0)).toBe('silent'));

test.each([
  ['vehicle:hfp-12-1913', { kind: 'vehicle', sourceId: 'hfp-12-1913' }],
  ['sensor:a:b', { kind: 'sensor', sourceId: 'a:b' }],
  ['vehicle:', undefined],
  ['boat:1', undefined],
  ['vehicle:__proto__', undefined],
  ['__proto__', undefined],
])('the asset id %j', (id, parsed) => expect(parseAssetId(id)).toEqual(parsed));

test('__proto__ and constructor are no metrics', () => {
  expect(isMetricId('pm25')).toBe(true);
  expect(isMetricId('__proto__')).toBe(false);
  expect(isMetricId('constructor')).toBe(false);
});

test.each([
  ['city/vehicle/x/position', 'city-vehicle', false],
  ['sim/city/vehicle/x/position', 'sim-city-vehicle', true],
  ['sim//hfp/v2/journey', 'sim-hfp', true],
  ['v3/app@ttn/devices/d/up', 'things-stack', false],
])('%s belongs to %s', (topic, feedId, simulated) => {
  expect(routeOf(topic)).toMatchObject({ feedId, simulated });
});
test.each([
  'simpang/live/vehicle',
  'city/vehicle/a/b/position',
  'city',
  '',
  'sim/sim/city/vehicle/x/position',
  '$SYS/x',
])('%j belongs to no feed', (topic) => expect(routeOf(topic)).toBeUndefined());
test('nothing invented is subscribed to unless it is wanted', () => {
  expect(
    subscriptions(false).filter((filter) => filter.startsWith('sim/') || filter.startsWith('#')),
  ).toEqual([]);
  expect(subscriptions(true)).toContain('sim//hfp/v2/#');
});

test.each([
  ['a/+/c', 'a/b/c', true],
  ['a/+/c', 'a/b/d', false],
  ['a/#', 'a', true],
  ['a/#', 'a/b/c', true],
  ['a/+', 'a', false],
  ['a/+', 'a/', true],
  ['+/b', '$SYS/b', false],
  ['a', 'a/b', false],
])('the filter %j matches %j: %s', (filter, topic, expected) => {
  expect(matchesFilter(filter, topic)).toBe(expected);
});
test.each(['', '#', '+/a', '$SYS/#', 'simpang/live/#', 'sim/x', 'a/#/b', 'a/b#', 'a/b+', 'a\0'])(
  'the filter %j cannot be a source’s',
  (filter) => expect(filterFault(filter)).toBeDefined(),
);
test.each(['a', 'a/+/b', 'v3/+/devices/+/up', '/hfp/#'])('the filter %j can', (filter) =>
  expect(filterFault(filter)).toBeUndefined(),
);

test('the defaults of the configuration', () => {
  expect(parseConfig({}, true)).toMatchObject({
    host: '127.0.0.1',
    port: 8080,
    simulate: true,
    mqttPort: 1883,
  });
  expect(parseConfig({ SIMPANG_SIMULATE: '0' }, true).simulate).toBe(false);
});
test.each([
  ['SIMPANG_PORT', '99999', /SIMPANG_PORT is "99999"; expected a port/],
  ['SIMPANG_PORT', '-1', /SIMPANG_PORT/],
  ['SIMPANG_SIMULATE', 'yes', /SIMPANG_SIMULATE is "yes"; expected 0 or 1/],
  ['MQTT_URL', 'http://x', /MQTT_URL .*expected mqtt:/],
  ['DATABASE_URL', 'mysql://u:secret@h/d', /DATABASE_URL .*expected postgres:/],
  ['SIMPANG_ADMIN_PASSWORD', 'short', /SIMPANG_ADMIN_PASSWORD .*at least 12/],
  ['SIMPANG_BASEMAP', 'map.png', /SIMPANG_BASEMAP/],
])('%s=%s stops the start with its name and what is expected', (name, value, message) => {
  expect(() => parseConfig({ [name]: value }, true)).toThrow(ConfigError);
  expect(() => parseConfig({ [name]: value }, true)).toThrow(message);
  if (/PASSWORD|URL/.test(name))
    expect(() => parseConfig({ [name]: value }, true)).not.toThrow(/secret|short/);
});
