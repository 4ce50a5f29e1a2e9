// How late a run of a trip is (GTFS-Realtime Reference, TripUpdate): a trip-update observation.
import { rejected, type Outcome } from '../../../model/observation.ts';
import type { StopTimeUpdate } from '../../../model/trip-update.ts';
import type { Timetable } from '../adapter.ts';
import { isCancelled, readTrip, textOf, type TripDescriptor } from './descriptors.ts';
import { pathIn, toMs } from './feed-message.ts';
import { toServiceDate } from './service-date.ts';
import type { Wire } from '../wire.ts';

/** Twice the stops of the longest lines. */
const maxStops = 500;
const maxIdLength = 128;
/** Of StopTimeUpdate.ScheduleRelationship. */
const skipped = 1;
const noData = 2;

interface RawTripUpdate {
  trip: TripDescriptor | undefined;
  updates: StopTimeUpdate[];
  stops: number;
  observedAt: number | undefined;
  /** Of the whole trip, s. */
  delaySeconds: number | undefined;
}

/** Reads on at a TripUpdate. @throws WireFault */
export function readTripUpdate(wire: Wire): RawTripUpdate {
  const update: RawTripUpdate = {
    trip: undefined,
    updates: [],
    stops: 0,
    observedAt: undefined,
    delaySeconds: undefined,
  };
  const outer = wire.enter();
  while (wire.next()) {
    switch (wire.field) {
      case 1:
        update.trip = readTrip(wire);
        break;
      case 2:
        if (update.stops++ < maxStops) update.updates.push(readStopTimeUpdate(wire));
        else wire.skip();
        break;
      case 4:
        update.observedAt = toMs(wire.uint());
        break;
      case 5:
        update.delaySeconds = wire.int32();
        break;
      default:
        wire.skip();
    }
  }
  wire.leave(outer);
  return update;
}

function readStopTimeUpdate(wire: Wire): StopTimeUpdate {
  // All fields at once: one shape for all of them is made and read faster.
  const update: StopTimeUpdate = {
    stopSequence: undefined,
    stopId: undefined,
    arrivalDelaySeconds: undefined,
    departureDelaySeconds: undefined,
    arrivalAt: undefined,
    departureAt: undefined,
  };
  let relationship = 0;
  const outer = wire.enter();
  while (wire.next()) {
    switch (wire.field) {
      case 1:
        update.stopSequence = wire.uint();
        break;
      case 2:
        readEvent(wire, update, 'arrivalDelaySeconds', 'arrivalAt');
        break;
      case 3:
        readEvent(wire, update, 'departureDelaySeconds', 'departureAt');
        break;
      case 4:
        update.stopId = textOf(wire);
        break;
      case 5:
        relationship = wire.int32();
        break;
      default:
        wire.skip();
    }
  }
  wire.leave(outer);
  if (relationship === skipped) update.skipped = true;
  // An entry that says nothing ends the delay before it: that is what NO_DATA means.
  return relationship === noData ? { stopSequence: update.stopSequence, stopId: update.stopId } : update;
}

/** StopTimeEvent: a time, a delay, or both. */
function readEvent(
  wire: Wire,
  update: StopTimeUpdate,
  delay: 'arrivalDelaySeconds' | 'departureDelaySeconds',
  at: 'arrivalAt' | 'departureAt',
): void {
  const outer = wire.enter();
  while (wire.next()) {
    if (wire.field === 1) update[delay] = wire.int32();
    else if (wire.field === 2) update[at] = toMs(wire.uint());
    else wire.skip();
  }
  wire.leave(outer);
}

/**
 * @param headerMs when the snapshot was made; counts where the update has no time of its own.
 * @param entityNo its place in the snapshot, for the fields of rejects.
 * @returns a reject `bad-id`, `schema`, `no-reading` or `too-large` where nothing is told of a known run.
 */
export function toTripUpdate(
  raw: RawTripUpdate,
  headerMs: number | undefined,
  timetable: Timetable,
  entityNo: number,
): Outcome {
  const { trip, updates } = raw;
  const tripId = trip?.tripId;
  if (trip === undefined || tripId === undefined || tripId.length > maxIdLength) {
    const found = tripId === undefined ? 'is absent' : `has ${tripId.length} characters`;
    return rejected(
      'bad-id',
      `${found}; expected at most ${maxIdLength} characters`,
      pathIn(entityNo, 'trip_update.trip.trip_id'),
    );
  }
  const observedAt = raw.observedAt ?? headerMs;
  if (observedAt === undefined) {
    return rejected(
      'schema',
      'is absent here and in the header; expected POSIX seconds',
      pathIn(entityNo, 'trip_update.timestamp'),
    );
  }
  if (raw.stops > maxStops) {
    return rejected(
      'too-large',
      `${raw.stops} stops; at most ${maxStops} are read`,
      pathIn(entityNo, 'trip_update.stop_time_update'),
    );
  }
  const cancelled = isCancelled(trip);
  if (updates.length === 0 && !cancelled)
    return rejected('no-reading', nothing(raw), pathIn(entityNo, 'trip_update.stop_time_update'));
  const routeId = trip.routeId ?? timetable.trip(tripId)?.routeId;
  return {
    kind: 'trip-update',
    sourceId: tripId,
    observedAt,
    update: {
      tripId,
      startDate: toServiceDate(trip, firstTimeOf(updates) ?? observedAt, timetable.timeZone),
      routeId: routeId?.slice(0, maxIdLength),
      cancelled,
      updates,
    },
  };
}

const nothing = ({ delaySeconds }: RawTripUpdate): string =>
  delaySeconds === undefined
    ? 'is empty, and the trip is not cancelled'
    : `is empty: a delay of the whole trip (${delaySeconds} s) says nothing of any stop`;

function firstTimeOf(updates: readonly StopTimeUpdate[]): number | undefined {
  for (const { arrivalAt, departureAt } of updates) {
    const at = arrivalAt ?? departureAt;
    if (at !== undefined) return at;
  }
  return undefined;
}
