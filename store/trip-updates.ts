// SQL of how late trips are: the newest update of each run of a trip, as GTFS-Realtime told it.
import type { StopTimeUpdate } from '../model/trip-update.ts';
import type { Query } from './connect.ts';

export interface TripUpdateRow {
  tripId: string;
  /** The service day, YYYY-MM-DD. */
  startDate: string;
  /** The feed that told it. */
  sourceId: string;
  /** Epoch milliseconds. */
  observedAt: number;
  receivedAt: number;
  updates: readonly StopTimeUpdate[];
  cancelled: boolean;
}

/** A run of a trip: what its rows are told apart by. */
export const keyOfTripUpdate = (row: Pick<TripUpdateRow, 'tripId' | 'startDate'>): string =>
  `${row.startDate} ${row.tripId}`;

/** One statement cannot touch a row twice: of several updates of a run the newest counts. */
function newestOfEach(rows: readonly TripUpdateRow[]): TripUpdateRow[] {
  const newest = new Map<string, TripUpdateRow>();
  for (const row of rows) {
    const key = keyOfTripUpdate(row);
    if (row.observedAt >= (newest.get(key)?.observedAt ?? -Infinity)) newest.set(key, row);
  }
  return [...newest.values()];
}

/**
 * Puts down what is new or newer than what is there.
 * @returns the keys (`keyOfTripUpdate`) of the runs that were; older ones and repetitions are not among them.
 */
export async function upsertTripUpdates(tx: Query, rows: readonly TripUpdateRow[]): Promise<Set<string>> {
  if (rows.length === 0) return new Set();
  const newest = newestOfEach(rows);
  const touched = await tx.query<{ trip_id: string; start_date: string }>(
    `INSERT INTO trip_update (trip_id, start_date, source_id, observed_at, received_at, updates, cancelled)
     SELECT trip_id, start_date, source_id, to_timestamp(observed_ms / 1000.0), to_timestamp(received_ms / 1000.0),
       updates, cancelled
     FROM jsonb_to_recordset($1::jsonb) AS t (trip_id text, start_date date, source_id text, observed_ms float8,
       received_ms float8, updates jsonb, cancelled boolean)
     ON CONFLICT (trip_id, start_date) DO UPDATE SET source_id = excluded.source_id,
       observed_at = excluded.observed_at, received_at = excluded.received_at, updates = excluded.updates,
       cancelled = excluded.cancelled
     WHERE excluded.observed_at > trip_update.observed_at
     RETURNING trip_id, to_char(start_date, 'YYYY-MM-DD') AS start_date`,
    [
      JSON.stringify(
        newest.map((row) => ({
          trip_id: row.tripId,
          start_date: row.startDate,
          source_id: row.sourceId,
          observed_ms: row.observedAt,
          received_ms: row.receivedAt,
          updates: row.updates,
          cancelled: row.cancelled,
        })),
      ),
    ],
    'upsert-trip-update',
  );
  return new Set(
    touched.map(({ trip_id: tripId, start_date: startDate }) => keyOfTripUpdate({ tripId, startDate })),
  );
}

/** What is known of some runs; those of which nothing was heard are left out. */
export async function selectTripUpdates(
  db: Query,
  runs: readonly Pick<TripUpdateRow, 'tripId' | 'startDate'>[],
): Promise<Map<string, TripUpdateRow>> {
  if (runs.length === 0) return new Map();
  const rows = await db.query<{
    trip_id: string;
    start_date: string;
    source_id: string;
    observed_at: Date;
    received_at: Date;
    updates: StopTimeUpdate[];
    cancelled: boolean;
  }>(
    `SELECT u.trip_id, to_char(u.start_date, 'YYYY-MM-DD') AS start_date, u.source_id, u.observed_at, u.received_at,
       u.updates, u.cancelled
     FROM unnest($1::text[], $2::date[]) AS run (trip_id, start_date)
     JOIN trip_update u ON u.trip_id = run.trip_id AND u.start_date = run.start_date`,
    [runs.map((run) => run.tripId), runs.map((run) => run.startDate)],
  );
  return new Map(
    rows.map((row) => {
      const update: TripUpdateRow = {
        tripId: row.trip_id,
        startDate: row.start_date,
        sourceId: row.source_id,
        observedAt: row.observed_at.getTime(),
        receivedAt: row.received_at.getTime(),
        updates: row.updates,
        cancelled: row.cancelled,
      };
      return [keyOfTripUpdate(update), update];
    }),
  );
}

/** Drops what is about service days before `date` (YYYY-MM-DD). */
export const deleteTripUpdatesBefore = (db: Query, date: string): Promise<number> =>
  db.execute('DELETE FROM trip_update WHERE start_date < $1::date', [date]);
