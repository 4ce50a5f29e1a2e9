// What makes one city: the files of a folder in `cities/`, as schemas.
import Type, { type Static } from 'typebox';
import { CityAlarmRules } from './alarm-rule.ts';

const Position = Type.Array(Type.Number(), { minItems: 2, maxItems: 2, description: 'longitude, latitude' });
type Position = [lon: number, lat: number];

/** How sure a place or figure is; what is marked as estimated stays marked. */
const Accuracy = Type.Union([Type.Literal('A'), Type.Literal('B'), Type.Literal('C'), Type.Literal('D')], {
  description: 'A within 100 m of a seen coordinate, B inferred (100 to 250 m), C right kelurahan, D a guess',
});

/** city.json */
export const CityFacts = Type.Object({
  id: Type.String({ pattern: '^[a-z0-9-]+$' }),
  name: Type.String(),
  officialName: Type.String(),
  province: Type.String(),
  country: Type.String(),
  /** Kemendagri's code, `12.72`. */
  code: Type.String(),
  timeZone: Type.String(),
  timeZoneLabel: Type.String(),
  /** When the command centre's shifts end, by the city's clock; left out where there are none. */
  shifts: Type.Optional(
    Type.Object({
      ends: Type.Array(Type.String({ pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$' }), {
        minItems: 1,
        maxItems: 12,
      }),
      accuracy: Accuracy,
    }),
  ),
  centre: Position,
  bounds: Type.Array(Type.Number(), { minItems: 4, maxItems: 4, description: 'west, south, east, north' }),
  population: Type.Integer(),
  areaKm2: Type.Number(),
  attribution: Type.String(),
  note: Type.String(),
  /** What is known in figures, as found; `[n]` names a source. */
  numbers: Type.Array(Type.Object({ what: Type.String(), value: Type.String() })),
  sources: Type.Array(Type.Object({ no: Type.Integer(), name: Type.String() })),
  /** Some of those figures in the city's own ids: where it jams, where water is weak, where cameras stand. */
  places: Type.Object({
    congestedJunctions: Type.Array(Type.String()),
    weakWaterSubdistricts: Type.Array(Type.String()),
    cameraJunctions: Type.Array(Type.String()),
    cameraPoints: Type.Integer({ minimum: 0 }),
    cameras: Type.Integer({ minimum: 0 }),
  }),
});
export type CityFacts = Static<typeof CityFacts>;

/** districts.json: the outer ring, kecamatan with outlines, kelurahan with centroids. */
export const Districts = Type.Object({
  note: Type.String(),
  credit: Type.String(),
  outline: Type.Array(Position),
  districts: Type.Array(
    Type.Object({
      code: Type.String(),
      name: Type.String(),
      shortName: Type.String(),
      areaKm2: Type.Number({ description: 'of the boundary file' }),
      officialAreaKm2: Type.Number(),
      centroid: Position,
      population2010: Type.Integer(),
      population2024Estimated: Type.Integer(),
      neighbours: Type.Array(Type.String()),
      outline: Type.Array(Position, { description: 'closed by repeating no point: close it when drawing' }),
    }),
  ),
  subdistricts: Type.Array(
    Type.Object({
      code: Type.String(),
      name: Type.String(),
      districtCode: Type.String(),
      areaKm2: Type.Number(),
      centroid: Position,
      innerPoint: Type.Optional(
        Type.Literal(true, { description: 'the centroid lies outside: a point within' }),
      ),
      neighbours: Type.Array(Type.String()),
    }),
  ),
});
export type Districts = Static<typeof Districts>;

/** streets.json: a schematic graph. A chain names junctions by id, with bends between them as positions. */
export const Streets = Type.Object({
  note: Type.String(),
  junctions: Type.Array(
    Type.Object({
      id: Type.String(),
      name: Type.String(),
      position: Position,
      subdistrict: Type.String(),
      accuracy: Accuracy,
    }),
  ),
  streets: Type.Array(
    Type.Object({
      name: Type.String(),
      class: Type.Union([Type.Literal('arterial'), Type.Literal('collector'), Type.Literal('local')]),
      speedKmh: Type.Number({ exclusiveMinimum: 0 }),
      nameAssumed: Type.Optional(Type.Literal(true, { description: 'a local link named after a place' })),
      note: Type.Optional(Type.String()),
      chain: Type.Array(Type.Union([Type.String(), Position])),
    }),
  ),
});
export type Streets = Static<typeof Streets>;

/** ground.json: rivers and the railway. */
export const Ground = Type.Object({
  note: Type.String(),
  lines: Type.Array(
    Type.Object({
      name: Type.String(),
      kind: Type.Union([Type.Literal('river'), Type.Literal('rail')]),
      accuracy: Accuracy,
      path: Type.Array(Position),
    }),
  ),
});
export type Ground = Static<typeof Ground>;

/** facilities.json */
export const Facilities = Type.Object({
  note: Type.String(),
  facilities: Type.Array(
    Type.Object({
      kind: Type.String(),
      name: Type.String(),
      position: Position,
      subdistrict: Type.String(),
      accuracy: Accuracy,
    }),
  ),
});
export type Facilities = Static<typeof Facilities>;

/** lines.json: angkot lines over the junctions of streets.json. */
export const Lines = Type.Object({
  note: Type.String(),
  serviceHours: Type.Object({ from: Type.String(), thinAfter: Type.String(), to: Type.String() }),
  fareRupiah: Type.Integer(),
  pupilFareRupiah: Type.Integer(),
  lines: Type.Array(
    Type.Object({
      id: Type.String(),
      name: Type.String(),
      colour: Type.String({ pattern: '^#[0-9a-f]{6}$' }),
      junctions: Type.Array(Type.String()),
      headwayMinutes: Type.Number(),
      vehicles: Type.Integer(),
    }),
  ),
});
export type Lines = Static<typeof Lines>;

const Hours = Type.Array(Type.Number(), { minItems: 24, maxItems: 24 });
const Months = Type.Array(Type.Number(), { minItems: 12, maxItems: 12 });

/** rhythms.json: how a day and a year go; all estimated unless `seen`. */
export const Rhythms = Type.Object({
  note: Type.String(),
  hourly: Type.Object({
    temperatureC: Hours,
    humidityPct: Hours,
    rainPctOfDay: Hours,
    pm25Factor: Hours,
    trafficWeekday: Hours,
    trafficWeekend: Hours,
    waterDemandFactor: Hours,
    callsPctOfDay: Hours,
  }),
  monthly: Type.Object({
    rainMm: Months,
    rainDays: Months,
    maxC: Months,
    minC: Months,
    humidityPct: Months,
  }),
  /** Months (1 to 12) whose figures were seen; the others are interpolated. */
  seen: Type.Object({ rainMmMonths: Type.Array(Type.Integer()), maxCMonths: Type.Array(Type.Integer()) }),
  pm25MeanUgM3: Type.Number(),
  pm25MeanByJunctionUgM3: Type.Record(Type.String(), Type.Number()),
  /** Daily means in the haze of the dry season, from and to. */
  pm25HazeUgM3: Type.Array(Type.Number(), { minItems: 2, maxItems: 2 }),
});
export type Rhythms = Static<typeof Rhythms>;

/** agencies.json */
export const Agencies = Type.Object({
  agencies: Type.Array(
    Type.Object({
      id: Type.String(),
      name: Type.String(),
      emergencies: Type.String(),
      services: Type.String(),
      phone: Type.Optional(Type.String()),
    }),
  ),
});
export type Agencies = Static<typeof Agencies>;

/** indicators.json: the six dimensions; targets without a named rule are proposals. */
export const Indicators = Type.Object({
  note: Type.String(),
  indicators: Type.Array(
    Type.Object({
      id: Type.String(),
      dimension: Type.String(),
      name: Type.String(),
      nameIndonesian: Type.String(),
      unit: Type.String(),
      target: Type.String(),
      source: Type.Optional(Type.String()),
      feeds: Type.String(),
    }),
  ),
});
export type Indicators = Static<typeof Indicators>;

/** categories.json: what people report. */
export const Categories = Type.Object({
  note: Type.String(),
  categories: Type.Array(
    Type.Object({
      id: Type.String(),
      name: Type.String(),
      nameIndonesian: Type.String(),
      priority: Type.String(),
      sharePct: Type.Number(),
      peakHours: Type.String(),
      agencies: Type.Array(Type.String()),
      example: Type.String(),
    }),
  ),
});
export type Categories = Static<typeof Categories>;

export interface City {
  facts: CityFacts;
  districts: Districts;
  streets: Streets;
  ground: Ground;
  facilities: Facilities;
  lines: Lines;
  rhythms: Rhythms;
  agencies: Agencies;
  indicators: Indicators;
  categories: Categories;
  alarmRules: CityAlarmRules;
}

export type CityFile = keyof City;

/** One schema a file: `facts` is city.json, `alarmRules` alarm-rules.json, every other name its own file. */
export const cityFiles = {
  facts: CityFacts,
  districts: Districts,
  streets: Streets,
  ground: Ground,
  facilities: Facilities,
  lines: Lines,
  rhythms: Rhythms,
  agencies: Agencies,
  indicators: Indicators,
  categories: Categories,
  alarmRules: CityAlarmRules,
} as const;

/** What the map of the browser needs; served to everyone, for it holds nothing that the sign-in page does not show. */
export type CityMap = Pick<City, 'facts' | 'districts' | 'streets' | 'ground' | 'facilities' | 'lines'>;

export type { Position };
