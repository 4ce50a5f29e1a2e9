// Where a vehicle is (GTFS-Realtime Reference, VehiclePosition): a vehicle observation.
import { rejected, type Outcome } from '../../../model/observation.ts';
import { isFix, type Timetable } from '../adapter.ts';
import { toSourceId } from '../source-id.ts';
import { readTrip, readVehicle, textOf, type TripDescriptor, type VehicleDescriptor } from './descriptors.ts';
import { pathIn, toMs } from './feed-message.ts';
import type { Wire } from '../wire.ts';

interface VehiclePosition {
  trip: TripDescriptor | undefined;
  vehicle: VehicleDescriptor | undefined;
  stopId: string | undefined;
  observedAt: number | undefined;
  lat: number | undefined;
  lon: number | undefined;
  bearingDeg: number | undefined;
  speedMps: number | undefined;
  occupancyStatus: number | undefined;
  occupancyPercent: number | undefined;
}

/** OccupancyStatus EMPTY to FULL, 0 to 1; the others say nothing of how full it is. */
const fullness: readonly number[] = [0, 0.25, 0.5, 0.7, 0.9, 1];

/** Reads on at a VehiclePosition. @throws WireFault */
export function readVehiclePosition(wire: Wire): VehiclePosition {
  const position: VehiclePosition = {
    trip: undefined,
    vehicle: undefined,
    stopId: undefined,
    observedAt: undefined,
    lat: undefined,
    lon: undefined,
    bearingDeg: undefined,
    speedMps: undefined,
    occupancyStatus: undefined,
    occupancyPercent: undefined,
  };
  const outer = wire.enter();
  while (wire.next()) readField(wire, position);
  wire.leave(outer);
  return position;
}

function readField(wire: Wire, position: VehiclePosition): void {
  switch (wire.field) {
    case 1:
      position.trip = readTrip(wire);
      return;
    case 2:
      readPlace(wire, position);
      return;
    case 5:
      position.observedAt = toMs(wire.uint());
      return;
    case 7:
      position.stopId = textOf(wire);
      return;
    case 8:
      position.vehicle = readVehicle(wire);
      return;
    case 9:
      position.occupancyStatus = wire.int32();
      return;
    case 10:
      position.occupancyPercent = wire.int32();
      return;
    default:
      wire.skip();
  }
}

function readPlace(wire: Wire, position: VehiclePosition): void {
  const outer = wire.enter();
  while (wire.next()) {
    if (wire.field === 1) position.lat = wire.float();
    else if (wire.field === 2) position.lon = wire.float();
    else if (wire.field === 3) position.bearingDeg = wire.float();
    else if (wire.field === 5) position.speedMps = wire.float();
    else wire.skip();
  }
  wire.leave(outer);
}

/**
 * Keyed by the vehicle, not by the entity: entity ids may change with every snapshot.
 * @param headerMs when the snapshot was made; counts where the vehicle has no time of its own.
 * @param entityNo its place in the snapshot, for the fields of rejects.
 * @returns a reject `bad-id`, `schema` or `no-position` where it is no position of a vehicle.
 */
export function toVehicle(
  position: VehiclePosition,
  headerMs: number | undefined,
  timetable: Timetable,
  entityNo: number,
): Outcome {
  const { trip, vehicle } = position;
  const key = vehicle?.id ?? vehicle?.label ?? vehicle?.licensePlate ?? trip?.tripId;
  const sourceId = key === undefined ? undefined : toSourceId('gtfsrt', key);
  if (sourceId === undefined) {
    const found = key === undefined ? 'is absent' : JSON.stringify(key.slice(0, 120));
    return rejected(
      'bad-id',
      `${found}; expected an id, label, plate or trip_id`,
      pathIn(entityNo, 'vehicle.vehicle.id'),
    );
  }
  const observedAt = position.observedAt ?? headerMs;
  if (observedAt === undefined) {
    return rejected(
      'schema',
      'is absent here and in the header; expected POSIX seconds',
      pathIn(entityNo, 'vehicle.timestamp'),
    );
  }
  const place = placeOf(position, timetable);
  if (place === undefined)
    return rejected('no-position', noPlace(position), pathIn(entityNo, 'vehicle.position'));
  const { bearingDeg, speedMps } = position;
  return {
    kind: 'vehicle',
    sourceId,
    name: (vehicle?.label ?? vehicle?.licensePlate ?? key)?.slice(0, 96),
    observedAt,
    lat: place.lat,
    lon: place.lon,
    speedMps: speedMps !== undefined && speedMps >= 0 ? speedMps : undefined,
    headingDeg: bearingDeg !== undefined && bearingDeg >= 0 && bearingDeg <= 360 ? bearingDeg : undefined,
    occupancy: occupancyOf(position),
    routeId: routeOf(trip, timetable),
  };
}

/** A float32 is exact to 0.8 m at most: more digits than six say nothing. */
const rounded = (degrees: number): number => Math.round(degrees * 1e6) / 1e6;

function placeOf(position: VehiclePosition, timetable: Timetable): { lat: number; lon: number } | undefined {
  const { lat, lon, stopId } = position;
  if (lat !== undefined && lon !== undefined && isFix(lat, lon)) {
    return Number.isFinite(lat) && Number.isFinite(lon)
      ? { lat: rounded(lat), lon: rounded(lon) }
      : undefined;
  }
  return stopId === undefined ? undefined : timetable.stop(stopId);
}

function noPlace({ lat, lon, stopId }: VehiclePosition): string {
  if (lat !== undefined || lon !== undefined) return `${lat},${lon}; expected degrees, and not 0,0`;
  return stopId === undefined
    ? 'is absent, and no stop is named'
    : `is absent, and the timetable does not know the stop ${JSON.stringify(stopId.slice(0, 64))}`;
}

function occupancyOf({ occupancyPercent, occupancyStatus }: VehiclePosition): number | undefined {
  if (occupancyPercent !== undefined && occupancyPercent >= 0) return Math.min(occupancyPercent / 100, 1);
  return occupancyStatus === undefined ? undefined : fullness[occupancyStatus];
}

/** What passengers call it, where the timetable knows. */
function routeOf(trip: TripDescriptor | undefined, timetable: Timetable): string | undefined {
  if (trip === undefined) return undefined;
  const routeId =
    trip.routeId ?? (trip.tripId === undefined ? undefined : timetable.trip(trip.tripId)?.routeId);
  return routeId === undefined ? undefined : (timetable.routeName(routeId) ?? routeId).slice(0, 64);
}
