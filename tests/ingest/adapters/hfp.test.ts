// HFP v2: topic and JSON in, vehicle or reason out.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { recordingsFolder } from '../../places.ts';
import { neverThrows } from './never-throws.ts';
import { haveRecordings, newReader } from './read.ts';

const at = '2026-11-24T04:59:58.931Z';
const { read } = newReader('hfp');
const shown = (topic: string, payload: string | Buffer | object): unknown =>
  read(topic, payload).map((outcome) =>
    outcome.kind === 'rejected'
      ? [outcome.reason, outcome.field ?? null]
      : JSON.parse(JSON.stringify(outcome)),
  )[0];

const event = { desi: '400', oper: 6, veh: 1, tst: at, spd: 4.5, hdg: 274, lat: 60.17, long: 24.92 };
const whole = {
  kind: 'vehicle',
  sourceId: 'hfp-12-1913',
  observedAt: Date.parse(at),
  lat: 60.17,
  lon: 24.92,
  speedMps: 4.5,
  headingDeg: 274,
  routeId: '400',
};
const journey = (type: string, levels: string): string =>
  `/hfp/v2/journey/ongoing/${type}/bus/0012/01913/${levels}`;
const levels19 = '4400/1/Itä Pasila (M)/15:21/1130110/4/60;24/19/72/15';

describe('every event with a position is a vehicle', () => {
  test.each([
    ...['VP', 'DUE', 'ARR', 'ARS', 'DEP', 'PDE', 'PAS', 'WAIT', 'DOO', 'DOC'],
    ...['DA', 'DOUT', 'BA', 'BOUT', 'VJA', 'VJOUT'],
  ])('%s', (type) => {
    expect(shown(journey(type.toLowerCase(), levels19), { [type]: event })).toEqual(whole);
  });
  test.each(['TLR', 'TLA'])('%s has a twentieth level', (type) => {
    expect(shown(journey(type.toLowerCase(), `${levels19}/3230`), { [type]: event })).toEqual(whole);
  });
  test.each(['deadrun', 'signoff'])('a %s has nine levels', (type) => {
    expect(shown(`/hfp/v2/${type}/ongoing/vp/bus/0012/01913`, { VP: event })).toEqual(whole);
  });
  test('a journey that is still to come', () =>
    expect(shown('/hfp/v2/journey/upcoming/vp/tram/0012/01913/', { VP: event })).toEqual(whole));
});

describe('values', () => {
  const vp = (body: object): unknown => shown(journey('vp', levels19), { VP: { ...event, ...body } });
  const without = (...keys: string[]): object =>
    Object.fromEntries(Object.entries(whole).filter(([key]) => !keys.includes(key)));
  test.each<[name: string, body: object, expected: unknown]>([
    ['null is unknown', { spd: null, hdg: null, desi: null }, without('speedMps', 'headingDeg', 'routeId')],
    ['a negative speed is unknown', { spd: -10 }, without('speedMps')],
    ['north is 0', { hdg: 0 }, { ...whole, headingDeg: 0 }],
    ['no heading beyond 360', { hdg: 361 }, without('headingDeg')],
    ['occupancy in percent', { occu: 30 }, { ...whole, occupancy: 0.3 }],
    ['0 % is what no counter sends', { occu: 0 }, whole],
    ['text is no speed', { spd: '4.5' }, without('speedMps')],
    ['no position', { lat: null, long: null }, ['no-position', 'VP.lat']],
    ['half a position', { lat: undefined }, ['no-position', 'VP.lat']],
    ['0,0', { lat: 0, long: 0 }, ['no-position', 'VP.lat']],
    ['a time without offset', { tst: '2026-11-24T04:59:58' }, ['schema', 'VP.tst']],
    ['no time', { tst: null }, ['schema', 'VP.tst']],
  ])('%s', (_name, body, expected) => expect(vp(body)).toEqual(expected));

  const apc = (vehiclecounts: unknown): unknown =>
    shown(journey('apc', levels19), { APC: { ...event, vehiclecounts } });
  test.each<[name: string, counts: unknown, occupancy: number | undefined]>([
    ['a counter counts', { vehicleload: 12, vehicleloadratio: 0.2 }, 0.2],
    ['as text', { vehicleloadratio: '0.2' }, 0.2],
    ['nobody is in', { vehicleloadratio: 0 }, 0],
    ['over full', { vehicleloadratio: 1.3 }, 1],
    ['nothing', null, undefined],
  ])('passenger counts: %s', (_name, counts, occupancy) =>
    expect(apc(counts)).toEqual(occupancy === undefined ? whole : { ...whole, occupancy }),
  );
});

describe('what is none', () => {
  const topic = journey('vp', levels19);
  test.each<[name: string, topic: string, payload: string | object, expected: unknown]>([
    ['no vehicle in the topic', '/hfp/v2/journey/ongoing/vp/bus/0012', { VP: event }, ['bad-id', 'topic']],
    ['no number', '/hfp/v2/journey/ongoing/vp/bus/x/__proto__/', { VP: event }, ['bad-id', 'topic']],
    ['lower case', topic, { vp: event }, ['schema', null]],
    ['no event', topic, { VP: [event] }, ['schema', null]],
    ['nothing', topic, {}, ['schema', null]],
    ['__proto__ is no event', topic, `{"__proto__":${JSON.stringify(event)}}`, ['schema', null]],
    ['an array', topic, [event], ['schema', null]],
    ['cut off', topic, '{"VP":{"tst":', ['not-json', null]],
    ['empty', topic, '', ['empty', null]],
  ])('%s', (_name, at_, payload, expected) => expect(shown(at_, payload)).toEqual(expected));
  test('the reason says what was found', () =>
    expect(read(topic, { VP: { ...event, lat: null } })[0]).toMatchObject({
      detail: 'lat is null, long is 24.92; expected degrees, and not 0,0',
    }));
});

const samples = [Buffer.from(JSON.stringify({ VP: event }))];
test('whatever comes, there is an answer', () => {
  const topics = [journey('vp', levels19), '/hfp/v2/deadrun/ongoing/vp/bus/0012/01913', '/hfp/v2/', '//////'];
  neverThrows('hfp', topics, samples);
});

describe.skipIf(!haveRecordings)('recordings (skipped where /work/shared/feeds is absent)', () => {
  const folder = join(recordingsFolder, 'hfp-v2');
  const lines = (): RegExpExecArray[] =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.dump'))
      .flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n').filter(Boolean))
      .map((line) => /^\S+ (\S.*?) (\{.*)$/.exec(line)!);
  test('of 1,123 messages 183 have a position, of four vehicles', () => {
    const outcomes = lines().flatMap(([, topic, json]) => read(topic!, json!));
    const vehicles = outcomes.filter((outcome) => outcome.kind === 'vehicle');
    expect([outcomes.length, vehicles.length]).toEqual([1123, 183]);
    expect([...new Set(vehicles.map((vehicle) => vehicle.sourceId))].sort()).toEqual([
      'hfp-12-1913',
      'hfp-18-1029',
      'hfp-18-678',
      'hfp-18-679',
    ]);
  });
  test('garbage says why, the sample of its kind is one', () => {
    const topic = journey('vp', levels19);
    expect(read(topic, readFileSync(join(folder, 'garbage-data.json')))).toEqual([
      {
        kind: 'rejected',
        reason: 'no-position',
        field: 'VP.lat',
        detail: 'lat is absent, long is 25.03095; expected degrees, and not 0,0',
      },
    ]);
    expect(read(topic, readFileSync(join(folder, 'hfp-sample-vp.json')))[0]).toMatchObject({
      kind: 'vehicle',
      speedMps: 0.16,
      occupancy: 0.1,
      routeId: '81',
    });
  });
  test('damaged on the way', () =>
    neverThrows(
      'hfp',
      lines()
        .slice(0, 50)
        .map(([, topic]) => topic!),
      lines()
        .slice(0, 50)
        .map(([, , json]) => Buffer.from(json!)),
    ));
});
