// What GTFS-Realtime entities say of whom they mean: trips and vehicles (Reference, TripDescriptor, VehicleDescriptor).
import type { Wire } from '../wire.ts';

export interface TripDescriptor {
  tripId: string | undefined;
  routeId: string | undefined;
  /** HH:MM:SS, may pass 24:00. */
  startTime: string | undefined;
  /** YYYYMMDD. */
  startDate: string | undefined;
  relationship: number | undefined;
}

/** Of TripDescriptor.ScheduleRelationship: those that take a run out of the day. */
export const isCancelled = ({ relationship }: TripDescriptor): boolean =>
  relationship === 3 || relationship === 7;

export interface VehicleDescriptor {
  id: string | undefined;
  label: string | undefined;
  licensePlate: string | undefined;
}

/** Empty texts are how some producers say nothing. */
export const textOf = (wire: Wire): string | undefined => toStorable(wire.text()) || undefined;

const unstorable = /\0/g;

/** Without what no database holds as text. */
export const toStorable = (text: string): string =>
  text.includes('\0') ? text.replaceAll(unstorable, '') : text;

export function readTrip(wire: Wire): TripDescriptor {
  const trip: TripDescriptor = {
    tripId: undefined,
    routeId: undefined,
    startTime: undefined,
    startDate: undefined,
    relationship: undefined,
  };
  const outer = wire.enter();
  while (wire.next()) {
    switch (wire.field) {
      case 1:
        trip.tripId = textOf(wire);
        break;
      case 2:
        trip.startTime = textOf(wire);
        break;
      case 3:
        trip.startDate = textOf(wire);
        break;
      case 4:
        trip.relationship = wire.int32();
        break;
      case 5:
        trip.routeId = textOf(wire);
        break;
      default:
        wire.skip();
    }
  }
  wire.leave(outer);
  return trip;
}

export function readVehicle(wire: Wire): VehicleDescriptor {
  const vehicle: VehicleDescriptor = { id: undefined, label: undefined, licensePlate: undefined };
  const outer = wire.enter();
  while (wire.next()) {
    if (wire.field === 1) vehicle.id = textOf(wire);
    else if (wire.field === 2) vehicle.label = textOf(wire);
    else if (wire.field === 3) vehicle.licensePlate = textOf(wire);
    else wire.skip();
  }
  wire.leave(outer);
  return vehicle;
}
