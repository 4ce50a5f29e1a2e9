// The past from rows: a moment is what the rows by then say, whatever order they came in; a slice leads from one to the next.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { metrics, type MetricId } from '../../model/metrics.ts';
import { lookBackMs, type Known } from '../../model/moment.ts';
import { toFeature, type PictureAsset } from '../../model/picture.ts';
import { actOnAlarm, raiseAlarm } from '../../store/alarms.ts';
import { registerAssets, upsertLatest } from '../../store/assets.ts';
import { appendChange } from '../../store/changes.ts';
import type { Database } from '../../store/connect.ts';
import { insertFeedMinutes } from '../../store/feed-minutes.ts';
import { selectDensity, toGaps } from '../../store/moment-density.ts';
import { selectLoggedAt } from '../../store/moment-log.ts';
import { selectSlice, type SliceAsked } from '../../store/moment-slices.ts';
import { looking, selectAssetsAt, selectKeptFrom } from '../../store/moments.ts';
import {
  insertCameraEvents,
  insertCameraStates,
  insertReadings,
  insertVehiclePositions,
} from '../../store/observations.ts';
import { Reel } from '../../web/src/live/reel.ts';
import { newTestDatabase, type TestDatabase } from '../database.ts';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const now = Date.UTC(2026, 5, 20, 12);
/** Where the random rows begin. */
const start = now - 6 * hour;
const vehicles = ['bus-1', 'bus-2', 'sim-bus-3'];
const sensors = ['air-1', 'air-2'];
const measured: MetricId[] = ['pm25', 'temperature'];
const cameras = ['cam-1', 'cam-2'];

interface Row {
  id: string;
  key: string;
  seen: number;
  received: number;
  n: number;
}

describe('the past from rows', () => {
  let made: TestDatabase;
  let db: Database;
  const numbers = new Map<string, number>();

  beforeAll(async () => {
    made = await newTestDatabase();
    db = await made.open();
    await registerAssets(db, [
      ...vehicles.map((id) => ({
        kind: 'vehicle' as const,
        sourceId: id,
        name: id,
        simulated: id.startsWith('sim-'),
      })),
      ...sensors.map((id) => ({
        kind: 'sensor' as const,
        sourceId: id,
        name: id,
        simulated: false,
        lat: 2.9,
        lon: 99,
      })),
      ...cameras.map((id) => ({
        kind: 'camera' as const,
        sourceId: id,
        name: id,
        simulated: false,
        lat: 2.9,
        lon: 99,
      })),
    ]);
    await db.execute('UPDATE asset SET created_at = $1', [new Date(now - 40 * day)]);
    const rows = await db.query<{ asset_no: number; id: string }>(
      `SELECT asset_no, kind || ':' || source_id AS id FROM asset`,
    );
    for (const { asset_no: no, id } of rows) numbers.set(id, no);
    await upsertLatest(
      db,
      sensors.map((id) => ({
        assetNo: numbers.get(`sensor:${id}`)!,
        observedAt: now,
        receivedAt: now,
        lat: 2.9,
        lon: 99,
        values: new Map(measured.map((metric) => [metric, { value: 0, observedAt: now }])),
      })),
    );
  });
  afterAll(async () => {
    await db.close();
    await made.remove();
  });

  async function store(rows: readonly Row[]): Promise<void> {
    for (const table of ['vehicle_position', 'reading', 'camera_state', 'camera_event'])
      await db.execute(`TRUNCATE ${table}`);
    const of = (kind: string): Row[] => rows.filter(({ id }) => id.startsWith(kind));
    const place = ({ n }: Row) => ({ latE6: 2_900_000 + n, lonE6: 99_000_000 - n });
    await insertVehiclePositions(
      db,
      of('vehicle').map((row) => ({
        vehicleNo: numbers.get(row.id)!,
        observedAt: row.seen,
        receivedAfterMs: row.received - row.seen,
        ...place(row),
        speedDmps: row.n % 3 === 0 ? undefined : row.n % 200,
        headingDeg: row.n % 360,
        occupancyPct: row.n % 2 === 0 ? undefined : row.n % 100,
        routeNo: undefined,
      })),
      false,
    );
    await insertReadings(
      db,
      of('sensor').map((row) => ({
        assetNo: numbers.get(row.id)!,
        metricNo: metrics[row.key as MetricId].no,
        observedAt: row.seen,
        receivedAt: row.received,
        value: row.n,
      })),
      false,
    );
    const camera = of('camera').map((row) => ({
      assetNo: numbers.get(row.id)!,
      observedAt: row.seen,
      receivedAt: row.received,
      state: row.n % 2 === 0 ? 'online' : 'offline',
      event: row.key === 'event',
      eventId: String(row.n),
    }));
    await insertCameraStates(
      db,
      camera.filter(({ event }) => !event),
      false,
    );
    await insertCameraEvents(
      db,
      camera
        .filter(({ event }) => event)
        .map((row) => ({
          ...row,
          type: 'crash',
          label: undefined,
          count: undefined,
          score: undefined,
          identity: undefined,
        })),
      false,
    );
  }

  const momentOf = (atMs: number, known: Known = 'was', nowMs = now): Promise<PictureAsset[]> =>
    looking(db, (tx) => selectAssetsAt(tx, { atMs, known, nowMs, withSimulated: true }));

  const isKnown = (row: Row, at: number, known: Known): boolean =>
    row.seen <= at && (known === 'was' || row.received <= at);

  /** What the rows say, the slow way. */
  function recompute(rows: readonly Row[], at: number, known: Known): Record<string, unknown> {
    const state: Record<string, unknown> = {};
    const newest = (id: string, keys: string[], backMs: number): Row | undefined =>
      rows
        .filter(
          (row) =>
            row.id === id && keys.includes(row.key) && isKnown(row, at, known) && row.seen > at - backMs,
        )
        .sort((a, b) => b.seen - a.seen)[0];
    for (const id of vehicles.map((each) => `vehicle:${each}`)) {
      const fix = newest(id, ['fix'], lookBackMs.vehicle);
      state[id] = fix && [
        fix.seen,
        (2_900_000 + fix.n) / 1e6,
        fix.n % 360,
        fix.n % 3 === 0 ? undefined : (fix.n % 200) / 10,
      ];
    }
    for (const id of sensors.map((each) => `sensor:${each}`)) {
      for (const metric of measured) {
        const reading = newest(id, [metric], lookBackMs.sensor);
        state[`${id} ${metric}`] = reading && [reading.seen, reading.n];
      }
    }
    for (const id of cameras.map((each) => `camera:${each}`)) {
      const said = newest(id, ['state'], lookBackMs.camera);
      const sign = newest(id, ['state', 'event'], lookBackMs.camera);
      state[id] = [sign?.seen, said && (said.n % 2 === 0 ? 'online' : 'offline')];
    }
    return state;
  }

  function described(assets: Iterable<PictureAsset>): Record<string, unknown> {
    const state: Record<string, unknown> = {};
    for (const { id, kind, observedAt, lat, values } of assets) {
      const valueOf = (key: string): unknown => values.get(key)?.value;
      if (kind === 'vehicle')
        state[id] =
          observedAt === undefined
            ? undefined
            : [observedAt, lat, valueOf('headingDeg'), valueOf('speedMps')];
      if (kind === 'camera') state[id] = [observedAt, valueOf('state')];
      if (kind !== 'sensor') continue;
      for (const metric of measured) {
        const held = values.get(metric);
        state[`${id} ${metric}`] = held && [held.observedAt, held.value];
      }
    }
    return state;
  }

  const things = [
    ...vehicles.map((id) => [`vehicle:${id}`, 'fix']),
    ...sensors.flatMap((id) => measured.map((metric) => [`sensor:${id}`, metric])),
    ...cameras.flatMap((id) => [
      [`camera:${id}`, 'state'],
      [`camera:${id}`, 'event'],
    ]),
  ] as [string, string][];

  /** Rows of half an hour and what lies an hour before, some of them long under way. */
  const anyRows = fc.uniqueArray(
    fc
      .record({
        thing: fc.constantFrom(...things),
        offset: fc.integer({ min: -20, max: 30 * 60 }),
        late: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.integer({ min: 0, max: 14 * 60 })),
        n: fc.integer({ min: 0, max: 5000 }),
      })
      .map(({ thing: [id, key], offset, late, n }): Row => {
        const seen = start + offset * second;
        return { id, key, seen, received: seen + late * second, n };
      }),
    { minLength: 1, maxLength: 120, selector: ({ id, key, seen }) => `${id} ${key} ${seen}` },
  );
  const anyKnown = fc.constantFrom<Known>('was', 'then');

  test('a moment is what the rows by then say, late ones among them, as it was and as it was known', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyRows,
        fc.integer({ min: 0, max: 50 * 60 }),
        anyKnown,
        async (rows, offset, known) => {
          await store(rows);
          const at = start + offset * second;
          expect(described(await momentOf(at, known))).toEqual(recompute(rows, at, known));
        },
      ),
      { numRuns: 40 },
    );
  });

  const slice = (asked: Partial<SliceAsked> = {}) =>
    selectSlice(db, {
      fromMs: start,
      toMs: start + 20 * minute,
      known: 'was',
      kinds: new Set(['vehicle', 'sensor', 'camera', 'event']),
      stepSeconds: 0,
      nowMs: now,
      withSimulated: true,
      ...asked,
    });

  test('a slice leads from the moment it begins with to any other within it, and back', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyRows,
        anyKnown,
        fc.array(fc.integer({ min: 0, max: 20 * 60 }), { minLength: 1, maxLength: 6 }),
        async (rows, known, stops) => {
          await store(rows);
          const base = (await momentOf(start, known)).map((asset) => toFeature(asset, start));
          const { events: _, ...stored } = await slice({ known });
          const reel = new Reel(base, { ...stored, events: [] }, () => undefined);
          for (const offset of [...stops, 0]) {
            const at = start + offset * second;
            reel.moveTo(at);
            expect(described(reel.assets.values())).toEqual(recompute(rows, at, known));
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  test('the rows are read from compressed chunks as from others', async () => {
    const rows = things.map(([id, key], n): Row => ({
      id,
      key,
      seen: start + n * second,
      received: start + n * second,
      n: n * 7,
    }));
    await store(rows);
    const before = described(await momentOf(start + hour));
    const compressed = await db.query<{ chunk: string }>(
      `SELECT compress_chunk(show_chunks)::text AS chunk FROM (SELECT show_chunks('vehicle_position') UNION ALL
       SELECT show_chunks('reading') UNION ALL SELECT show_chunks('camera_state')) AS c`,
    );
    expect(compressed.length).toBeGreaterThan(2);
    expect(described(await momentOf(start + hour))).toEqual(before);
    expect(before).toEqual(recompute(rows, start + hour, 'was'));
    expect((await slice()).vehicles.asset).toHaveLength(2);
  });

  test('silent things keep their last values, and what nobody had heard of by then is not there', async () => {
    const seen = start - 20 * hour;
    await store([{ id: 'vehicle:bus-1', key: 'fix', seen, received: seen, n: 5 }]);
    const bus = (await momentOf(start)).find(({ id }) => id === 'vehicle:bus-1')!;
    expect(bus.observedAt).toBe(seen);
    expect(toFeature(bus, start).properties.freshness).toBe('silent');
    await db.execute('UPDATE asset SET created_at = $2 WHERE source_id = $1', ['bus-2', new Date(now)]);
    expect((await momentOf(start)).map(({ id }) => id)).not.toContain('vehicle:bus-2');
    await db.execute('UPDATE asset SET created_at = $1', [new Date(now - 40 * day)]);
    const real = await looking(db, (tx) =>
      selectAssetsAt(tx, { atMs: start, known: 'was', nowMs: now, withSimulated: false }),
    );
    expect(real.map(({ id }) => id)).not.toContain('vehicle:sim-bus-3');
  });

  test('of more than 29 days ago the last of each minute', async () => {
    const later = now + 40 * day;
    const rows = [0, 20, 50, 70].map((s, n): Row => {
      const seen = start + s * second;
      return { id: 'vehicle:bus-1', key: 'fix', seen, received: seen, n };
    });
    await store(rows);
    const at = (ms: number) =>
      momentOf(ms, 'was', later).then((assets) => assets.find(({ id }) => id === 'vehicle:bus-1'));
    expect((await at(start + 59 * second))!.observedAt).toBeUndefined();
    expect(await at(start + 60 * second)).toMatchObject({ observedAt: start, lat: 2.900002 });
    expect(await at(start + 125 * second)).toMatchObject({ observedAt: start + minute, lat: 2.900003 });
    const minutes = await slice({ nowMs: later });
    expect(minutes.resolution).toBe('minute');
    expect(minutes.vehicles.t).toEqual([minute, 2 * minute]);
  });

  test('a coarser step keeps the last fix of each, and a stretch too full says where it was cut', async () => {
    const rows = Array.from({ length: 60 }, (_, n): Row => {
      const seen = start + (n + 1) * second;
      return { id: 'vehicle:bus-1', key: 'fix', seen, received: seen, n };
    });
    await store(rows);
    const coarse = await slice({ stepSeconds: 15 });
    expect(coarse.vehicles.t).toEqual([14, 29, 44, 59, 60].map((s) => s * second));
    expect(coarse.truncated).toBe(false);
    await db.execute(
      `INSERT INTO vehicle_position (vehicle_no, observed_at, received_after_ms, lat_e6, lon_e6)
       SELECT $1, to_timestamp(($2::float8 + i) / 1000), 0, 0, 0 FROM generate_series(100000, 160100) AS i`,
      [numbers.get('vehicle:bus-2'), start],
    );
    const cut = await slice();
    expect(cut.truncated).toBe(true);
    expect(cut.vehicles.t).toHaveLength(60_000);
    expect(Date.parse(cut.to)).toBe(start + cut.vehicles.t.at(-1)!);
    const rest = await slice({ fromMs: Date.parse(cut.to) });
    expect(rest.truncated).toBe(false);
    expect(rest.vehicles.t.length + 60_000).toBe(60 + 60_101);
  });

  test('what the change log says stood, and what had just happened', async () => {
    const at = (s: number): number => start + s * second;
    const alarm = (version: number, state: string, s: number): Promise<unknown> =>
      db.transaction((tx) =>
        appendChange(tx, {
          noun: 'alarm',
          id: '7',
          version,
          actor: 'alarms',
          body: { state, priority: 2 },
          at: at(s),
        }),
      );
    await db.execute(`INSERT INTO alarm_rule (rule_id, state, body) VALUES ('logged', 'live', '{}')`);
    await db.execute(
      `INSERT INTO alarm (alarm_no, rule_id, subject_id, priority, state, body, raised_at, changed_at, version)
       OVERRIDING SYSTEM VALUE VALUES (7, 'logged', 'sensor:logged', 2, 'normal', '{}', now(), now(), 3)`,
    );
    await alarm(1, 'unacknowledged', 10);
    await alarm(2, 'acknowledged', 20);
    await alarm(3, 'normal', 30);
    const stood = (s: number) => looking(db, (tx) => selectLoggedAt(tx, at(s), true));
    expect((await stood(9)).alarms).toEqual([]);
    expect((await stood(15)).alarms).toEqual([{ id: '7', version: 1, state: 'unacknowledged', priority: 2 }]);
    expect((await stood(20)).alarms).toMatchObject([{ state: 'acknowledged' }]);
    expect((await stood(30)).alarms).toEqual([]);
    expect((await stood(25)).events.map(({ version }) => version)).toEqual([2, 1]);
    const { events } = await slice({ fromMs: at(10), toMs: at(30) });
    expect(events.map(({ version }) => version)).toEqual([2, 3]);
  });

  test('density: what was received, silences of feeds, and stretches without anything', async () => {
    const row = (m: number, accepted: number) => ({
      feedId: 'hfp',
      minute: start + m * minute,
      received: accepted + 1,
      accepted,
      rejected: 1,
      rejectedByReason: {},
      duplicates: 0,
      lagP50Ms: undefined,
      lagP99Ms: undefined,
    });
    await insertFeedMinutes(db, [row(0, 5), row(1, 7), row(5, 11), row(6, 1)]);
    await db.transaction((tx) =>
      appendChange(tx, {
        noun: 'feed',
        id: 'hfp',
        version: 1,
        actor: 'ingest',
        body: {
          state: 'silent',
          since: new Date(start + 2 * minute).toISOString(),
          simulated: false,
          name: null,
        },
        at: start + 3 * minute,
      }),
    );
    const density = await selectDensity(db, {
      fromMs: start - 10 * minute,
      toMs: start + 10 * minute,
      buckets: 10,
      nowMs: start + 10 * minute,
      withSimulated: true,
    });
    expect(density).toMatchObject({ stepSeconds: 120, keptFrom: new Date(start).toISOString(), alarms: [] });
    expect(density.accepted).toEqual([0, 0, 0, 0, 0, 12, 0, 11, 1, 0]);
    const minutesOf = (gap: { from: string; to: string }): number[] =>
      [gap.from, gap.to].map((time) => (Date.parse(time) - start) / minute);
    expect(density.gaps.map((gap) => [...minutesOf(gap), ...gap.feeds])).toEqual([
      [2, 5],
      [2, 10, 'hfp'],
    ]);
    expect(toGaps([], start, start + hour)).toHaveLength(1);
  });

  test('density: alarms where they began, until their condition was gone', async () => {
    await db.execute(`INSERT INTO alarm_rule (rule_id, state, body) VALUES ('air-high', 'live', '{}')`);
    const subject = { id: 'sensor:air-1', name: 'Udara 1', lat: null, lon: null, simulated: true };
    const evidence = { value: 71, limit: 65, unit: 'µg/m³', assetIds: [] };
    const name = { id: 'PM2.5 tinggi', en: 'PM2.5 high' };
    const by = 'alarms';
    const raise = { act: 'raise', subject, evidence, priority: 3, name } as const;
    const raised = await raiseAlarm(db, 'air-high', raise, { by, atMs: start + minute });
    const acts = [
      ['acknowledge', 2],
      ['return', 3],
    ] as const;
    for (const [act, m] of acts) await actOnAlarm(db, raised!.id, { act }, { by, atMs: start + m * minute });
    const asked = { fromMs: start, toMs: start + 10 * minute, buckets: 10, nowMs: now };
    const { alarms } = await selectDensity(db, { ...asked, withSimulated: true });
    expect(alarms).toEqual([
      {
        id: raised!.id,
        at: new Date(start + minute).toISOString(),
        until: new Date(start + 3 * minute).toISOString(),
        priority: 3,
        name,
        subject: 'Udara 1',
      },
    ]);
    expect((await selectDensity(db, { ...asked, withSimulated: false })).alarms).toEqual([]);
    const stood = (m: number, withSimulated = true) =>
      looking(db, (tx) => selectLoggedAt(tx, start + m * minute, withSimulated));
    expect((await stood(2.5)).alarms).toMatchObject([{ id: raised!.id, state: 'acknowledged', subject }]);
    expect((await stood(2.5, false)).alarms).toEqual([]);
    expect((await stood(3)).alarms).toEqual([]);
  });

  test('nothing is kept from before the first asset, less what may come late', async () => {
    expect(await selectKeptFrom(db, now)).toBe(now - 43 * day);
    expect(await selectKeptFrom(db, now + 10 * 365 * day)).toBe(now + 5 * 365 * day);
  });
});
