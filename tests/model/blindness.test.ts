// What the city cannot see: reach, field of view, freshness, doubt, by kecamatan, and the day of a minute.
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { blindShares, toBlindField, toGround, type Ground } from '../../model/blind-ground.ts';
import { byDistrict, byWorst } from '../../model/blindness-http.ts';
import {
  beyondSightM,
  dayIn,
  hearingOf,
  isBlind,
  lookAround,
  metresPerDegree,
  sensorReachM,
  toBlindPlaces,
  toEyes,
  type BlindPlaces,
  type Eye,
  type Sight,
} from '../../model/blindness.ts';
import type { CityMap } from '../../model/city.ts';
import type { PictureAsset } from '../../model/picture.ts';
import { readCity } from '../../cities/read-city.ts';
import { citiesFolder } from '../places.ts';

const now = Date.parse('2026-11-30T05:00:00Z');
const centre = { lat: 2.96, lon: 99.06 };
const places: BlindPlaces = {
  junctions: [{ id: 'j', name: 'J', districtCode: '1', ...centre, placeEstimated: false }],
  districts: [{ code: '1', name: 'Satu' }],
};
const metresAway = (north: number, east = 0): { lat: number; lon: number } => ({
  lat: centre.lat + north / metresPerDegree,
  lon: centre.lon + east / (metresPerDegree * Math.cos((centre.lat * Math.PI) / 180)),
});

function asset(
  kind: PictureAsset['kind'],
  place: { lat: number; lon: number },
  values: Record<string, unknown>,
  secondsOld = 0,
): PictureAsset {
  const observedAt = now - secondsOld * 1000;
  return {
    id: `${kind}:x`,
    kind,
    name: 'x',
    simulated: false,
    unconfirmed: false,
    expectedEverySeconds: 60,
    observedAt,
    ...place,
    values: new Map(Object.entries(values).map(([key, value]) => [key, { value, observedAt }])),
  };
}

const sightOf = (assets: PictureAsset[], heardSinceMs?: number): Sight =>
  lookAround(places, toEyes(assets, now, heardSinceMs))[0]!;
const online = { state: 'online' };

test.each<[string, PictureAsset, boolean]>([
  ['a camera 149 m off', asset('camera', metresAway(149), online), true],
  ['a camera 151 m off', asset('camera', metresAway(151), online), false],
  [
    'looking at it',
    asset('camera', metresAway(100), { ...online, bearingDeg: 180, fieldOfViewDeg: 60 }),
    true,
  ],
  [
    'looking past it',
    asset('camera', metresAway(100), { ...online, bearingDeg: 140, fieldOfViewDeg: 60 }),
    false,
  ],
  [
    'across north',
    asset('camera', metresAway(-100), { ...online, bearingDeg: 340, fieldOfViewDeg: 60 }),
    true,
  ],
  [
    'on its mast, looking away',
    asset('camera', metresAway(25), { ...online, bearingDeg: 0, fieldOfViewDeg: 60 }),
    true,
  ],
  ['of unknown width', asset('camera', metresAway(100), { ...online, bearingDeg: 0 }), true],
  ['that says it is offline', asset('camera', metresAway(10), { state: 'offline' }), false],
  ['that is stale', asset('camera', metresAway(10), online, 181), false],
  ['an air sensor 990 m off', asset('sensor', metresAway(0, 990), { pm25: 12 }), true],
  ['an air sensor 1,010 m off', asset('sensor', metresAway(0, 1010), { pm25: 12 }), false],
  ['a river gauge 490 m off', asset('sensor', metresAway(490), { riverLevel: 1 }), true],
  ['a traffic counter 490 m off', asset('sensor', metresAway(490), { meanSpeed: 8 }), false],
  ['a sensor that tells its battery only', asset('sensor', metresAway(1), { batteryLevel: 80 }), false],
  [
    'whose gateway says that it is gone',
    asset('sensor', metresAway(1), { pm25: 12, link: 'offline' }),
    false,
  ],
  ['a vehicle that stands there', asset('vehicle', metresAway(1), {}), false],
])('%s: %s', (_name, seeing, seen) => {
  expect(isBlind(sightOf([seeing]))).toBe(!seen);
});

test('the widest of what a sensor measures is its reach', () => {
  expect(sensorReachM(asset('sensor', centre, { riverLevel: 1, rain: 0, battery: 3 }))).toBe(1000);
});

describe('doubt', () => {
  const unheard = asset('sensor', metresAway(10), { pm25: 12 }, 3600);

  test.each<[string, number | undefined, 'blind' | 'doubt']>([
    ['nobody says since when we hear', undefined, 'blind'],
    ['we hear for a minute', now - 60_000, 'doubt'],
    ['it had three intervals to speak', now - 181_000, 'blind'],
    ['it spoke since, and fell silent', now - 2 * 3600_000, 'blind'],
  ])('of one last heard an hour ago: %s', (_name, heardSinceMs, state) => {
    const sight = sightOf([unheard], heardSinceMs);
    expect([isBlind(sight), sight.inDoubt]).toEqual([state === 'blind', state === 'doubt']);
  });

  test('is none where something else sees, and ends after a quarter of an hour at the latest', () => {
    const fresh = asset('camera', metresAway(10), online);
    expect(sightOf([unheard, fresh], now - 60_000)).toMatchObject({ camera: true, inDoubt: false });
    const slow = { ...unheard, expectedEverySeconds: 3600, observedAt: now - 6 * 3600_000 };
    expect(sightOf([slow], now - 14 * 60_000).inDoubt).toBe(true);
    expect(sightOf([slow], now - 16 * 60_000).inDoubt).toBe(false);
  });

  test('hearing needs broker and ingest, since the later of them', () => {
    const [early, late] = ['2026-11-30T04:00:00.000Z', '2026-11-30T04:30:00.000Z'];
    expect(hearingOf({ broker: { ok: true, since: early }, ingest: { ok: true, since: late } })).toEqual({
      ok: true,
      since: Date.parse(late),
    });
    expect(hearingOf({ broker: { ok: false, since: early }, ingest: { ok: false, since: late } })).toEqual({
      ok: false,
      since: Date.parse(early),
    });
  });
});

test('kecamatan: each its own, the worst by minutes, of equals the one blind now', () => {
  const sight = (id: string, districtCode: string, camera: boolean): Sight => ({
    ...{ id, name: id, districtCode, ...centre, placeEstimated: true },
    ...{ camera, sensor: false, inDoubt: false, simulated: false },
  });
  const two: BlindPlaces = {
    ...places,
    districts: [
      { code: '1', name: 'Satu' },
      { code: '2', name: 'Dua' },
    ],
  };
  const sights = [
    sight('a', '1', true),
    sight('b', '1', false),
    sight('c', '2', false),
    sight('d', '2', true),
  ];
  const found = byDistrict(
    two,
    sights,
    new Map([
      ['a', 3],
      ['b', 3],
      ['d', 9],
    ]),
    [0.1234, null],
  );
  expect(found).toMatchObject([
    {
      code: '1',
      junctions: 2,
      blind: 1,
      withoutCamera: 1,
      blindMinutes: 6,
      blindAreaPct: 12.3,
      worst: { id: 'b' },
    },
    {
      code: '2',
      junctions: 2,
      blind: 1,
      blindMinutes: 9,
      blindAreaPct: null,
      worst: { id: 'd', blindMinutes: 9 },
    },
  ]);
  expect(byWorst(found).map(({ code }) => code)).toEqual(['2', '1']);
  expect(byDistrict(two, [sight('a', '1', true)], new Map(), [])[0]!.worst).toBeNull();
});

test.each([
  ['2026-11-30T16:59:59Z', '2026-11-30'],
  ['2026-11-30T17:00:00Z', '2026-12-01'],
  ['2026-12-31T17:00:00Z', '2027-01-01'],
])('%s is the %s of Jakarta', (at, day) => {
  expect(dayIn(Date.parse(at), 'Asia/Jakarta')).toBe(day);
});

describe('the ground of the city', () => {
  let city: CityMap;
  let ground: Ground;
  beforeAll(async () => {
    city = await readCity('pematangsiantar', citiesFolder);
    ground = toGround(city.districts);
  });
  const eye = (place: { lat: number; lon: number }, reachM: number, view?: Eye['view']): Eye => ({
    ...{ kind: 'sensor', ...place, reachM, view, simulated: false, inDoubt: false },
  });
  const shares = (eyes: Eye[]): number[] =>
    blindShares(ground, toBlindField(ground, eyes), 8).map((share) => share!);

  test('every junction is in a kecamatan; nobody seeing, all of it is blind', () => {
    expect(toBlindPlaces(city).junctions.filter(({ districtCode }) => districtCode === null)).toEqual([]);
    for (const share of shares([])) expect(share).toBeGreaterThan(0.97);
    expect(shares([eye(centre, 50_000)])).toEqual(new Array(8).fill(0));
  });

  test('what one sensor sees is the area of its circle', () => {
    const seenKm2 = city.districts.districts.reduce(
      (sum, { areaKm2 }, n) => sum + areaKm2 * (shares([])[n]! - shares([eye(centre, 1000)])[n]!),
      0,
    );
    expect(seenKm2).toBeGreaterThan(Math.PI * 0.97);
    expect(seenKm2).toBeLessThan(Math.PI * 1.03);
  });

  test('a point of it is blind exactly where it lies beyond all sight', () => {
    const around = fc.record({
      lat: fc.double({ min: 2.9, max: 3, noNaN: true }),
      lon: fc.double({ min: 99.02, max: 99.1, noNaN: true }),
    });
    const view = fc.option(
      fc.record({
        bearingDeg: fc.integer({ min: 0, max: 359 }),
        fieldOfViewDeg: fc.integer({ min: 20, max: 360 }),
      }),
      { nil: undefined },
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(around, fc.integer({ min: 30, max: 1500 }), view), { maxLength: 6 }),
        fc.nat(),
        (given, n) => {
          const eyes = given.map(([place, reachM, looks]) => eye(place, reachM, looks));
          const at = n % ground.insideM.length;
          const lon = ground.west + (at % ground.columns) * ground.stepLon;
          const lat = ground.south + Math.floor(at / ground.columns) * ground.stepLat;
          const beyond = eyes.map((each) =>
            beyondSightM(
              each,
              ((lon - each.lon) / ground.stepLon) * ground.stepM,
              ((lat - each.lat) / ground.stepLat) * ground.stepM,
            ),
          );
          expect(toBlindField(ground, eyes)[at]! > 0).toBe(
            ground.insideM[at]! > 0 && beyond.every((m) => m > 0),
          );
        },
      ),
      { numRuns: 60 },
    );
  });
});
