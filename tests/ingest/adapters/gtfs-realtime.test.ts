// GTFS-Realtime: bytes in; vehicles, trip updates, warnings or reasons out.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { newGtfsRealtime } from '../../../ingest/adapters/gtfs-realtime.ts';
import { maxEntities } from '../../../ingest/adapters/gtfs-realtime/feed-message.ts';
import { toServiceDate } from '../../../ingest/adapters/gtfs-realtime/service-date.ts';
import type { Timetable } from '../../../ingest/adapters/adapter.ts';
import type { Outcome } from '../../../model/observation.ts';
import { recordingsFolder } from '../../places.ts';
import { decodeFeed, encodeFeed, fixtureSeconds } from './encode-feed.ts';
import { neverThrows } from './never-throws.ts';
import { haveRecordings, newReader, type Reader } from './read.ts';

const at = fixtureSeconds * 1000;
const topic = 'gtfs-rt/siantar';
const timetable: Timetable = {
  trip: (tripId) => (tripId === 't1' ? { routeId: 'r1' } : undefined),
  routeName: (routeId) => (routeId === 'r1' ? '03' : undefined),
  stop: (stopId) => (stopId === 's1' ? { lat: 2.95, lon: 99.05 } : undefined),
  timeZone: 'Asia/Jakarta',
};
const newFeed = (): Reader => newReader('gtfs-realtime', { timetable });
const feed = newFeed();

const short = (outcome: Outcome): unknown =>
  outcome.kind === 'rejected' ? [outcome.reason, outcome.field ?? null] : JSON.parse(JSON.stringify(outcome));
const shown = (payload: Buffer, reader = feed, receivedAt = at): unknown[] =>
  reader.read(topic, payload, { receivedAt }).map(short);

describe('vehicles', () => {
  const position = { latitude: 2.96, longitude: 99.0625, bearing: 90, speed: 5 };
  const read = (vehicle: object, header: object = {}): unknown =>
    shown(encodeFeed([{ vehicle: { timestamp: fixtureSeconds - 16, position, ...vehicle } }], header))[0];
  const whole = {
    kind: 'vehicle',
    sourceId: 'gtfsrt-7',
    name: '7',
    observedAt: at - 16_000,
    lat: 2.96,
    lon: 99.0625,
    speedMps: 5,
    headingDeg: 90,
  };
  const bus = { vehicle: { id: '7' } };
  test.each<[name: string, vehicle: object, expected: unknown]>([
    ['by id; float32 to six digits', bus, whole],
    ['the label is its name', { vehicle: { id: '7', label: 'Bus 7' } }, { ...whole, name: 'Bus 7' }],
    [
      'by label',
      { vehicle: { label: 'Bus 7', licensePlate: 'BK 1' } },
      { ...whole, sourceId: 'gtfsrt-Bus-7', name: 'Bus 7' },
    ],
    [
      'by plate',
      { vehicle: { licensePlate: 'BK 1 A' } },
      { ...whole, sourceId: 'gtfsrt-BK-1-A', name: 'BK 1 A' },
    ],
    ['by trip', { trip: { tripId: 't2' } }, { ...whole, sourceId: 'gtfsrt-t2', name: 't2' }],
    ['by nothing', {}, ['bad-id', 'entity[0].vehicle.vehicle.id']],
    ['no readable letter', { vehicle: { id: '水' } }, ['bad-id', 'entity[0].vehicle.vehicle.id']],
    ['too long', { vehicle: { id: 'x'.repeat(200) } }, ['bad-id', 'entity[0].vehicle.vehicle.id']],
    [
      '__proto__',
      { vehicle: { id: '__proto__' } },
      { ...whole, sourceId: 'gtfsrt-__proto__', name: '__proto__' },
    ],
    ['route, as passengers call it', { ...bus, trip: { routeId: 'r1' } }, { ...whole, routeId: '03' }],
    ['route of the trip', { ...bus, trip: { tripId: 't1' } }, { ...whole, routeId: '03' }],
    ['route that no timetable knows', { ...bus, trip: { routeId: 'r9' } }, { ...whole, routeId: 'r9' }],
    ['no time of its own', { ...bus, timestamp: 0 }, { ...whole, observedAt: at }],
    ['percent', { ...bus, occupancyPercentage: 55, occupancyStatus: 5 }, { ...whole, occupancy: 0.55 }],
    ['over full', { ...bus, occupancyPercentage: 130 }, { ...whole, occupancy: 1 }],
    ['empty', { ...bus, occupancyStatus: 'EMPTY' }, { ...whole, occupancy: 0 }],
    ['full', { ...bus, occupancyStatus: 'FULL' }, { ...whole, occupancy: 1 }],
    ['takes nobody in, for whatever reason', { ...bus, occupancyStatus: 'NOT_ACCEPTING_PASSENGERS' }, whole],
    [
      '0,0',
      { ...bus, position: { latitude: 0, longitude: 0 } },
      ['no-position', 'entity[0].vehicle.position'],
    ],
    [
      'NaN',
      { ...bus, position: { latitude: NaN, longitude: 99 } },
      ['no-position', 'entity[0].vehicle.position'],
    ],
    [
      'a stop that is known',
      { ...bus, position: null, stopId: 's1' },
      { ...whole, lat: 2.95, lon: 99.05, speedMps: undefined, headingDeg: undefined },
    ],
    [
      'a stop that is not',
      { ...bus, position: null, stopId: 's2' },
      ['no-position', 'entity[0].vehicle.position'],
    ],
    ['nowhere', { ...bus, position: null }, ['no-position', 'entity[0].vehicle.position']],
  ])('%s', (_name, vehicle, expected) => expect(read(vehicle)).toEqual(expected));
  test('no time at all', () =>
    expect(read({ ...bus, timestamp: 0 }, { timestamp: 0 })).toEqual([
      'schema',
      'entity[0].vehicle.timestamp',
    ]));
  test('an entity that carries all three is three', () => {
    const alert = { headerText: { translation: [{ text: 'x' }] } };
    const tripUpdate = { trip: { tripId: 't1' }, stopTimeUpdate: [{ stopId: 's1', arrival: { delay: 5 } }] };
    const entity = { vehicle: { ...bus, position }, tripUpdate, alert };
    expect(
      newFeed()
        .read(topic, encodeFeed([entity]))
        .map((each) => each.kind),
    ).toEqual(['trip-update', 'vehicle', 'warning']);
  });
});

describe('trip updates', () => {
  const read = (tripUpdate: object): unknown => shown(encodeFeed([{ tripUpdate }]))[0];
  const trip = { tripId: 't1', startDate: '20261124' };
  const stop = { stopSequence: 3, stopId: 's1' };
  const whole = (updates: object[], more: object = {}): object => ({
    kind: 'trip-update',
    sourceId: 't1',
    observedAt: at,
    update: { tripId: 't1', startDate: '2026-11-24', routeId: 'r1', cancelled: false, updates, ...more },
  });
  test.each<[name: string, update: object, expected: unknown]>([
    [
      'times only',
      { stopTimeUpdate: [{ ...stop, arrival: { time: 1_795_496_500 } }] },
      whole([{ ...stop, arrivalAt: 1_795_496_500_000 }]),
    ],
    [
      'delays only; early is negative',
      { stopTimeUpdate: [{ ...stop, arrival: { delay: -30 }, departure: { delay: 60 } }] },
      whole([{ ...stop, arrivalDelaySeconds: -30, departureDelaySeconds: 60 }]),
    ],
    [
      'on time is a delay of 0',
      { stopTimeUpdate: [{ ...stop, arrival: { delay: 0 } }] },
      whole([{ ...stop, arrivalDelaySeconds: 0 }]),
    ],
    [
      'skipped',
      { stopTimeUpdate: [{ ...stop, scheduleRelationship: 'SKIPPED' }] },
      whole([{ ...stop, skipped: true }]),
    ],
    [
      'NO_DATA says nothing',
      { stopTimeUpdate: [{ ...stop, arrival: { delay: 9 }, scheduleRelationship: 'NO_DATA' }] },
      whole([stop]),
    ],
    ['cancelled', { trip: { ...trip, scheduleRelationship: 'CANCELED' } }, whole([], { cancelled: true })],
    [
      'its own time',
      { timestamp: fixtureSeconds - 5, stopTimeUpdate: [stop] },
      { ...whole([stop]), observedAt: at - 5_000 },
    ],
    [
      'its own route',
      { trip: { ...trip, routeId: 'r2' }, stopTimeUpdate: [stop] },
      whole([stop], { routeId: 'r2' }),
    ],
    ['nothing of any stop', { delay: 60 }, ['no-reading', 'entity[0].trip_update.stop_time_update']],
    [
      'no trip',
      { trip: { routeId: 'r1' }, stopTimeUpdate: [stop] },
      ['bad-id', 'entity[0].trip_update.trip.trip_id'],
    ],
    [
      'too many stops',
      { stopTimeUpdate: Array(501).fill(stop) },
      ['too-large', 'entity[0].trip_update.stop_time_update'],
    ],
  ])('%s', (_name, update, expected) => expect(read({ trip, ...update })).toEqual(expected));
});

describe('the service day', () => {
  const ms = (local: string): number => Date.parse(`${local}+07:00`);
  test.each<
    [
      name: string,
      startDate: string | undefined,
      startTime: string | undefined,
      local: string,
      expected: string,
    ]
  >([
    ['as given', '20261123', '26:10:00', '2026-11-24T02:15:00', '2026-11-23'],
    ['given, and no date', '2026-11-23', undefined, '2026-11-24T12:00:00', '2026-11-24'],
    ['past midnight by its start', undefined, '25:10:00', '2026-11-24T01:20:00', '2026-11-23'],
    ['the same hour of the new day', undefined, '01:10:00', '2026-11-24T01:20:00', '2026-11-24'],
    ['begun before midnight', undefined, '23:50:00', '2026-11-24T00:20:00', '2026-11-23'],
    ['told of before midnight', undefined, '00:10:00', '2026-11-23T23:50:00', '2026-11-24'],
    ['at noon, by the time alone', undefined, undefined, '2026-11-24T12:00:00', '2026-11-24'],
    ['in the night, by the time alone', undefined, undefined, '2026-11-24T01:20:00', '2026-11-23'],
    ['in the morning', undefined, undefined, '2026-11-24T03:01:00', '2026-11-24'],
    ['no time of a day', undefined, 'soon', '2026-11-24T03:01:00', '2026-11-24'],
  ])('%s', (_name, startDate, startTime, local, expected) =>
    expect(toServiceDate({ startDate, startTime }, ms(local), 'Asia/Jakarta')).toBe(expected),
  );
});

describe('alerts', () => {
  const text = (...translation: object[]): object => ({ translation });
  const alert = (more: object = {}): object => ({
    id: 'a1',
    alert: {
      effect: 'DETOUR',
      severityLevel: 'WARNING',
      headerText: text({ text: 'Jalan ditutup', language: 'id' }),
      ...more,
    },
  });
  const warned = (reader: Reader, entities: object[], seconds = 0, header: object = {}): unknown[] =>
    shown(encodeFeed(entities, { timestamp: fixtureSeconds + seconds, ...header }), reader).map((outcome) => {
      if (Array.isArray(outcome)) return outcome;
      const { warning, observedAt } = outcome as {
        warning: { id: string; action: string };
        observedAt: number;
      };
      return `${warning.action} ${warning.id} ${(observedAt - at) / 1000}`;
    });

  test('in all its words', () => {
    const entity = alert({
      activePeriod: [{ start: 1_795_400_000, end: 1_795_500_000 }, { start: 1_795_500_100 }],
      informedEntity: [{ routeId: 'r2' }, { stopId: 's1' }, { trip: { tripId: 't1' } }, { agencyId: 'x' }],
      headerText: text({ text: 'Jalan ditutup', language: 'id' }, { text: 'Road closed', language: 'en' }),
      descriptionText: text({ text: 'Sampai sore.\0', language: 'id' }),
      url: text({ text: 'https://example.org/a' }),
    });
    expect(shown(encodeFeed([entity]), newFeed())).toEqual([
      {
        kind: 'warning',
        sourceId: 'gtfs-realtime:a1',
        observedAt: at,
        warning: {
          id: 'gtfs-realtime:a1',
          kind: 'transit',
          action: 'alert',
          references: [],
          sender: 'gtfs-realtime',
          event: 'detour',
          severity: 'moderate',
          sentAt: new Date(at).toISOString(),
          onsetAt: new Date(1_795_400_000_000).toISOString(),
          expiresAt: null,
          texts: [
            { language: 'id', headline: 'Jalan ditutup', description: 'Sampai sore.', instruction: '' },
            { language: 'en', headline: 'Road closed', description: '', instruction: '' },
          ],
          areas: [],
          routeIds: ['r2', 'r1'],
          stopIds: ['s1'],
          web: 'https://example.org/a',
          exercise: false,
        },
      },
    ]);
  });
  test.each<[name: string, more: object, expected: object]>([
    ['no period is for ever', {}, { onsetAt: null, expiresAt: null }],
    [
      'an open start',
      { activePeriod: [{ end: 1_795_500_000 }] },
      { onsetAt: null, expiresAt: new Date(1_795_500_000_000).toISOString() },
    ],
    [
      'the largest number is never',
      { activePeriod: [{ start: 1, end: '18446744073709551615' }] },
      { expiresAt: null },
    ],
    [
      'no language',
      { headerText: text({ text: 'x' }) },
      { texts: [expect.objectContaining({ language: 'und' })] },
    ],
    ['no severity', { severityLevel: null, effect: null }, { severity: 'unknown', event: 'unknown effect' }],
    [
      'long',
      { headerText: text({ text: '🚍'.repeat(400), language: 'id' }) },
      { texts: [expect.objectContaining({ headline: '🚍'.repeat(250) })] },
    ],
  ])('%s', (_name, more, expected) =>
    expect(shown(encodeFeed([alert(more)]), newFeed())[0]).toMatchObject({ warning: expected }),
  );

  test('the same again is the same; changed, it is an update; gone from a whole snapshot, it is over', () => {
    const reader = newFeed();
    expect(warned(reader, [alert()])).toEqual(['alert gtfs-realtime:a1 0']);
    expect(warned(reader, [alert()], 30)).toEqual(['alert gtfs-realtime:a1 0']);
    expect(warned(reader, [alert({ effect: 'NO_SERVICE' })], 60)).toEqual(['update gtfs-realtime:a1 60']);
    expect(warned(reader, [alert({ effect: 'NO_SERVICE' })], 75)).toEqual(['update gtfs-realtime:a1 60']);
    expect(warned(reader, [], 90)).toEqual(['cancel gtfs-realtime:a1 90']);
    expect(warned(reader, [], 90)).toEqual(['cancel gtfs-realtime:a1 90']);
    expect(warned(reader, [], 120)).toEqual([['not-an-observation', 'entity']]);
    expect(warned(reader, [alert()], 150)).toEqual(['alert gtfs-realtime:a1 150']);
  });
  test('over a restart', () => {
    const reader = newFeed();
    warned(reader, [alert(), { ...alert(), id: '__proto__' }]);
    const again = newReader('gtfs-realtime', { timetable, memory: reader.memory });
    expect(warned(again, [alert()], 30)).toEqual([
      'alert gtfs-realtime:a1 0',
      'cancel gtfs-realtime:__proto__ 30',
    ]);
  });
  test('deleted', () => {
    const reader = newFeed();
    warned(reader, [alert()], 0, { incrementality: 'DIFFERENTIAL' });
    const gone = { id: 'a1', isDeleted: true };
    expect(warned(reader, [gone], 30, { incrementality: 'DIFFERENTIAL' })).toEqual([
      'cancel gtfs-realtime:a1 30',
    ]);
    expect(warned(newFeed(), [gone])).toEqual([['not-an-observation', 'entity[0].is_deleted']]);
  });
  test('what is not in part of a snapshot, in a late one, or in another topic is not over', () => {
    const reader = newFeed();
    warned(reader, [alert(), { ...alert(), id: 'a2' }], 60);
    expect(warned(reader, [{ ...alert(), id: 'a2' }], 90, { incrementality: 'DIFFERENTIAL' })).toHaveLength(
      1,
    );
    expect(warned(reader, [{ ...alert(), id: 'a2' }], 30)).toHaveLength(1);
    const cutOff = encodeFeed([{ ...alert(), id: 'a2' }, alert()], { timestamp: fixtureSeconds + 90 });
    expect(shown(cutOff.subarray(0, -3), reader)).toMatchObject([{ kind: 'warning' }, ['truncated', null]]);
    const other = reader.read('gtfs-rt/other', encodeFeed([], { timestamp: fixtureSeconds + 90 }));
    expect(other).toMatchObject([{ reason: 'not-an-observation' }]);
  });
  test('an update of a late snapshot does not replace what is known', () => {
    const reader = newFeed();
    warned(reader, [alert()], 60);
    warned(reader, [alert({ effect: 'NO_SERVICE' })], 30);
    expect(warned(reader, [alert()], 90)).toEqual(['alert gtfs-realtime:a1 60']);
  });
});

describe('what is none', () => {
  const good = encodeFeed([
    { vehicle: { vehicle: { id: '7' }, position: { latitude: 2.9, longitude: 99 } } },
  ]);
  test.each<[name: string, payload: Buffer, expected: unknown[]]>([
    ['empty', Buffer.alloc(0), [['empty', null]]],
    ['a page', Buffer.from('<!doctype html><title>404</title>'), [['not-protobuf', null]]],
    ['JSON', Buffer.from('{"header":{}}'), [['not-protobuf', null]]],
    [
      'random',
      Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
      [['not-protobuf', null]],
    ],
    ['the field 0', Buffer.from([0, 0]), [['not-protobuf', null]]],
    ['no header', Buffer.from([0x12, 0]), [['schema', 'header']]],
    ['a header alone', encodeFeed([]), [['not-an-observation', 'entity']]],
    ['cut off', good.subarray(0, -1), [['truncated', null]]],
    ['an entity of nothing', encodeFeed([{}]), [['not-an-observation', 'entity[0]']]],
    ['too large', Buffer.alloc(8 * 1024 * 1024 + 1, 0x12), [['too-large', null]]],
  ])('%s', (_name, payload, expected) => expect(shown(payload)).toEqual(expected));
  test('a page says so', () =>
    expect(feed.read(topic, Buffer.from('<html>'))[0]).toMatchObject({
      detail: expect.stringContaining('looks like HTML'),
    }));
  test('a broken entity takes no other with it', () => {
    const two = encodeFeed([
      { id: 'ab', vehicle: {} },
      { vehicle: { vehicle: { id: '7' }, position: { latitude: 2.9, longitude: 99 } } },
    ]);
    // The length of the first entity's vehicle, beyond the entity.
    two[two.indexOf(Buffer.from([0x22, 0x00])) + 1] = 0x7f;
    expect(shown(two)).toEqual([
      ['not-protobuf', 'entity[0]'],
      expect.objectContaining({ sourceId: 'gtfsrt-7' }),
    ]);
  });
  test('four million entities cost no more than the first twenty thousand', () => {
    const header = encodeFeed([]);
    const bomb = Buffer.alloc(8 * 1024 * 1024 - ((8 * 1024 * 1024 - header.length) % 2), 0);
    header.copy(bomb);
    for (let n = header.length; n + 1 < bomb.length; n += 2) bomb[n] = 0x12;
    const startedAt = performance.now();
    const outcomes = feed.read(topic, bomb.subarray(0, bomb.length - ((bomb.length - header.length) % 2)));
    expect(outcomes).toHaveLength(maxEntities + 1);
    expect(outcomes.at(-1)).toMatchObject({ reason: 'too-large', field: `entity[${maxEntities}]` });
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });
  test('an entity of half a megabyte is left out', () => {
    const long = { translation: [{ text: 'x'.repeat(600_000) }] };
    expect(shown(encodeFeed([{ alert: { headerText: long } }]))).toEqual([['too-large', 'entity[0]']]);
  });
  const samples = [
    good,
    encodeFeed([
      { tripUpdate: { trip: { tripId: 't1' }, stopTimeUpdate: [{ stopId: 's', arrival: { delay: -3 } }] } },
    ]),
    encodeFeed([
      { alert: { headerText: { translation: [{ text: 'é' }] }, informedEntity: [{ stopId: '__proto__' }] } },
    ]),
  ];
  test('whatever comes, there is an answer', () =>
    neverThrows('gtfs-realtime', [topic, '__proto__'], samples));
});

describe.skipIf(!haveRecordings)('recordings (skipped where /work/shared/feeds is absent)', () => {
  const folder = join(recordingsFolder, 'gtfs-rt');
  const files = haveRecordings ? readdirSync(folder) : [];
  const bytes = (file: string): Buffer => readFileSync(join(folder, file));
  const kinds = (outcomes: Outcome[]): Record<string, number> => {
    const counts: Record<string, number> = {};
    for (const outcome of outcomes) {
      const kind = outcome.kind === 'rejected' ? outcome.reason : outcome.kind;
      counts[kind] = (counts[kind] ?? 0) + 1;
    }
    return counts;
  };
  test.each<[file: string, counts: Record<string, number>]>([
    ['mbta_alerts.pb', { warning: 51 }],
    ['mbta_tripupdates.pb', { 'trip-update': 49 }],
    ['mbta_vehiclepositions.pb', { vehicle: 48 }],
  ])('%s', (file, counts) => expect(kinds(newFeed().read(topic, bytes(file)))).toEqual(counts));

  test('every position is what the bindings of MobilityData read', () => {
    const ours = newFeed().read(topic, bytes('mbta_vehiclepositions.pb'));
    const theirs = decodeFeed(bytes('mbta_vehiclepositions.pb')).entity.map(({ vehicle }) => vehicle!);
    for (const [n, outcome] of ours.entries()) {
      const { position, timestamp, vehicle } = theirs[n]!;
      if (outcome.kind !== 'vehicle') expect(position).toMatchObject({ latitude: 0, longitude: 0 });
      else {
        expect(outcome.sourceId).toBe(`gtfsrt-${vehicle!.id}`);
        expect(outcome.observedAt).toBe(Number(timestamp) * 1000);
        expect(outcome.lat).toBeCloseTo(position!.latitude, 5);
        expect(outcome.lon).toBeCloseTo(position!.longitude, 5);
      }
    }
  });
  test('every update of a stop is what they read', () => {
    for (const file of files) {
      const ours = newFeed()
        .read(topic, bytes(file))
        .filter((outcome) => outcome.kind === 'trip-update')
        .map(({ update }) => update);
      const theirs = decodeFeed(bytes(file)).entity.flatMap(({ tripUpdate }) =>
        tripUpdate?.stopTimeUpdate?.length ? [tripUpdate] : [],
      );
      expect(ours.map(({ tripId, startDate }) => [tripId, startDate.replaceAll('-', '')])).toEqual(
        theirs.map(({ trip }) => [trip.tripId, trip.startDate]),
      );
      expect(
        ours.flatMap(({ updates }) => updates.map((each) => [each.stopId, each.arrivalAt, each.departureAt])),
      ).toEqual(
        theirs.flatMap(({ stopTimeUpdate }) =>
          stopTimeUpdate!.map(({ stopId, arrival, departure }) => [
            stopId,
            arrival?.time ? Number(arrival.time) * 1000 : undefined,
            departure?.time ? Number(departure.time) * 1000 : undefined,
          ]),
        ),
      );
    }
  });
  test('vehicles that name only a stop stand where the timetable has it', () => {
    const file = bytes('nyct_ace_1707397157.pb');
    expect(kinds(newFeed().read(topic, file))).toMatchObject({ 'no-position': 160 });
    const anywhere = newReader('gtfs-realtime', {
      timetable: { ...timetable, stop: () => ({ lat: 40.7, lon: -74 }) },
    });
    expect(kinds(anywhere.read(topic, file))).toMatchObject({ vehicle: 160 });
  });
  test('damaged on the way', () => neverThrows('gtfs-realtime', [topic], files.map(bytes)));
  test('cut off anywhere', () => {
    const file = bytes('mbta_vehiclepositions.pb');
    for (let length = 0; length < file.length; length += 7) {
      expect(newFeed().read(topic, file.subarray(0, length)).length).toBeGreaterThan(0);
    }
  });
});

test('the registry has it', () => expect(newGtfsRealtime).toBeTypeOf('function'));
