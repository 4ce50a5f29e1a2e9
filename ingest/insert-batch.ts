// One batch of observations as rows of their tables, in one transaction; a row the database refuses is found and left out.
import { metrics } from '../model/metrics.ts';
import type { AssetObservation, NoticeObservation } from '../model/observation.ts';
import type { Database, Query } from '../store/connect.ts';
import {
  insertCameraEvents,
  insertCameraStates,
  insertReadings,
  insertVehiclePositions,
  keyOfCameraEvent,
  keyOfCameraState,
  keyOfReading,
  keyOfVehiclePosition,
  type CameraEventRow,
  type CameraStateRow,
  type ReadingRow,
  type VehiclePositionRow,
} from '../store/observations.ts';
import { keyOfTripUpdate, upsertTripUpdates, type TripUpdateRow } from '../store/trip-updates.ts';
import { keyOfWarning, upsertWarnings, type WarningRow } from '../store/warnings.ts';
import type { LiveAsset } from './assets.ts';
import type { Feed } from './feeds.ts';

interface Received {
  feed: Feed;
  receivedAt: number;
  simulated: boolean;
  /** The store may hold it already: whether it did must be asked. */
  mayRepeat: boolean;
  /** Of a camera: the state it had already. Only changes are rows; the newest values still move on. */
  unchanged: boolean;
}

/** An observation of an asset, or a notice, which has none. */
export type Storable = Received &
  (
    | { observation: AssetObservation; asset: LiveAsset }
    | { observation: NoticeObservation; asset?: undefined }
  );

export interface Refused {
  storable: Storable;
  error: Error;
}

interface Rows {
  warnings: WarningRow[];
  trips: TripUpdateRow[];
  positions: VehiclePositionRow[];
  readings: ReadingRow[];
  events: CameraEventRow[];
  states: CameraStateRow[];
}

const noRows = (): Rows => ({ warnings: [], trips: [], positions: [], readings: [], events: [], states: [] });

/**
 * SQLSTATE classes that waiting may mend: connection, transaction rollback, resources, intervention, system, internal.
 * An error without a SQLSTATE is the connection's. Any other is the data's fault, and would come again for ever.
 */
export const isTransient = (error: unknown): boolean =>
  /^$|^(08|25|40|53|55|57|58|XX)|^E[A-Z]/.test((error as { code?: string }).code ?? '');

/**
 * Stores a batch.
 * @returns which of those that may repeat were in the store already, and what the database refused.
 * @throws when the database is away; nothing of the batch is stored then.
 */
export async function insertBatch(
  db: Database,
  batch: Storable[],
  routeNos: ReadonlyMap<string, number>,
): Promise<{ repeated: Storable[]; refused: Refused[] }> {
  try {
    return { repeated: await db.transaction((tx) => insertAll(tx, batch, routeNos)), refused: [] };
  } catch (error) {
    if (isTransient(error)) throw error;
    const [only] = batch;
    if (batch.length === 1) return { repeated: [], refused: [{ storable: only!, error: error as Error }] };
    const half = batch.length >> 1;
    const first = await insertBatch(db, batch.slice(0, half), routeNos);
    const second = await insertBatch(db, batch.slice(half), routeNos);
    return {
      repeated: [...first.repeated, ...second.repeated],
      refused: [...first.refused, ...second.refused],
    };
  }
}

async function insertAll(
  tx: Query,
  batch: Storable[],
  routeNos: ReadonlyMap<string, number>,
): Promise<Storable[]> {
  const sure = noRows();
  const doubtful = noRows();
  for (const storable of batch) addRows(storable, routeNos, storable.mayRepeat ? doubtful : sure);
  // The sure ones first: a repetition within the batch then finds its original.
  await insertRows(tx, sure, false);
  const fresh = await insertRows(tx, doubtful, true);
  return batch.filter((storable) => {
    if (!storable.mayRepeat || storable.unchanged) return false;
    const rows = noRows();
    addRows(storable, routeNos, rows);
    // Every key is taken off, so that its repetition within the batch does not find it.
    return keysOf(rows).filter((key) => fresh.delete(key)).length === 0;
  });
}

async function insertRows(tx: Query, rows: Rows, wanted: boolean): Promise<Set<string>> {
  const fresh = new Set<string>();
  const add = (table: string, keys: Set<string>): void => keys.forEach((key) => fresh.add(`${table} ${key}`));
  if (rows.trips.length > 0) add('trip', await upsertTripUpdates(tx, rows.trips));
  if (rows.positions.length > 0) add('position', await insertVehiclePositions(tx, rows.positions, wanted));
  if (rows.readings.length > 0) add('reading', await insertReadings(tx, rows.readings, wanted));
  if (rows.events.length > 0) add('event', await insertCameraEvents(tx, rows.events, wanted));
  if (rows.states.length > 0) add('state', await insertCameraStates(tx, rows.states, wanted));
  // Last: they are entries of the change log too, which others wait for.
  if (rows.warnings.length > 0) add('warning', await upsertWarnings(tx, rows.warnings));
  return fresh;
}

const keysOf = (rows: Rows): string[] => [
  ...rows.warnings.map((row) => `warning ${keyOfWarning(row)}`),
  ...rows.trips.map((row) => `trip ${keyOfTripUpdate(row)}`),
  ...rows.positions.map((row) => `position ${keyOfVehiclePosition(row)}`),
  ...rows.readings.map((row) => `reading ${keyOfReading(row)}`),
  ...rows.events.map((row) => `event ${keyOfCameraEvent(row)}`),
  ...rows.states.map((row) => `state ${keyOfCameraState(row)}`),
];

const scaled = (value: number | undefined, factor: number): number | undefined =>
  value === undefined ? undefined : Math.round(value * factor);

const maxReceivedAfterMs = 2 ** 31 - 1;

function addRows(storable: Storable, routeNos: ReadonlyMap<string, number>, rows: Rows): void {
  if (storable.asset === undefined) addNotice(storable, rows);
  else addObservation(storable.observation, storable.asset.assetNo!, storable, routeNos, rows);
}

function addNotice(
  { observation, feed, receivedAt, simulated }: Storable & { asset?: undefined },
  rows: Rows,
): void {
  const { observedAt } = observation;
  if (observation.kind === 'warning') {
    rows.warnings.push({ sourceId: feed.id, receivedAt, simulated, warning: observation.warning });
  } else rows.trips.push({ ...observation.update, sourceId: feed.id, observedAt, receivedAt });
}

function addObservation(
  observation: AssetObservation,
  assetNo: number,
  { receivedAt, unchanged }: Storable,
  routeNos: ReadonlyMap<string, number>,
  rows: Rows,
): void {
  const { observedAt } = observation;
  if (observation.kind === 'vehicle') {
    rows.positions.push({
      vehicleNo: assetNo,
      observedAt,
      receivedAfterMs: Math.min(maxReceivedAfterMs, receivedAt - observedAt),
      latE6: Math.round(observation.lat * 1e6),
      lonE6: Math.round(observation.lon * 1e6),
      speedDmps: scaled(observation.speedMps, 10),
      headingDeg: scaled(observation.headingDeg, 1),
      occupancyPct: scaled(observation.occupancy, 100),
      routeNo: observation.routeId === undefined ? undefined : routeNos.get(observation.routeId),
    });
  } else if (observation.kind === 'sensor') {
    for (const [metric, value] of observation.readings) {
      rows.readings.push({ assetNo, metricNo: metrics[metric].no, observedAt, receivedAt, value });
    }
  } else if (observation.kind === 'camera-event') {
    const { eventId, type, label, count, score, identity } = observation;
    rows.events.push({ assetNo, eventId, observedAt, receivedAt, type, label, count, score, identity });
  } else if (observation.kind === 'camera' && !unchanged)
    rows.states.push({ assetNo, observedAt, receivedAt, state: observation.state });
}

class RolledBack extends Error {}

/**
 * What storing a batch would come to, without storing it.
 * @returns those that the store holds already.
 */
export async function tryBatch(
  db: Database,
  batch: Storable[],
  routeNos: ReadonlyMap<string, number>,
): Promise<Storable[]> {
  let repeated: Storable[] = [];
  try {
    await db.transaction(async (tx) => {
      repeated = await insertAll(tx, batch, routeNos);
      throw new RolledBack();
    });
  } catch (error) {
    if (!(error instanceof RolledBack)) throw error;
  }
  return repeated;
}
