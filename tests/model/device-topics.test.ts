// Topics that devices may be given, and the ids and faults of sources: rules without anything around them.
import { describe, expect, test } from 'vitest';
import { isWithinFilter, publishFault, subscribeFault } from '../../model/device-topics.ts';
import { credentialsFault, sourceFault, type Described } from '../../model/source-fault.ts';
import type { Credentials, Transport } from '../../model/source.ts';
import { matchesFilter, mqttFeeds } from '../../model/topics.ts';

const feedFilters = mqttFeeds.flatMap((feed): readonly string[] => feed.filters);

test.each([
  ['a/b', 'a/b', true],
  ['a/b', 'a/+', true],
  ['a/+', 'a/b', false],
  ['a/#', 'a/+', false],
  ['a', 'a/#', true],
  ['a/b/c', 'a/#', true],
  ['a/#', 'a/#', true],
  ['a/+/c', 'a/+/+', true],
  ['a/b', 'a/b/c', false],
  ['a/b/c', 'a/b', false],
  ['ab', 'a/#', false],
  ['/a', 'a', false],
])('%s is within %s: %s', (inner, outer, expected) => {
  expect(isWithinFilter(inner, outer)).toBe(expected);
});

/** Every list of up to `longest` of the levels. */
const listsOf = (levels: string[], longest: number): string[][] =>
  longest === 0
    ? []
    : levels.flatMap((level) => [[level], ...listsOf(levels, longest - 1).map((rest) => [level, ...rest])]);

test('one filter is within another exactly when no topic tells them apart', () => {
  const plain = listsOf(['a', 'b', '+'], 3).map((levels) => levels.join('/'));
  const filters = [...plain, ...plain.map((filter) => `${filter}/#`)];
  // One letter that no filter names, and one level deeper than any.
  const topics = listsOf(['a', 'b', 'c'], 4).map((levels) => levels.join('/'));
  const matched = new Map(
    filters.map((filter) => [filter, topics.filter((topic) => matchesFilter(filter, topic))]),
  );
  const wrong: string[] = [];
  for (const [inner, narrow] of matched) {
    for (const outer of filters) {
      const expected = narrow.every((topic) => matchesFilter(outer, topic));
      if (isWithinFilter(inner, outer) !== expected) wrong.push(`${inner} in ${outer}`);
    }
  }
  expect(wrong).toEqual([]);
});

describe('what devices may publish', () => {
  test.each([
    'city/sensor/x/reading',
    'city/sensor/+/reading',
    '/hfp/v2/#',
    '/hfp/v2/journey/ongoing/vp/bus/0022/00854/#',
    'spBv1.0/pdam/NBIRTH/edge',
    'spBv1.0/pdam/DDATA/edge/#',
    'v3/app@tenant/devices/x/up',
    'own/x',
  ])('%s', (filter) => {
    expect(publishFault(filter, [...feedFilters, 'own/#'])).toBeUndefined();
  });

  test.each([
    ['', /allow/],
    ['#', /word of its own/],
    ['+/x', /word of its own/],
    ['$SYS/x', /\$/],
    ['simpang/live/sensor', /reserved/],
    ['sim/city/sensor/x/reading', /reserved/],
    ['city/#', /wider.*city\/vehicle\/\+\/position/],
    ['city/sensor/x/other', /no feed/],
    ['spBv1.0/pdam/NCMD/edge', /no feed/],
    ['frigate/#', /wider/],
    ['city/sensor/x/reading\ntopic readwrite #', /control/],
    ['city/sensor/x/reading ', /space/],
    ['a/b#', /stands alone/],
  ])('not %j', (filter, fault) => {
    expect(publishFault(filter, feedFilters)).toMatch(fault);
  });
});

describe('what devices may hear', () => {
  test.each([
    'spBv1.0/pdam/NCMD/edge',
    'spBv1.0/pdam/DCMD/edge/+',
    'spBv1.0/STATE/simpang',
    'STATE/+',
    'STATE/simpang',
  ])('%s', (filter) => expect(subscribeFault(filter)).toBeUndefined());
  test.each([
    '#',
    'spBv1.0/#',
    'spBv1.0/+/NCMD/edge',
    'spBv1.0/+/#',
    'spBv1.0/pdam/#',
    'spBv1.0/pdam/NDATA/e',
    'simpang/live/x',
    'city/sensor/x/reading',
    'STATE/#',
    '__proto__',
  ])('not %s', (filter) => expect(subscribeFault(filter)).toBeDefined());
});

const base: Described = {
  name: 'x',
  format: 'traccar',
  transport: 'http',
  address: 'https://gps.example.net/positions',
  topicFilter: null,
  pollEverySeconds: 30,
};
const byMqtt = {
  transport: 'mqtt',
  address: 'mqtts://b.example.net',
  topicFilter: 'a/#',
  pollEverySeconds: null,
} as const;
const byBroker = { transport: 'broker', address: null, topicFilter: 'a/#', pollEverySeconds: null } as const;

test.each<[Partial<Described>, string | undefined]>([
  [{}, undefined],
  [byMqtt, undefined],
  [byBroker, undefined],
  [{ ...byMqtt, address: 'mqtt://[::1]:1884' }, undefined],
  [{ name: '  ' }, 'name'],
  [{ ...byMqtt, format: 'bmkg' }, 'transport'],
  [{ format: 'hfp' }, 'transport'],
  [{ ...byBroker, address: 'mqtt://x' }, 'address'],
  [{ address: null }, 'address'],
  [{ address: 'gps.example.net' }, 'address'],
  [{ address: 'ftp://gps.example.net' }, 'address'],
  [{ address: 'mqtt://gps.example.net' }, 'address'],
  [{ address: 'file:///etc/passwd' }, 'address'],
  [{ address: 'http://user@gps.example.net' }, 'address'],
  [{ address: 'http://:pw@gps.example.net' }, 'address'],
  [{ address: 'https://gps.exa\nmple.net' }, 'address'],
  [{ ...byMqtt, address: 'ws://b.example.net' }, 'address'],
  [{ ...byMqtt, address: 'mqtt://' }, 'address'],
  [{ topicFilter: 'a/#' }, 'topicFilter'],
  [{ ...byMqtt, topicFilter: null }, 'topicFilter'],
  [{ ...byMqtt, topicFilter: 'a/#/b' }, 'topicFilter'],
  [{ ...byBroker, topicFilter: 'simpang/#' }, 'topicFilter'],
  [{ ...byBroker, topicFilter: 'a\nb' }, 'topicFilter'],
  [{ pollEverySeconds: 4.9 }, 'pollEverySeconds'],
  [{ pollEverySeconds: null }, 'pollEverySeconds'],
  [{ ...byMqtt, pollEverySeconds: 30 }, 'pollEverySeconds'],
])('a source that is %j: fault in %s', (change, field) => {
  const fault = sourceFault({ ...base, ...change });
  expect(fault?.field).toBe(field);
  expect(fault?.detail ?? '').not.toMatch(/pw|undefined/);
});

test.each<[Transport, Credentials, string | undefined]>([
  ['http', {}, undefined],
  ['http', { headerName: 'x-api-key', headerValue: 's' }, undefined],
  ['http', { username: 'a', password: 'b' }, undefined],
  ['mqtt', { username: 'a' }, undefined],
  ['broker', {}, undefined],
  ['broker', { username: 'a' }, 'credentials'],
  ['mqtt', { headerName: 'a', headerValue: 's' }, 'credentials.headerName'],
  ['http', { headerName: 'a' }, 'credentials.headerValue'],
  ['http', { headerValue: 's' }, 'credentials.headerName'],
  ['http', { headerName: 'Host', headerValue: 's' }, 'credentials.headerName'],
  ['mqtt', { password: 's' }, 'credentials.username'],
  ['http', { username: 'a:b', password: 's' }, 'credentials.username'],
])('credentials by %s %j: fault in %s', (transport, given, field) => {
  expect(credentialsFault(transport, given)?.field).toBe(field);
});
