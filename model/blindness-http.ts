// What GET /api/blindness answers: what the city cannot see, by kecamatan and junction, with the minutes of today. Pure.
import Type, { type Static } from 'typebox';
import { isBlind, type BlindPlaces, type Sight } from './blindness.ts';

const Count = Type.Integer({ minimum: 0 });
const Time = Type.String({ format: 'date-time' });
const Nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const blindMinutes = Type.Integer({
  minimum: 0,
  description: 'counted minutes of the day in which it was blind',
});

export const BlindJunction = Type.Object({
  id: Type.String(),
  name: Type.String(),
  districtCode: Nullable(Type.String()),
  lat: Type.Number(),
  lon: Type.Number(),
  placeEstimated: Type.Boolean({ description: 'its own place is estimated' }),
  camera: Type.Boolean({ description: 'a fresh camera sees it' }),
  sensor: Type.Boolean({ description: 'a fresh sensor speaks for it' }),
  inDoubt: Type.Boolean({
    description: 'nothing fresh reaches it, and something that does had no time to speak since we hear again',
  }),
  simulated: Type.Boolean({ description: 'all that sees it is simulated' }),
  blindMinutes,
});
export type BlindJunction = Static<typeof BlindJunction>;

export const BlindDistrict = Type.Object({
  code: Type.String(),
  name: Type.String(),
  junctions: Count,
  blind: Type.Integer({ minimum: 0, description: 'junctions that nothing fresh reaches' }),
  inDoubt: Count,
  withoutCamera: Type.Integer({ minimum: 0, description: 'junctions that no fresh camera sees' }),
  blindAreaPct: Nullable(
    Type.Number({ minimum: 0, maximum: 100, description: 'of its area that nothing fresh reaches' }),
  ),
  simulated: Type.Boolean({ description: 'some of its junctions are seen by nothing but simulated assets' }),
  blindMinutes: Type.Integer({ minimum: 0, description: 'of all its junctions together' }),
  worst: Nullable(Type.Object({ id: Type.String(), name: Type.String(), blindMinutes })),
});
export type BlindDistrict = Static<typeof BlindDistrict>;

/** How a day was counted. What nobody counted is neither seeing nor blind. */
export const BlindDay = Type.Object({
  day: Type.String({ format: 'date', description: 'of the city' }),
  countedSince: Nullable(Time),
  countedMinutes: Count,
  uncountedMinutes: Type.Integer({ minimum: 0, description: 'since the first counted one' }),
});
export type BlindDay = Static<typeof BlindDay>;

export const Blindness = Type.Object({
  at: Type.String({ format: 'date-time', description: 'of which moment it is' }),
  unknownSince: Nullable(
    Type.String({
      format: 'date-time',
      description: 'since when the field is not heard; `at` is then that moment',
    }),
  ),
  ...BlindDay.properties,
  reach: Type.Object({
    cameraM: Type.Number(),
    airM: Type.Number(),
    riverM: Type.Number(),
    otherM: Type.Number(),
    estimated: Type.Literal(true),
  }),
  districts: Type.Array(BlindDistrict),
  junctions: Type.Array(BlindJunction),
});
export type Blindness = Static<typeof Blindness>;

/** By kecamatan, in the city's order. @param minutes of the day, by junction. @param areaShares blind, 0 to 1. */
export function byDistrict(
  { districts }: BlindPlaces,
  sights: readonly Sight[],
  minutes: ReadonlyMap<string, number>,
  areaShares: readonly (number | null)[],
): BlindDistrict[] {
  return districts.map(({ code, name }, index) => {
    const own = sights.filter(({ districtCode }) => districtCode === code);
    const share = areaShares[index] ?? null;
    return {
      code,
      name,
      junctions: own.length,
      blind: own.filter(isBlind).length,
      inDoubt: own.filter(({ inDoubt }) => inDoubt).length,
      withoutCamera: own.filter(({ camera }) => !camera).length,
      blindAreaPct: share === null ? null : Math.round(share * 1000) / 10,
      simulated: own.some(({ simulated }) => simulated),
      blindMinutes: own.reduce((sum, { id }) => sum + (minutes.get(id) ?? 0), 0),
      worst: worstOf(own, minutes),
    };
  });
}

/** That with the most minutes; of equals one that is blind now. null where nothing was or is blind. */
function worstOf(sights: readonly Sight[], minutes: ReadonlyMap<string, number>): BlindDistrict['worst'] {
  const weight = (sight: Sight): number => 2 * (minutes.get(sight.id) ?? 0) + (isBlind(sight) ? 1 : 0);
  const worst = sights.reduce<Sight | undefined>(
    (most, one) => (most === undefined || weight(one) > weight(most) ? one : most),
    undefined,
  );
  if (worst === undefined || weight(worst) === 0) return null;
  return { id: worst.id, name: worst.name, blindMinutes: minutes.get(worst.id) ?? 0 };
}

/** The worst first: by minutes, then by what is blind now, then by area. */
export const byWorst = (districts: readonly BlindDistrict[]): BlindDistrict[] =>
  [...districts].sort(
    (a, b) =>
      b.blindMinutes - a.blindMinutes ||
      b.blind - a.blind ||
      (b.blindAreaPct ?? 0) - (a.blindAreaPct ?? 0) ||
      a.name.localeCompare(b.name),
  );
