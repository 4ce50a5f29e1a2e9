// Messages that no feed should take: random bytes, deep nesting, numbers beyond all bounds, NUL, a quarter of a MiB.
import { randomFillSync } from 'node:crypto';
import type { Message } from './load.ts';

const topics = [
  'city/vehicle/poison-1/position',
  'city/sensor/poison-1/reading',
  'city/camera/poison-1/status',
  'city/camera/poison-1/event',
  'city/vehicle/__proto__/position',
  'city/vehicle/constructor/position',
  'v3/app@tenant/devices/poison-1/up',
  'frigate/events',
  '/hfp/v2/journey/ongoing/vp/bus/0012/01913/4400',
];

const largest = 256 * 1024;
const now = Date.now();

const fix = (fields: string): string => `{"observedAt":${now},"lat":2.9,"lon":99.05${fields}}`;

/** Each given the random source; large ones come seldom, for a hundred thousand of them would be 25 GB. */
const kinds: ((random: () => number) => string | Buffer)[] = [
  (random) => randomFillSync(Buffer.alloc(1 + Math.floor(random() * 200))),
  (random) => '['.repeat(1 + Math.floor(random() * 400)),
  () => '{"observedAt":1e400,"lat":1e308,"lon":-1e308}',
  () => fix(',"speedMps":1e999'),
  () => `{"observedAt":"${'9'.repeat(400)}","lat":2.9,"lon":99}`,
  () => fix(',"routeId":"\\u0000"'),
  () => fix(',"routeId":"\\ud800"'),
  () => '\0\0\0\0',
  () => '{"__proto__":{"observedAt":1},"constructor":{"prototype":{"lat":1}}}',
  () => '{"toString":1,"after":{"toString":{"valueOf":null},"camera":[]},"before":7,"type":{}}',
  () => '',
  () => 'null',
  () => '[[],{},null,true,"x",1]',
  () => `{"VP":{"tst":"${'x'.repeat(300)}","lat":"a","long":{}}}`,
];
const large: ((random: () => number) => string | Buffer)[] = [
  () => randomFillSync(Buffer.alloc(largest)),
  () => '['.repeat(largest),
  () => `{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}`,
  () => Buffer.alloc(largest + 1, 0x20),
  () => `{"observedAt":${'9'.repeat(largest - 40)}}`,
];
const largeEvery = 500;

export function poison(n: number, random: () => number): Message {
  const some = n % largeEvery === 0 ? large : kinds;
  return {
    topic: topics[Math.floor(random() * topics.length)]!,
    payload: some[Math.floor(random() * some.length)]!(random),
  };
}
