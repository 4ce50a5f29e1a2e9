// A feed as rows under the number of its import: batches small enough that others get their turn between them.
import type { ImportProgress } from '../../model/transit.ts';
import type { Query } from '../connect.ts';
import type { Feed } from './feed.ts';

export interface WriteOptions {
  progress: (progress: ImportProgress) => Promise<void> | void;
  signal: AbortSignal | undefined;
}

/** A statement of so many rows takes the embedded database some tens of milliseconds. */
const batchRows = 4000;

/** Numbers pass as text arrays built here: the client's own array writer escapes every one of them. */
function arrayOf(from: number, to: number, value: (at: number) => number | undefined): string {
  let text = '{';
  for (let at = from; at < to; at++) text += (at === from ? '' : ',') + (value(at) ?? 'NULL');
  return `${text}}`;
}

type Write = (from: number, to: number) => Promise<unknown>;

export async function writeFeed(
  db: Query,
  importNo: number,
  feed: Feed,
  { progress, signal }: WriteOptions,
): Promise<void> {
  const inBatches = async (file: string, total: number, write: Write): Promise<void> => {
    for (let done = 0; done < total; done += batchRows) {
      signal?.throwIfAborted();
      await progress({ file, phase: 'writing', done, total });
      await write(done, Math.min(total, done + batchRows));
    }
    await progress({ file, phase: 'writing', done: total, total });
  };
  await inBatches('stop_times.txt', feed.stopTimes.kept, (from, to) =>
    insertStopTimes(db, importNo, feed, from, to),
  );
  const { agencies, routes, stops, services, exceptions, shapes, trips, frequencies } = feed;
  await inBatches('agency.txt', agencies.list.length, (from, to) =>
    insertRecords(db, 'gtfs_agency', importNo, agencyColumns, agencies.list.slice(from, to)),
  );
  await inBatches('calendar.txt', services.list.length, (from, to) =>
    insertRecords(
      db,
      'gtfs_calendar',
      importNo,
      calendarColumns,
      services.list.slice(from, to).map((service, at) => ({ ...service, serviceNo: from + at })),
    ),
  );
  await inBatches('calendar_dates.txt', exceptions.length, (from, to) =>
    insertRecords(db, 'gtfs_calendar_date', importNo, calendarDateColumns, exceptions.slice(from, to)),
  );
  await inBatches('routes.txt', routes.list.length, (from, to) =>
    insertRecords(
      db,
      'gtfs_route',
      importNo,
      routeColumns,
      routes.list.slice(from, to).map((route, at) => ({ ...route, routeNo: from + at })),
    ),
  );
  const routesOf = routesByStop(feed);
  await inBatches('stops.txt', stops.list.length, (from, to) =>
    insertRecords(
      db,
      'gtfs_stop',
      importNo,
      stopColumns,
      stops.list.slice(from, to).map((stop, at) => ({
        ...stop,
        stopNo: from + at,
        parentStopNo: stop.parentId === undefined ? undefined : stops.noOf(stop.parentId),
        // An array of PostgreSQL, as jsonb_to_recordset reads it.
        routeNos: `{${[...(routesOf[from + at] ?? [])].join(',')}}`,
      })),
    ),
  );
  await inBatches('trips.txt', trips.list.length, (from, to) =>
    insertRecords(
      db,
      'gtfs_trip',
      importNo,
      tripColumns,
      trips.list.slice(from, to).map((trip, at) => ({ ...trip, tripNo: from + at })),
    ),
  );
  await inBatches('frequencies.txt', frequencies.length, (from, to) =>
    insertRecords(db, 'gtfs_frequency', importNo, frequencyColumns, frequencies.slice(from, to)),
  );
  await writeShapes(db, importNo, shapes.count, (no) => shapes.path(no), signal);
}

async function insertStopTimes(
  db: Query,
  importNo: number,
  { stopTimes }: Feed,
  from: number,
  to: number,
): Promise<void> {
  const { order, trip, sequence, stop, arrival, departure, pickup, headsign, headsigns } = stopTimes;
  const column = (values: { at(row: number): number }): string =>
    arrayOf(from, to, (at) => values.at(order[at]!));
  let someHeadsign = false;
  for (let at = from; at < to && !someHeadsign; at++) someHeadsign = headsign.at(order[at]!) !== 0;
  const signs = Array.from(order.subarray(from, to), (row) => headsigns[headsign.at(row)] ?? null);
  await db.execute(
    `INSERT INTO gtfs_stop_time (gtfs_import_no, trip_no, stop_sequence, stop_no, arrival_second, departure_second,
       pickup_type${someHeadsign ? ', headsign' : ''})
     SELECT $1, * FROM unnest($2::int[], $3::int[], $4::int[], $5::int[], $6::int[], $7::int2[]${someHeadsign ? ', $8::text[]' : ''})`,
    [
      importNo,
      column(trip),
      column(sequence),
      column(stop),
      column(arrival),
      column(departure),
      column(pickup),
      ...(someHeadsign ? [signs] : []),
    ],
    someHeadsign ? 'insert-gtfs-stop-time-headsign' : 'insert-gtfs-stop-time',
  );
}

function routesByStop({ stopTimes, trips }: Feed): Set<number>[] {
  const routesOf: Set<number>[] = [];
  for (const row of stopTimes.order) {
    const { routeNo } = trips.list[stopTimes.trip.at(row)]!;
    (routesOf[stopTimes.stop.at(row)] ??= new Set()).add(routeNo);
  }
  return routesOf;
}

/** Column and type, by the name of the member that it takes. */
type Columns = Readonly<Record<string, readonly [column: string, type: string]>>;

const agencyColumns: Columns = {
  agencyId: ['agency_id', 'text'],
  name: ['name', 'text'],
  url: ['url', 'text'],
  timeZone: ['time_zone', 'text'],
};
const calendarColumns: Columns = {
  serviceNo: ['service_no', 'int'],
  serviceId: ['service_id', 'text'],
  weekdays: ['weekdays', 'int2'],
  startDate: ['start_date', 'date'],
  endDate: ['end_date', 'date'],
};
const calendarDateColumns: Columns = {
  serviceNo: ['service_no', 'int'],
  date: ['date', 'date'],
  added: ['added', 'boolean'],
};
const routeColumns: Columns = {
  routeNo: ['route_no', 'int'],
  routeId: ['route_id', 'text'],
  agencyId: ['agency_id', 'text'],
  shortName: ['short_name', 'text'],
  longName: ['long_name', 'text'],
  routeType: ['route_type', 'int'],
  color: ['color', 'text'],
  textColor: ['text_color', 'text'],
  sortOrder: ['sort_order', 'int'],
};
const stopColumns: Columns = {
  stopNo: ['stop_no', 'int'],
  stopId: ['stop_id', 'text'],
  code: ['code', 'text'],
  name: ['name', 'text'],
  lat: ['lat', 'float8'],
  lon: ['lon', 'float8'],
  locationType: ['location_type', 'int2'],
  parentStopNo: ['parent_stop_no', 'int'],
  platform: ['platform', 'text'],
  routeNos: ['route_nos', 'int[]'],
};
const tripColumns: Columns = {
  tripNo: ['trip_no', 'int'],
  tripId: ['trip_id', 'text'],
  routeNo: ['route_no', 'int'],
  serviceNo: ['service_no', 'int'],
  shapeNo: ['shape_no', 'int'],
  direction: ['direction', 'int2'],
  headsign: ['headsign', 'text'],
  firstSecond: ['first_second', 'int'],
  lastSequence: ['last_sequence', 'int'],
  stops: ['stops', 'int'],
  byFrequency: ['by_frequency', 'boolean'],
};
const frequencyColumns: Columns = {
  tripNo: ['trip_no', 'int'],
  startSecond: ['start_second', 'int'],
  endSecond: ['end_second', 'int'],
  headwaySeconds: ['headway_seconds', 'int'],
  exactTimes: ['exact_times', 'boolean'],
};
const shapeColumns: Columns = {
  shapeNo: ['shape_no', 'int'],
  latsE6: ['lats_e6', 'int[]'],
  lonsE6: ['lons_e6', 'int[]'],
};

/** PostgreSQL's text cannot hold U+0000, which a damaged file can. */
const withoutNul = (_key: string, value: unknown): unknown =>
  typeof value === 'string' && value.includes('\0') ? value.replaceAll('\0', '') : value;

async function insertRecords(
  db: Query,
  table: string,
  importNo: number,
  columns: Columns,
  records: readonly object[],
): Promise<void> {
  const members = Object.keys(columns);
  const names = members.map((member) => columns[member]![0]);
  const typed = members.map((member) => columns[member]!.join(' '));
  const rows = records.map((record) =>
    Object.fromEntries(
      members.map((member) => [columns[member]![0], (record as Record<string, unknown>)[member]]),
    ),
  );
  await db.execute(
    `INSERT INTO ${table} (gtfs_import_no, ${names.join(', ')})
     SELECT $1, ${names.join(', ')} FROM jsonb_to_recordset($2::jsonb) AS t (${typed.join(', ')})
     ON CONFLICT DO NOTHING`,
    [importNo, JSON.stringify(rows, withoutNul)],
  );
}

/** By points, not by shapes: one may have ten thousand. */
const batchPoints = 40_000;

async function writeShapes(
  db: Query,
  importNo: number,
  count: number,
  path: (no: number) => { latsE6: number[]; lonsE6: number[] },
  signal: AbortSignal | undefined,
): Promise<void> {
  let batch: object[] = [];
  let points = 0;
  for (let shapeNo = 0; shapeNo < count; shapeNo++) {
    const { latsE6, lonsE6 } = path(shapeNo);
    batch.push({ shapeNo, latsE6: `{${latsE6.join(',')}}`, lonsE6: `{${lonsE6.join(',')}}` });
    points += latsE6.length;
    if (points < batchPoints && shapeNo < count - 1) continue;
    signal?.throwIfAborted();
    await insertRecords(db, 'gtfs_shape', importNo, shapeColumns, batch);
    batch = [];
    points = 0;
  }
}
