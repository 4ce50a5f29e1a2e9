// SQL of what leaves a stop: the rows of the timetable within windows of service days, and the live times of their trips.
import { runsOn, type FrequencyWindow, type ScheduledStop } from '../model/transit-times.ts';
import type { Database, Query } from './connect.ts';
import { selectTimetable, type TimetableRow } from './timetable.ts';
import { selectTripUpdates, type TripUpdateRow } from './trip-updates.ts';

/** A stop, and where it is a station the stops within it. */
export interface AskedStop {
  stopId: string;
  name: string;
  stopNos: number[];
}

/** A service day, and which seconds of it are asked for; both within. */
export interface DayWindow {
  /** YYYY-MM-DD. */
  date: string;
  /** Epoch milliseconds: where its times count from. */
  startMs: number;
  fromSecond: number;
  /** Before it only trips of which something live is known, for they may be late. */
  onTimeFromSecond: number;
  toSecond: number;
}

interface Passing {
  date: string;
  startMs: number;
  tripNo: number;
  tripId: string;
  routeId: string;
  shortName: string | null;
  longName: string | null;
  color: string | null;
  headsign: string | null;
  stopId: string;
  platform: string | null;
  stopSequence: number;
}

export interface ScheduledPassing extends Passing {
  departureSecond: number;
}

export interface FrequentPassing extends Passing, FrequencyWindow {
  exactTimes: boolean;
  /** From the start of the trip to its departure here. */
  offsetSeconds: number;
}

export interface StopBoard {
  stop: AskedStop;
  scheduled: ScheduledPassing[];
  frequent: FrequentPassing[];
  /** By `keyOfTripUpdate`. */
  updates: Map<string, TripUpdateRow>;
  /** Of the trips that have updates, by trip number. */
  stops: Map<number, ScheduledStop[]>;
}

/** More than any board shows; keeps a hub's day in bounds. */
const mostRows = 2000;

/**
 * What leaves a stop, all of it of one timetable: an import that ends meanwhile is not seen by half.
 * @param windowsOf which seconds of which service days are asked for, of a timetable.
 * @returns the timetable alone where it has no such stop; undefined while there is no timetable.
 */
export async function selectStopBoard(
  db: Database,
  stopId: string,
  windowsOf: (timetable: TimetableRow) => DayWindow[],
): Promise<{ timetable: TimetableRow; board: StopBoard | undefined } | undefined> {
  return db.transaction(async (tx) => {
    await tx.execute('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY');
    const timetable = await selectTimetable(tx);
    if (timetable === undefined) return undefined;
    const { importNo } = timetable;
    const stop = await selectAskedStop(tx, importNo, stopId);
    if (stop === undefined) return { timetable, board: undefined };
    const windows = windowsOf(timetable);
    const services = await selectRunning(tx, importNo, windows);
    const asked = { importNo, stopNos: stop.stopNos, windows, services };
    const scheduled = await selectScheduled(tx, asked);
    const frequent = await selectFrequent(tx, asked);
    const runs = scheduled.map(({ tripId, date }) => ({ tripId, startDate: date }));
    const updates = await selectTripUpdates(tx, runs);
    const told = new Set([...updates.values()].map(({ tripId }) => tripId));
    const tripNos = new Set(scheduled.filter(({ tripId }) => told.has(tripId)).map(({ tripNo }) => tripNo));
    const stops = await selectScheduledStops(tx, importNo, [...tripNos]);
    return { timetable, board: { stop, scheduled, frequent, updates, stops } };
  });
}

async function selectAskedStop(tx: Query, importNo: number, stopId: string): Promise<AskedStop | undefined> {
  const rows = await tx.query<{ stopNo: number; name: string }>(
    `WITH asked AS (SELECT stop_no, name FROM gtfs_stop WHERE gtfs_import_no = $1 AND stop_id = $2)
     SELECT stop_no AS "stopNo", name FROM asked
     UNION ALL
     SELECT c.stop_no, c.name FROM gtfs_stop c JOIN asked ON c.parent_stop_no = asked.stop_no WHERE c.gtfs_import_no = $1`,
    [importNo, stopId],
  );
  const [first] = rows;
  return first && { stopId, name: first.name, stopNos: rows.map(({ stopNo }) => stopNo) };
}

/** Which services run on each of the days. */
async function selectRunning(
  tx: Query,
  importNo: number,
  windows: readonly DayWindow[],
): Promise<Map<string, number[]>> {
  const dates = windows.map(({ date }) => date);
  const exceptions = await tx.query<{ date: string; serviceNo: number; added: boolean }>(
    `SELECT to_char(date, 'YYYY-MM-DD') AS date, service_no AS "serviceNo", added FROM gtfs_calendar_date
     WHERE gtfs_import_no = $1 AND date = ANY ($2::date[])`,
    [importNo, dates],
  );
  const exceptionOf = new Map(
    exceptions.map((each) => [`${each.date} ${each.serviceNo}`, each.added ? 'added' : 'removed'] as const),
  );
  const calendars = await tx.query<{
    serviceNo: number;
    weekdays: number;
    startDate: string | null;
    endDate: string | null;
  }>(
    `SELECT service_no AS "serviceNo", weekdays, to_char(start_date, 'YYYY-MM-DD') AS "startDate",
       to_char(end_date, 'YYYY-MM-DD') AS "endDate"
     FROM gtfs_calendar WHERE gtfs_import_no = $1`,
    [importNo],
  );
  return new Map(
    dates.map((date) => [
      date,
      calendars
        .filter(({ serviceNo, weekdays, startDate, endDate }) =>
          runsOn(
            { weekdays, startDate: startDate ?? undefined, endDate: endDate ?? undefined },
            date,
            exceptionOf.get(`${date} ${serviceNo}`),
          ),
        )
        .map(({ serviceNo }) => serviceNo),
    ]),
  );
}

interface Asked {
  importNo: number;
  stopNos: number[];
  windows: readonly DayWindow[];
  services: ReadonlyMap<string, number[]>;
}

/** $1 is the import, $2 the stops, then the days one a place, then which service runs on which of them. */
const asValues = ({ importNo, stopNos, windows, services }: Asked): unknown[] => {
  const running = windows.flatMap(({ date }, day) =>
    (services.get(date) ?? []).map((serviceNo) => ({ day: day + 1, serviceNo })),
  );
  return [
    importNo,
    stopNos,
    windows.map(({ date }) => date),
    windows.map(({ startMs }) => startMs),
    windows.map(({ fromSecond }) => fromSecond),
    windows.map(({ onTimeFromSecond }) => onTimeFromSecond),
    windows.map(({ toSecond }) => toSecond),
    running.map(({ day }) => day),
    running.map(({ serviceNo }) => serviceNo),
  ];
};

const days = `unnest($3::text[], $4::float8[], $5::int[], $6::int[], $7::int[]) WITH ORDINALITY
  AS day (date, start_ms, from_second, on_time_from_second, to_second, no)`;
const running = `unnest($8::int[], $9::int[]) AS running (day_no, service_no)`;

/** Where nobody can board, nothing leaves: the last stop, and those that are for getting off. */
const passing = `
  JOIN gtfs_trip t ON t.gtfs_import_no = $1 AND t.trip_no = st.trip_no AND st.stop_sequence < t.last_sequence
  JOIN ${running} ON running.day_no = day.no AND running.service_no = t.service_no
  JOIN gtfs_route r ON r.gtfs_import_no = $1 AND r.route_no = t.route_no
  JOIN gtfs_stop s ON s.gtfs_import_no = $1 AND s.stop_no = st.stop_no`;
const columns = `day.date, day.start_ms AS "startMs", t.trip_no AS "tripNo", t.trip_id AS "tripId",
  r.route_id AS "routeId", r.short_name AS "shortName", r.long_name AS "longName", r.color,
  coalesce(st.headsign, t.headsign) AS headsign, s.stop_id AS "stopId", s.platform, st.stop_sequence AS "stopSequence"`;

const selectScheduled = (tx: Query, asked: Asked): Promise<ScheduledPassing[]> =>
  tx.query<ScheduledPassing>(
    `SELECT ${columns}, st.departure_second AS "departureSecond"
     FROM ${days}
     JOIN gtfs_stop_time st ON st.gtfs_import_no = $1 AND st.stop_no = ANY ($2)
       AND st.departure_second BETWEEN day.from_second AND day.to_second AND st.pickup_type <> 1
     ${passing}
     WHERE NOT t.by_frequency AND (st.departure_second >= day.on_time_from_second OR EXISTS (
       SELECT FROM trip_update u WHERE u.trip_id = t.trip_id AND u.start_date = day.date::date))
     ORDER BY day.start_ms + st.departure_second * 1000.0 LIMIT ${mostRows}`,
    asValues(asked),
  );

const selectFrequent = (tx: Query, asked: Asked): Promise<FrequentPassing[]> =>
  tx.query<FrequentPassing>(
    `SELECT ${columns}, f.start_second AS "startSecond", f.end_second AS "endSecond",
       f.headway_seconds AS "headwaySeconds", f.exact_times AS "exactTimes",
       st.departure_second - t.first_second AS "offsetSeconds"
     FROM ${days}
     CROSS JOIN gtfs_frequency f
     JOIN gtfs_stop_time st ON st.gtfs_import_no = $1 AND st.trip_no = f.trip_no AND st.stop_no = ANY ($2)
       AND st.pickup_type <> 1
     ${passing}
     WHERE f.gtfs_import_no = $1 AND t.by_frequency
       AND f.end_second + st.departure_second - t.first_second >= day.on_time_from_second
       AND f.start_second + st.departure_second - t.first_second <= day.to_second
     ORDER BY day.start_ms + f.start_second * 1000.0 LIMIT ${mostRows}`,
    asValues(asked),
  );

async function selectScheduledStops(
  tx: Query,
  importNo: number,
  tripNos: number[],
): Promise<Map<number, ScheduledStop[]>> {
  const stops = new Map<number, ScheduledStop[]>();
  if (tripNos.length === 0) return stops;
  const rows = await tx.query<ScheduledStop & { tripNo: number }>(
    `SELECT st.trip_no AS "tripNo", st.stop_sequence AS "stopSequence", s.stop_id AS "stopId",
       st.arrival_second AS "arrivalSecond", st.departure_second AS "departureSecond"
     FROM gtfs_stop_time st JOIN gtfs_stop s ON s.gtfs_import_no = $1 AND s.stop_no = st.stop_no
     WHERE st.gtfs_import_no = $1 AND st.trip_no = ANY ($2) ORDER BY st.trip_no, st.stop_sequence`,
    [importNo, tripNos],
  );
  for (const { tripNo, ...stop } of rows) {
    const ofTrip = stops.get(tripNo);
    if (ofTrip === undefined) stops.set(tripNo, [stop]);
    else ofTrip.push(stop);
  }
  return stops;
}
