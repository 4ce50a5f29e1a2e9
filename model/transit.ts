// Lines, stops, departures and the import of a timetable, as routes give them and pages read them.
import Type, { type Static } from 'typebox';

const Time = Type.String({ format: 'date-time' });
const Day = Type.String({ format: 'date' });
const Nullable = <T extends ReturnType<typeof Type.String> | ReturnType<typeof Type.Integer>>(schema: T) =>
  Type.Union([schema, Type.Null()]);

/** Something in a file of a feed that is not as expected. */
export const ImportFault = Type.Object({
  file: Type.String(),
  line: Type.Integer({ minimum: 0, description: 'where the row begins, from 1; 0 for the file as a whole' }),
  field: Type.String(),
  given: Type.String(),
  expected: Type.String(),
});
export type ImportFault = Static<typeof ImportFault>;

export const ImportProgress = Type.Object({
  file: Type.String(),
  phase: Type.Union([Type.Literal('reading'), Type.Literal('writing')]),
  done: Type.Integer({ description: 'bytes read, or rows written' }),
  total: Type.Integer(),
});
export type ImportProgress = Static<typeof ImportProgress>;

/** How many of each were taken. */
export const ImportCounts = Type.Object({
  agencies: Type.Integer(),
  routes: Type.Integer(),
  stops: Type.Integer(),
  trips: Type.Integer(),
  stopTimes: Type.Integer(),
  shapes: Type.Integer(),
  services: Type.Integer(),
  serviceExceptions: Type.Integer(),
  frequencies: Type.Integer(),
});
export type ImportCounts = Static<typeof ImportCounts>;

export const ImportReport = Type.Object({
  counts: ImportCounts,
  serviceFrom: Type.Union([Day, Type.Null()], { description: 'the first day any service runs' }),
  serviceUntil: Type.Union([Day, Type.Null()], { description: 'the last' }),
  errorCount: Type.Integer({ description: 'rows that were left out' }),
  errors: Type.Array(ImportFault, { description: 'the first 1,000' }),
  warningCount: Type.Integer({ description: 'rows that were taken, mended' }),
  warnings: Type.Array(ImportFault, { description: 'the first 1,000' }),
});
export type ImportReport = Static<typeof ImportReport>;

export const importStates = ['running', 'done', 'failed', 'stopped'] as const;

export const GtfsImport = Type.Object({
  id: Type.Integer(),
  fileName: Type.String(),
  state: Type.Enum(importStates),
  /** Whether its timetable is the one that is read now. */
  current: Type.Boolean(),
  startedAt: Time,
  endedAt: Type.Union([Time, Type.Null()]),
  progress: Type.Union([ImportProgress, Type.Null()]),
  fault: Nullable(Type.String({ description: 'why it failed, for people' })),
  report: Type.Union([ImportReport, Type.Null()], {
    description: 'also of one that failed, as far as it came',
  }),
});
export type GtfsImport = Static<typeof GtfsImport>;

export const LineProperties = Type.Object({
  routeId: Type.String(),
  shortName: Nullable(Type.String()),
  longName: Nullable(Type.String()),
  color: Nullable(Type.String({ pattern: '^#[0-9A-F]{6}$' })),
  textColor: Nullable(Type.String({ pattern: '^#[0-9A-F]{6}$' })),
  routeType: Type.Integer({ description: 'GTFS Reference, routes.txt, route_type: 3 is a bus' }),
  agency: Nullable(Type.String()),
});
export type LineProperties = Static<typeof LineProperties>;

const LonLat = Type.Array(Type.Number(), { minItems: 2, maxItems: 2 });

const Timetable = Type.Union([
  Type.Object({
    importId: Type.Integer(),
    importedAt: Time,
    serviceFrom: Type.Union([Day, Type.Null()]),
    serviceUntil: Type.Union([Day, Type.Null()]),
    timeZone: Type.String(),
  }),
  Type.Null(),
]);
/** Which timetable an answer comes from; null while none was imported. */
export type Timetable = Static<typeof Timetable>;

export const LineCollection = Type.Object({
  type: Type.Literal('FeatureCollection'),
  timetable: Timetable,
  features: Type.Array(
    Type.Object({
      type: Type.Literal('Feature'),
      id: Type.String(),
      geometry: Type.Object({
        type: Type.Literal('MultiLineString'),
        coordinates: Type.Array(Type.Array(LonLat)),
      }),
      properties: LineProperties,
    }),
  ),
});
export type LineCollection = Static<typeof LineCollection>;

export const StopProperties = Type.Object({
  stopId: Type.String(),
  name: Type.String(),
  code: Nullable(Type.String()),
  platform: Nullable(Type.String()),
  parentStopId: Nullable(Type.String()),
  isStation: Type.Boolean({ description: 'has stops within it' }),
  lines: Type.Array(Type.String(), { description: 'names of the lines that stop here' }),
});
export type StopProperties = Static<typeof StopProperties>;

export const StopCollection = Type.Object({
  type: Type.Literal('FeatureCollection'),
  timetable: Timetable,
  features: Type.Array(
    Type.Object({
      type: Type.Literal('Feature'),
      id: Type.String(),
      geometry: Type.Object({ type: Type.Literal('Point'), coordinates: LonLat }),
      properties: StopProperties,
    }),
  ),
});
export type StopCollection = Static<typeof StopCollection>;

export const DeparturesQuery = Type.Object({
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 12 })),
});

export const Departure = Type.Object({
  tripId: Type.String(),
  routeId: Type.String(),
  line: Type.String({ description: 'short name of the line, else its long name' }),
  color: Nullable(Type.String()),
  headsign: Nullable(Type.String()),
  stopId: Type.String({ description: 'of a station, the platform' }),
  platform: Nullable(Type.String()),
  serviceDate: Day,
  scheduledAt: Type.Union([Time], {
    description: 'by the timetable; of a line that runs by headway, the first moment it may come from now on',
  }),
  expectedAt: Time,
  live: Type.Boolean({ description: 'expectedAt comes from the feed of live times' }),
  delaySeconds: Nullable(Type.Integer({ description: 'negative when early; null while nothing is known' })),
  observedAt: Type.Union([Time, Type.Null()], { description: 'when the delay was told' }),
  cancelled: Type.Boolean({ description: 'the trip does not run' }),
  skipped: Type.Boolean({ description: 'the trip runs and does not stop here' }),
  headwaySeconds: Nullable(
    Type.Integer({ description: 'runs so often and by no timetable (frequencies.txt, exact_times 0)' }),
  ),
  headwayUntil: Type.Union([Time, Type.Null()]),
});
export type Departure = Static<typeof Departure>;

export const Departures = Type.Object({
  stopId: Type.String(),
  name: Type.String(),
  asOf: Time,
  timetable: Timetable,
  departures: Type.Array(Departure),
});
export type Departures = Static<typeof Departures>;
