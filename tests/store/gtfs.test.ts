// The import of timetables: a real feed with its faults, files as they are met, and what happens when it is broken off.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseGtfsTime, toGtfsTime } from '../../model/transit-times.ts';
import type { Database } from '../../store/connect.ts';
import { readCsv } from '../../store/gtfs/csv.ts';
import { Faults, GtfsRefused } from '../../store/gtfs/faults.ts';
import { countsOf, type Feed } from '../../store/gtfs/feed.ts';
import { importGtfs } from '../../store/gtfs/import.ts';
import { beginImport, ImportBusy } from '../../store/gtfs/imports.ts';
import { readFeed } from '../../store/gtfs/read.ts';
import { GtfsZip } from '../../store/gtfs/zip.ts';
import { selectLines, selectStops, selectTimetable } from '../../store/timetable.ts';
import { keyOfTripUpdate, selectTripUpdates, upsertTripUpdates } from '../../store/trip-updates.ts';
import { newTestDatabase, type TestDatabase } from '../database.ts';
import { recordingsFolder, root } from '../places.ts';
import { smallFeed } from './gtfs-files.ts';
import { zipOf } from './zip-of.ts';

const folder = join(recordingsFolder, 'gtfs-static');
const bogor = join(folder, 'bogor-angkot.gtfs.zip');
const sample = join(folder, 'sample-feed-1.zip');
const withoutRecordings = existsSync(folder) ? undefined : `recordings are not at ${folder}`;
if (withoutRecordings) console.warn(`gtfs: ${withoutRecordings}`);

async function read(source: string | Buffer): Promise<{ feed: Feed; faults: Faults }> {
  const faults = new Faults();
  const zip = await GtfsZip.open(source);
  try {
    return {
      feed: await readFeed(zip, faults, { progress: () => undefined, signal: undefined }),
      faults,
    };
  } finally {
    zip.close();
  }
}

const readFiles = (changes: Record<string, string | undefined>) => {
  const files: Record<string, string | undefined> = { ...smallFeed(), ...changes };
  return read(
    zipOf(
      Object.fromEntries(Object.entries(files).filter(([, text]) => text !== undefined)) as Record<
        string,
        string
      >,
    ),
  );
};

const timesOf = ({ stopTimes, trips }: Feed, tripId: string): [number, number][] =>
  [...stopTimes.order]
    .filter((row) => trips.list[stopTimes.trip.at(row)]!.tripId === tripId)
    .map((row) => [stopTimes.arrival.at(row), stopTimes.departure.at(row)]);

describe.skipIf(withoutRecordings)('real feeds', () => {
  test('Bogor: all of it, with its 24 frequencies of trips that do not exist, by line', async () => {
    const delay = monitorEventLoopDelay({ resolution: 5 });
    delay.enable();
    const beganAt = performance.now();
    const { feed, faults } = await read(bogor);
    const readingMs = performance.now() - beganAt;
    delay.disable();
    expect(countsOf(feed)).toMatchObject({
      routes: 24,
      stops: 346,
      trips: 3456,
      stopTimes: 172_080,
      frequencies: 0,
    });
    expect(faults.errorCount).toBe(24);
    expect(faults.errors.map(({ file, line, field }) => `${file}:${line} ${field}`)).toEqual(
      Array.from({ length: 24 }, (_, at) => `frequencies.txt:${at + 2} trip_id`),
    );
    expect(faults.errors[7]).toMatchObject({ given: 'AK-07A', expected: 'a trip of trips.txt' });
    // Its trips past midnight begin again at 00:00: told of, and read as what they mean.
    expect(faults.warningCount).toBe(107);
    expect(faults.warnings[0]).toMatchObject({
      file: 'stop_times.txt',
      field: 'arrival_time',
      given: '00:00:00',
    });
    for (const [, departure] of timesOf(feed, 'AK-23-23-50').slice(-1))
      expect(departure).toBeGreaterThan(86_400);
    // As a share, for the machine may be loaded; alone it is some 20 ms of 1,700.
    expect(delay.percentile(99) / 1e6 / readingMs).toBeLessThan(0.1);
  });

  test("Google's sample: frequencies, no shapes in shapes.txt, files without a last line end", async () => {
    const { feed, faults } = await read(sample);
    expect(countsOf(feed)).toMatchObject({
      routes: 5,
      stops: 9,
      trips: 11,
      stopTimes: 28,
      shapes: 0,
      frequencies: 11,
    });
    expect(faults).toMatchObject({ errorCount: 0, warningCount: 0 });
    expect(feed.frequencies.filter(({ tripNo }) => feed.trips.list[tripNo]!.tripId === 'CITY1')).toHaveLength(
      5,
    );
  });
});

describe('files as they are met', () => {
  test('a byte order mark, CR LF, blank lines, quotes with commas and line ends, columns nobody knows', async () => {
    const { feed, faults } = await readFiles({
      'stops.txt':
        '\uFEFFstop_id,"stop_name", STOP_LAT ,stop_lon,colour_of_bench\r\n\r\n' +
        'S1,"Simpang ""Dua"",\r\natas",2.9,99.0,red\r\n,,,,\r\nS2,Pasar,2.9,99.1,\r\nS3,Kantor,2.8,99\r\nS4,X,north,99\r\n',
      'shapes.txt': '',
      'frequencies.txt': '\r\n\r\n',
      'calendar_dates.txt': undefined,
    });
    expect(feed.stops.list.map(({ name }) => name)).toEqual(['Simpang "Dua",\r\natas', 'Pasar', 'Kantor']);
    expect(feed.shapes.count).toBe(0);
    expect(faults.errors).toEqual([
      { file: 'stops.txt', line: 8, field: 'stop_lat', given: 'north', expected: 'degrees from -90 to 90' },
    ]);
  });

  test('times past midnight, times left out, times that fall back', async () => {
    const { feed, faults } = await readFiles({
      'stop_times.txt':
        'trip_id,arrival_time,departure_time,stop_id,stop_sequence\n' +
        // Out of order, as files may be.
        'T1,10:00:00,10:00:00,S3,40\nT1,7:00:00,,S1,10\nT1,,,S2,20\nT1,,,S1,30\n' +
        'NIGHT,23:50:00,23:50:00,S1,1\nNIGHT,26:32:00,26:33:00,S2,2\nNIGHT,26:00:00,26:00:00,S3,3\nNIGHT,26:40:00,26:39:00,S1,3\n' +
        'NIGHT,26:50:00,26:40:00,S3,4\nOFTEN,00:00:00,00:00:00,S1,1\nOFTEN,,,S2,2\n',
    });
    expect(timesOf(feed, 'T1').map(([arrival]) => arrival / 3600)).toEqual([7, 8, 9, 10]);
    expect(timesOf(feed, 'NIGHT')).toEqual([
      [85_800, 85_800],
      [95_520, 95_580],
      [96_600, 96_600],
    ]);
    expect(faults.errors.map(({ line, field, expected }) => `${line} ${field}: ${expected}`)).toEqual([
      '9 stop_sequence: a number once in its trip',
      '8 arrival_time: a time not before 26:33:00 at S2',
      '12 arrival_time: a time at the first and the last stop of a trip',
    ]);
    expect(faults.warnings).toMatchObject([{ line: 10, field: 'departure_time', given: '26:40:00' }]);
  });

  test('rows that point at nothing are left out, each with its line', async () => {
    const { feed, faults } = await readFiles({
      'trips.txt':
        'route_id,service_id,trip_id\nR1,DAILY,T1\nR9,DAILY,T2\nR1,NEVER,T3\nR1,DAILY,T1\n,DAILY,T5\n',
    });
    expect(feed.trips.list.map(({ tripId }) => tripId)).toEqual(['T1']);
    expect(
      faults.errors
        .filter(({ file }) => file === 'trips.txt')
        .map(({ line, field, given }) => [line, field, given]),
    ).toEqual([
      [3, 'route_id', 'R9'],
      [4, 'service_id', 'NEVER'],
      [5, 'trip_id', 'T1'],
      [6, 'route_id', ''],
    ]);
    // Stop times and frequencies of trips that were left out, counted too.
    expect(faults.errorCount).toBe(4 + 9 + 2);
  });

  test('the first thousand faults are kept, all are counted', async () => {
    const rows = Array.from({ length: 2500 }, (_, at) => `X${at},07:00:00,07:00:00,S1,1`).join('\n');
    const { 'stop_times.txt': good } = smallFeed();
    const { faults } = await readFiles({ 'stop_times.txt': `${good}${rows}\n` });
    expect(faults.errorCount).toBe(2500);
    expect(faults.errors).toHaveLength(1000);
  });

  test('a quote that is never closed costs the rest of its file', async () => {
    const { feed, faults } = await readFiles({
      'stops.txt': `${smallFeed()['stops.txt']}S4,"open,2.9,99\n${'S5,more,2.9,99\n'.repeat(20_000)}`,
    });
    expect(feed.stops.list).toHaveLength(3);
    expect(faults.errors[0]).toMatchObject({ file: 'stops.txt', line: 5 });
    expect(faults.errors[0]!.expected).toMatch(/the rest of the file was not read/);
  });

  test('a folder within the ZIP is taken for the top', async () => {
    const inFolder = Object.entries(smallFeed()).map(([name, text]) => [`feed/${name}`, text] as const);
    const { feed } = await read(zipOf({ '__MACOSX/._x': '', ...Object.fromEntries(inFolder) }));
    expect(feed.trips.list).toHaveLength(4);
  });

  test.each([
    ['a mandatory file', { 'stops.txt': undefined }, /Not in the ZIP: stops\.txt/],
    [
      'both calendars',
      { 'calendar.txt': undefined, 'calendar_dates.txt': undefined },
      /calendar\.txt or calendar_dates\.txt/,
    ],
    [
      'a mandatory column',
      { 'stops.txt': 'stop_id,lat,lon\nS1,1,1\n' },
      /stops\.txt has no column stop_lat, stop_lon.*stop_id, lat, lon/,
    ],
    ['all content', { 'routes.txt': '' }, /routes\.txt is empty/],
    [
      'any usable row',
      { 'routes.txt': 'route_id,route_type\nR1,bus\n' },
      /routes\.txt has no row that can be used\. Line 2, route_type.*"bus"/,
    ],
  ])('a feed without %s is refused', async (_what, changes, message) => {
    await expect(readFiles(changes)).rejects.toThrow(message);
  });
});

describe('ZIPs', () => {
  test('what is no ZIP, is cut short, or lies about its content is refused', async () => {
    const whole = zipOf(smallFeed());
    await expect(read(Buffer.from('stop_id,stop_name\n'))).rejects.toThrow(GtfsRefused);
    await expect(read(whole.subarray(0, whole.length / 2))).rejects.toThrow(/not a ZIP/);
    await expect(read(zipOf(smallFeed(), { checksum: 1 }))).rejects.toThrow(
      /damaged in the ZIP: its checksum/,
    );
    await expect(read(zipOf(smallFeed(), { size: 10 }))).rejects.toThrow(/damaged in the ZIP/);
  });

  test('a bomb is refused by what it says of itself, and by what it does', async () => {
    const zeros = Buffer.alloc(64 * 1024 ** 2);
    await expect(read(zipOf({ ...smallFeed(), 'stop_times.txt': zeros }))).rejects.toThrow(
      /unpacks to too much/,
    );
    await expect(read(zipOf({ ...smallFeed() }, { size: 400_000_000 }))).rejects.toThrow(
      /unpacks to too much/,
    );
    // Told to be small: ended as soon as more comes.
    await expect(read(zipOf({ ...smallFeed(), 'agency.txt': zeros }, { size: 200 }))).rejects.toThrow(
      /damaged/,
    );
  });
});

describe('properties', () => {
  test('every time of ten days is read as it is written', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 863_999 }), (second) => {
        expect(parseGtfsTime(toGtfsTime(second))).toBe(second);
      }),
    );
    expect(parseGtfsTime('26:32:00')).toBe(95_520);
    expect(parseGtfsTime('7:05:09')).toBe(25_509);
  });

  test('whatever is no time is none', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const second = parseGtfsTime(text);
        expect(second === undefined || /^\d{1,3}:[0-5]\d:[0-5]\d$/.test(text)).toBe(true);
      }),
    );
    for (const text of ['', '7:5:00', '24:60:00', '-1:00:00', '07:00', '07:00:00 ', '240:00:00', '٠٧:٠٠:٠٠'])
      expect(parseGtfsTime(text)).toBeUndefined();
  });

  test('no bytes make the reader of CSV throw, whatever way they come in', async () => {
    const piece = fc.constantFrom('"', '""', ',', '\r', '\n', '\r\n', '\uFEFF', 'a', '\0', '😀', ' ', '\x1a');
    const text = fc.oneof(
      fc.array(piece, { maxLength: 60 }).map((pieces) => Buffer.from(pieces.join(''))),
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    );
    await fc.assert(
      fc.asyncProperty(text, fc.integer({ min: 1, max: 7 }), async (bytes, size) => {
        const chunks: Buffer[] = [];
        for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
        let faults = 0;
        let line = 0;
        for await (const row of readCsv(Readable.from(chunks), () => faults++)) {
          expect(row.line).toBeGreaterThan(line);
          line = row.line;
        }
        expect(faults).toBeLessThanOrEqual(1);
      }),
      { numRuns: 400 },
    );
  });

  test('no feed makes the reader throw but to say what is missing', async () => {
    const files = Object.keys(smallFeed());
    const cell = fc.constantFrom(
      '',
      'S1',
      'T1',
      'R1',
      'DAILY',
      '1',
      '-1',
      '99:99:99',
      '25:00:00',
      '20261332',
      '"',
      'NaN',
      '1e9',
      '\0',
    );
    const rows = fc.array(
      fc.array(cell, { maxLength: 9 }).map((cells) => cells.join(',')),
      { maxLength: 6 },
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...files), rows, async (file, lines) => {
        const feed = smallFeed();
        await readFiles({ [file]: `${feed[file]}${lines.join('\n')}` });
        await readFiles({ [file]: `${feed[file]!.split('\n')[0]}\n${lines.join('\n')}` }).catch(
          (error: unknown) => {
            if (!(error instanceof GtfsRefused)) throw error;
          },
        );
      }),
      { numRuns: 150 },
    );
  });
});

describe('in the database', () => {
  let database: TestDatabase;
  let db: Database;
  beforeAll(async () => {
    database = await newTestDatabase();
    db = await database.open();
  });
  afterAll(async () => {
    await db.close();
    await database.remove();
  });

  const importFiles = (changes: Record<string, string> = {}, options: { signal?: AbortSignal } = {}) =>
    importGtfs(db, {
      source: zipOf({ ...smallFeed(), ...changes }),
      fileName: 'small.zip',
      actor: 'test',
      ...options,
    });
  const countOf = async (table: string): Promise<number> =>
    (await db.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${table}`))[0]!.n;

  test('a small feed is there, with lines from shapes, or from stops where there are none', async () => {
    const report = await importFiles();
    expect(report).toMatchObject({ errorCount: 0, serviceFrom: '2020-01-01', serviceUntil: '2099-12-31' });
    const { importNo, timeZone, lastSecond } = (await selectTimetable(db))!;
    expect([timeZone, lastSecond]).toEqual(['Asia/Jakarta', 95_520]);
    const lines = await selectLines(db, importNo);
    expect(lines.map(({ routeId, color, paths }) => [routeId, color, paths])).toEqual([
      [
        'R1',
        'C2185B',
        [
          [
            [99.06, 2.978],
            [99.064, 2.96],
            [99.05, 2.93],
          ],
        ],
      ],
      [
        'R2',
        null,
        [
          [
            [99.06, 2.978],
            [99.064, 2.96],
            [99.05, 2.93],
          ],
        ],
      ],
    ]);
    const stops = await selectStops(db, importNo);
    expect(stops.map(({ stopId, lines: names }) => [stopId, names])).toEqual([
      ['S1', ['01', '02']],
      ['S2', ['01', '02']],
      ['S3', ['01', '02']],
    ]);
  });

  test('the next one replaces it, and nothing of the old one stays', async () => {
    const before = (await selectTimetable(db))!.importNo;
    await importFiles({ 'routes.txt': 'route_id,route_type\nR1,3\nR2,3\nR3,3\n' });
    const after = (await selectTimetable(db))!.importNo;
    expect(after).toBeGreaterThan(before);
    expect(await countOf('gtfs_route')).toBe(3);
    expect(await countOf('gtfs_stop_time')).toBe(12);
    const changes = await db.query(`SELECT actor FROM change_log WHERE noun = 'timetable'`);
    expect(changes).toEqual([{ actor: 'test' }, { actor: 'test' }]);
  });

  test('one that fails, or is stopped, leaves the old one as it was', async () => {
    const before = (await selectTimetable(db))!;
    await expect(importFiles({ 'stops.txt': 'stop_id\nS1\n' })).rejects.toThrow(/no column/);
    const stop = new AbortController();
    stop.abort();
    await expect(importFiles({}, { signal: stop.signal })).rejects.toThrow(/abort/i);
    expect(await selectTimetable(db)).toEqual(before);
    expect(await countOf('gtfs_stop_time')).toBe(12);
    const states = await db.query('SELECT state FROM gtfs_import ORDER BY gtfs_import_no DESC LIMIT 2');
    expect(states).toEqual([{ state: 'stopped' }, { state: 'failed' }]);
  });

  test('one whose process died shows nothing, and is cleaned away by the next', async () => {
    const { importNo } = (await selectTimetable(db))!;
    const dead = await beginImport(db, 'dead.zip');
    await db.execute(
      `INSERT INTO gtfs_stop_time SELECT $1::int, n, 1, 1, 0, 0, 0 FROM generate_series(1, 25000) n`,
      [dead],
    );
    expect((await selectTimetable(db))!.importNo).toBe(importNo);
    // On a server it may be alive in another process.
    if (db.home === 'server') {
      await expect(beginImport(db, 'second.zip')).rejects.toThrow(ImportBusy);
      await db.execute(
        `UPDATE gtfs_import SET heard_at = now() - interval '2 min' WHERE gtfs_import_no = $1`,
        [dead],
      );
    }
    await importFiles();
    expect(await countOf('gtfs_stop_time')).toBe(12);
    expect(await db.query('SELECT state FROM gtfs_import WHERE gtfs_import_no = $1', [dead])).toEqual([
      { state: 'failed' },
    ]);
  });

  test('trip updates: only the newer one counts, and says so', async () => {
    const row = (observedAt: number, cancelled: boolean) => ({
      tripId: 'T1',
      startDate: '2026-11-24',
      sourceId: 'rt',
      observedAt,
      receivedAt: observedAt + 50,
      updates: [{ stopId: 'S1', arrivalDelaySeconds: 60 }],
      cancelled,
    });
    const run = { tripId: 'T1', startDate: '2026-11-24' };
    const key = keyOfTripUpdate(run);
    expect(await upsertTripUpdates(db, [row(2000, true), row(1000, false)])).toEqual(new Set([key]));
    expect(await upsertTripUpdates(db, [row(2000, false)])).toEqual(new Set());
    expect(await upsertTripUpdates(db, [row(1500, false)])).toEqual(new Set());
    expect(await upsertTripUpdates(db, [row(2001, false)])).toEqual(new Set([key]));
    const found = await selectTripUpdates(db, [run, { tripId: 'T2', startDate: '2026-11-24' }]);
    expect([...found.values()]).toEqual([row(2001, false)]);
  });

  test.skipIf(withoutRecordings)(
    'Bogor comes in within seconds, and others get their turn meanwhile',
    async () => {
      const seen: string[] = [];
      let waited = 0;
      let over = false;
      const others = (async () => {
        while (!over) {
          const askedAt = performance.now();
          await db.query('SELECT 1');
          waited = Math.max(waited, performance.now() - askedAt);
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      })();
      const startedAt = performance.now();
      const source = await readFile(bogor);
      const report = await importGtfs(db, {
        source,
        fileName: 'bogor',
        actor: 'test',
        progress: ({ file, phase }) => seen.push(`${phase} ${file}`),
      });
      const seconds = (performance.now() - startedAt) / 1000;
      over = true;
      await others;
      console.log(`Bogor: ${seconds.toFixed(1)} s; another query waited at most ${waited.toFixed(0)} ms`);
      expect(report.counts.stopTimes).toBe(172_080);
      expect(await countOf('gtfs_stop_time')).toBe(172_080);
      expect(new Set(seen)).toContain('writing stop_times.txt');
      expect(seconds).toBeLessThan(30);
      expect(waited).toBeLessThan(2_000);
    },
  );
});

test('the command says to use the admin screen while a server holds the folder', async () => {
  const database = await newTestDatabase();
  const db = await database.open();
  try {
    if (db.home === 'server') return;
    const file = join(database.dataFolder, 'small.zip');
    await writeFile(file, zipOf(smallFeed()));
    const run = () =>
      spawnSync(process.execPath, ['build.js', 'run', 'import', 'gtfs', file], {
        cwd: root,
        encoding: 'utf8',
        env: { ...process.env, SIMPANG_DATA: database.dataFolder },
      });
    const refused = run();
    expect(refused.status).toBe(1);
    expect(refused.stderr).toMatch(new RegExp(`in use by process ${process.pid}[\\s\\S]*admin screen`));
    await db.close();
    const taken = run();
    expect(taken.stdout).toMatch(/Imported small\.zip: 2 routes, 3 stops, 4 trips, 12 stop times/);
    expect(taken.status).toBe(0);
  } finally {
    await db.close().catch(() => undefined);
    await database.remove();
  }
});
