// The native MQTT payloads, as schemas: type, validation and AsyncAPI derive from these.
import Type, { type Static } from 'typebox';

/** ISO 8601 with offset, or epoch milliseconds. */
export const ObservedAt = Type.Union([Type.String({ format: 'date-time' }), Type.Number()], {
  description: 'ISO 8601 with offset, or epoch milliseconds',
});

// Whether a position is on the earth, ingest decides for all formats alike, with a reason of its own.
const Lat = Type.Number({ description: 'WGS 84 degrees, -90 to 90' });
const Lon = Type.Number({ description: 'WGS 84 degrees, -180 to 180' });

export const VehiclePosition = Type.Object({
  observedAt: ObservedAt,
  lat: Lat,
  lon: Lon,
  speedMps: Type.Optional(Type.Number({ minimum: 0, maximum: 100 })),
  headingDeg: Type.Optional(Type.Number({ minimum: 0, maximum: 360, description: 'clockwise from north' })),
  routeId: Type.Optional(Type.String({ maxLength: 64 })),
  occupancy: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
});
export type VehiclePosition = Static<typeof VehiclePosition>;

export const SensorReading = Type.Object({
  observedAt: ObservedAt,
  lat: Type.Optional(Lat),
  lon: Type.Optional(Lon),
  readings: Type.Record(Type.String(), Type.Number(), {
    description: 'metric to value; names and units from the registry',
  }),
});
export type SensorReading = Static<typeof SensorReading>;

export const CameraStatus = Type.Object({
  observedAt: ObservedAt,
  state: Type.Union([Type.Literal('online'), Type.Literal('offline')]),
  lat: Type.Optional(Lat),
  lon: Type.Optional(Lon),
  bearingDeg: Type.Optional(Type.Number({ minimum: 0, maximum: 360 })),
  fieldOfViewDeg: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 360 })),
  streamUrl: Type.Optional(Type.String({ maxLength: 2048 })),
});
export type CameraStatus = Static<typeof CameraStatus>;

export const CameraEvent = Type.Object({
  observedAt: ObservedAt,
  eventId: Type.String({ minLength: 1, maxLength: 128 }),
  type: Type.String({ minLength: 1, maxLength: 64 }),
  label: Type.Optional(Type.String({ maxLength: 64 })),
  count: Type.Optional(Type.Integer({ minimum: 0 })),
  score: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
});
export type CameraEvent = Static<typeof CameraEvent>;
