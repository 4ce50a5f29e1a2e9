// Lines, stops, departures and the import over HTTP: who may, what comes back, what is refused.
import { Compile } from 'typebox/compile';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  Departures,
  GtfsImport,
  LineCollection,
  StopCollection,
  type Departure,
} from '../../model/transit.ts';
import { dateAt, startOfServiceDay } from '../../model/transit-times.ts';
import { upsertTripUpdates } from '../../store/trip-updates.ts';
import { eventually } from '../eventually.ts';
import { smallFeed } from '../store/gtfs-files.ts';
import { zipOf } from '../store/zip-of.ts';
import { hasPostgres, withoutPostgres } from './postgres.ts';
import { problemOf, startWorld, type World } from './world.ts';

if (!hasPostgres) console.warn(withoutPostgres);

const zone = 'Asia/Jakarta';
const minute = 60_000;

/** Just after midnight what was due some minutes ago belongs to yesterday. */
const serviceDayOf = (nowMs: number): string => dateAt(nowMs - 30 * minute, zone);

/** As GTFS writes it, for a moment so many minutes from now. */
function gtfsTime(fromNowMinutes: number, nowMs: number): string {
  const second = Math.floor(
    (nowMs + fromNowMinutes * minute - startOfServiceDay(serviceDayOf(nowMs), zone)) / 1000,
  );
  const part = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  return `${part(second / 3600)}:${part((second % 3600) / 60)}:${part(second % 60)}`;
}

describe.skipIf(!hasPostgres)('transit', () => {
  let world: World;
  let admin: string;
  let viewer: string;
  beforeAll(async () => {
    world = await startWorld();
    admin = await world.signIn('admin');
    viewer = await world.signIn('viewer');
  });
  afterAll(() => world.stop());

  const json = async <T>(path: string, cookie = viewer): Promise<T> =>
    (await (await world.fetch(path, { cookie })).json()) as T;
  const upload = (body: Buffer | string, type = 'application/zip', cookie = admin): Promise<Response> =>
    world.fetch('/api/imports/gtfs?name=small.zip', {
      method: 'POST',
      cookie,
      headers: { 'content-type': type },
      body: typeof body === 'string' ? body : new Uint8Array(body),
    });
  const ended = (id: number): Promise<GtfsImport> =>
    eventually(async () => {
      const state = await json<GtfsImport>(`/api/imports/${id}`, admin);
      expect(Compile(GtfsImport).Check(state)).toBe(true);
      expect(state.state).not.toBe('running');
      return state;
    });
  const importFeed = async (changes: Record<string, string> = {}): Promise<GtfsImport> => {
    const response = await upload(zipOf({ ...smallFeed(), ...changes }));
    expect(response.status).toBe(202);
    const { id } = (await response.json()) as { id: number };
    expect(response.headers.get('location')).toBe(`/api/imports/${id}`);
    return ended(id);
  };

  test('before the first import: no lines, and the answer says that there is no timetable', async () => {
    expect(await json('/api/transit/lines')).toEqual({
      type: 'FeatureCollection',
      timetable: null,
      features: [],
    });
    const response = await world.fetch('/api/transit/stops/S1/departures', { cookie: viewer });
    expect(response.status).toBe(404);
    expect((await problemOf(response)).detail).toMatch(/No timetable/);
  });

  test('nobody without a session, no role but admin imports, crews do not watch', async () => {
    for (const path of [
      '/api/transit/lines',
      '/api/transit/stops',
      '/api/transit/stops/S1/departures',
      '/api/imports',
      '/api/imports/1',
    ])
      expect((await world.fetch(path)).status).toBe(401);
    expect((await upload('PK', 'application/zip', 'none=1')).status).toBe(401);
    expect((await upload(zipOf(smallFeed()), 'application/zip', viewer)).status).toBe(403);
    const supervisor = await world.signIn('supervisor');
    expect((await world.fetch('/api/imports', { cookie: supervisor })).status).toBe(403);
    expect((await world.fetch('/api/imports/1', { method: 'DELETE', cookie: supervisor })).status).toBe(403);
    const crew = await world.signIn('crew');
    expect((await world.fetch('/api/transit/lines', { cookie: crew })).status).toBe(403);
  });

  test('what is no ZIP, of another type, or too large is refused at once', async () => {
    const text = await upload('stop_id');
    expect([text.status, (await problemOf(text)).detail]).toEqual([400, 'The body is no ZIP.']);
    const wrong = await upload('{}', 'text/csv');
    expect([wrong.status, (await problemOf(wrong)).detail]).toEqual([
      415,
      'The body must be application/zip.',
    ]);
    const large = await upload(Buffer.alloc(64 * 1024 ** 2 + 1)).catch(() => undefined);
    if (large) expect(large.status).toBe(413);
    for (const id of ['999', '0', 'x', '99999999999'])
      expect([400, 404]).toContain((await world.fetch(`/api/imports/${id}`, { cookie: admin })).status);
  });

  test('a feed that cannot be used fails with the reason, and the errors it had', async () => {
    const failed = await importFeed({ 'routes.txt': 'route_id,route_type\nR1,bus\n' });
    expect(failed).toMatchObject({ state: 'failed', current: false, fileName: 'small.zip' });
    expect(failed.fault).toMatch(/routes\.txt has no row/);
    expect(failed.report!.errors[0]).toMatchObject({
      file: 'routes.txt',
      line: 2,
      field: 'route_type',
      given: 'bus',
    });
  });

  test('a feed comes in: lines and stops as GeoJSON, the same again by its etag', async () => {
    const done = await importFeed();
    expect(done).toMatchObject({ state: 'done', current: true, fault: null });
    expect(done.report!.counts).toMatchObject({
      routes: 2,
      stops: 3,
      trips: 4,
      stopTimes: 12,
      frequencies: 2,
    });
    const lines = await json<LineCollection>('/api/transit/lines');
    expect(Compile(LineCollection).Errors(lines)).toEqual([]);
    expect(lines.features[0]).toMatchObject({
      id: 'R1',
      properties: { shortName: '01', longName: 'Parluasan, Pasar Horas', color: '#C2185B', agency: 'Dishub' },
    });
    expect(lines.timetable).toMatchObject({ importId: done.id, serviceUntil: '2099-12-31', timeZone: zone });
    const response = await world.fetch('/api/transit/stops', { cookie: viewer });
    const stops = (await response.json()) as StopCollection;
    expect(Compile(StopCollection).Errors(stops)).toEqual([]);
    expect(stops.features.map(({ id, properties }) => [id, properties.lines])).toEqual([
      ['S1', ['01', '02']],
      ['S2', ['01', '02']],
      ['S3', ['01', '02']],
    ]);
    const again = await world.fetch('/api/transit/stops', {
      cookie: viewer,
      headers: { 'if-none-match': response.headers.get('etag')! },
    });
    expect(again.status).toBe(304);
  });

  test('departures: on time, late, cancelled, past midnight, by headway', async () => {
    const now = Date.now();
    const times = (trip: string, from: number): string =>
      [0, 10, 20]
        .map(
          (after, at) =>
            `${trip},${gtfsTime(from + after, now)},${gtfsTime(from + after, now)},S${at + 1},${at + 1}`,
        )
        .join('\n');
    await importFeed({
      'calendar_dates.txt': '',
      'trips.txt':
        'route_id,service_id,trip_id,trip_headsign\nR1,DAILY,SOON,Simarimbun\nR1,DAILY,LATE,\nR1,DAILY,GONE,\nR1,DAILY,OFF,\nR2,DAILY,OFTEN,\n',
      'frequencies.txt': `trip_id,start_time,end_time,headway_secs\nOFTEN,${gtfsTime(-20, now)},${gtfsTime(60, now)},600\n`,
      'stop_times.txt': `trip_id,arrival_time,departure_time,stop_id,stop_sequence\n${[
        times('SOON', 15),
        // Was due at S2 three minutes ago.
        times('LATE', -13),
        times('GONE', -14),
        times('OFF', 20),
        'OFTEN,00:00:00,00:00:00,S1,1\nOFTEN,00:05:00,00:05:00,S2,2\nOFTEN,00:20:00,00:20:00,S3,3',
      ].join('\n')}\n`,
    });
    const today = serviceDayOf(now);
    const row = {
      startDate: today,
      sourceId: 'rt',
      observedAt: now - 5_000,
      receivedAt: now,
      updates: [],
      cancelled: false,
    };
    await upsertTripUpdates(world.db, [
      { ...row, tripId: 'LATE', updates: [{ stopSequence: 1, departureDelaySeconds: 600 }] },
      { ...row, tripId: 'GONE', updates: [{ stopId: 'S1', departureDelaySeconds: 30 }] },
      { ...row, tripId: 'OFF', cancelled: true },
    ]);
    const answer = await json<Departures>('/api/transit/stops/S2/departures');
    expect(Compile(Departures).Errors(answer)).toEqual([]);
    expect(answer).toMatchObject({ stopId: 'S2', name: 'Pasar Horas' });
    const todays = answer.departures.filter(({ serviceDate }) => serviceDate === today);
    const brief = ({ tripId, live, delaySeconds, cancelled, headwaySeconds }: Departure) => [
      tripId,
      live,
      delaySeconds,
      cancelled,
      headwaySeconds,
    ];
    expect(todays.map(brief)).toEqual([
      ['OFTEN', false, null, false, 600],
      ['LATE', true, 600, false, null],
      ['SOON', false, null, false, null],
      ['OFF', false, null, true, null],
    ]);
    const soon = todays.find(({ tripId }) => tripId === 'SOON')!;
    expect(Math.abs(Date.parse(soon.scheduledAt) - (now + 25 * minute))).toBeLessThan(2_000);
    expect(soon.headsign).toBe('Simarimbun');
    // Nothing leaves where a trip ends.
    expect((await json<Departures>('/api/transit/stops/S3/departures')).departures).toEqual([]);
    expect((await json<Departures>('/api/transit/stops/S2/departures?limit=2')).departures).toHaveLength(2);
    for (const limit of ['0', '101', 'x', '1.5'])
      expect(
        (await world.fetch(`/api/transit/stops/S2/departures?limit=${limit}`, { cookie: viewer })).status,
      ).toBe(400);
    const unknown = await world.fetch('/api/transit/stops/S%2F9%00/departures', { cookie: viewer });
    expect([404, 400]).toContain(unknown.status);
  });

  test('one at a time: a second is refused, the first can be stopped, and the timetable stays', async () => {
    const before = (await json<LineCollection>('/api/transit/lines')).timetable!.importId;
    const trips = Array.from({ length: 20_000 }, (_, at) => `R1,DAILY,X${at}`).join('\n');
    const times = Array.from({ length: 20_000 }, (_, at) =>
      [1, 2, 3].map((stop) => `X${at},07:0${stop}:00,07:0${stop}:00,S${stop},${stop}`).join('\n'),
    ).join('\n');
    const body = zipOf({
      ...smallFeed(),
      'trips.txt': `route_id,service_id,trip_id\n${trips}\n`,
      'stop_times.txt': `trip_id,arrival_time,departure_time,stop_id,stop_sequence\n${times}\n`,
      'frequencies.txt': '',
    });
    const { id } = (await (await upload(body)).json()) as { id: number };
    const second = await upload(zipOf(smallFeed()));
    expect([second.status, (await problemOf(second)).detail]).toEqual([
      409,
      expect.stringMatching(/Another import/),
    ]);
    const stopped = await world.fetch(`/api/imports/${id}`, { method: 'DELETE', cookie: admin });
    expect(stopped.status).toBe(204);
    expect(await ended(id)).toMatchObject({ state: 'stopped', current: false });
    expect((await json<LineCollection>('/api/transit/lines')).timetable!.importId).toBe(before);
    expect((await world.fetch(`/api/imports/${id}`, { method: 'DELETE', cookie: admin })).status).toBe(409);
    const list = await json<GtfsImport[]>('/api/imports?limit=2', admin);
    expect(list.map((each) => each.state)).toEqual(['stopped', 'done']);
    expect(
      await world.db.query('SELECT count(*)::int AS n FROM gtfs_stop_time WHERE gtfs_import_no = $1', [id]),
    ).toEqual([{ n: 0 }]);
  });

  test('while the database is away, that is what is said', async () => {
    world.db.away = true;
    const response = await world.fetch('/api/transit/lines', { cookie: viewer });
    world.db.away = false;
    expect(response.status).toBe(503);
  });
});
