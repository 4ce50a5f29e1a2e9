// Assets: what stands or moves in the city and reports by itself, how they are named and how fresh they are.
import Type, { type Static } from 'typebox';

export const assetKinds = ['vehicle', 'sensor', 'camera'] as const;
export type AssetKind = (typeof assetKinds)[number];

/** Ids that devices may bear. Bounded and free of control characters, spaces and `__proto__`. */
export const sourceIdPattern = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,95}$/;

/** The id that people and URLs see: `{kind}:{source id}`. */
export type AssetId = `${AssetKind}:${string}`;

export const toAssetId = (kind: AssetKind, sourceId: string): AssetId => `${kind}:${sourceId}`;

/** Splits an asset id; undefined when the kind is unknown or the source id malformed. */
export function parseAssetId(id: string): { kind: AssetKind; sourceId: string } | undefined {
  const colon = id.indexOf(':');
  const kind = id.slice(0, colon);
  const sourceId = id.slice(colon + 1);
  if (colon < 0 || !isAssetKind(kind) || !sourceIdPattern.test(sourceId)) return undefined;
  return { kind, sourceId };
}

export const isAssetKind = (kind: string): kind is AssetKind =>
  (assetKinds as readonly string[]).includes(kind);

export const freshnesses = ['fresh', 'stale', 'silent'] as const;
export type Freshness = (typeof freshnesses)[number];

export const staleAfterIntervals = 3;
export const silentAfterIntervals = 10;

/** Seconds between observations that an asset is expected to keep, unless it is set otherwise. */
export const defaultExpectedEverySeconds: Record<AssetKind, number> = { vehicle: 10, sensor: 60, camera: 60 };

/** How fresh a value observed at `observedAtMs` is at `nowMs`; one never observed is silent. */
export function freshnessAt(
  observedAtMs: number | undefined,
  expectedEverySeconds: number,
  nowMs: number,
): Freshness {
  if (observedAtMs === undefined) return 'silent';
  const intervals = (nowMs - observedAtMs) / (expectedEverySeconds * 1000);
  if (intervals <= staleAfterIntervals) return 'fresh';
  return intervals <= silentAfterIntervals ? 'stale' : 'silent';
}

const Kind = Type.Enum(assetKinds);
const Time = Type.String({ format: 'date-time' });

/** The properties of an asset's Feature; beside these stand its newest values, each under its own name. */
export const AssetProperties = Type.Object(
  {
    kind: Kind,
    name: Type.String(),
    freshness: Type.Enum(freshnesses),
    observedAt: Type.Union([Time, Type.Null()]),
    simulated: Type.Boolean(),
    unconfirmed: Type.Boolean(),
    expectedEverySeconds: Type.Number({ exclusiveMinimum: 0 }),
    feedId: Type.Optional(
      Type.String({ description: 'the feed by which it was heard last, as `/api/feeds` names it' }),
    ),
    olderValues: Type.Optional(
      Type.Record(Type.String(), Time, {
        description: 'observedAt of each value that is older than the newest observation',
      }),
    ),
  },
  { additionalProperties: true },
);
export type AssetProperties = Static<typeof AssetProperties> & Record<string, unknown>;

export const AssetFeature = Type.Object({
  type: Type.Literal('Feature'),
  id: Type.String({ description: '{kind}:{source id}' }),
  geometry: Type.Union([
    Type.Object({
      type: Type.Literal('Point'),
      coordinates: Type.Array(Type.Number(), { minItems: 2, maxItems: 2 }),
    }),
    Type.Null(),
  ]),
  properties: AssetProperties,
});
export interface AssetFeature {
  type: 'Feature';
  id: string;
  geometry: { type: 'Point'; coordinates: [lon: number, lat: number] } | null;
  properties: AssetProperties;
}

export const AssetCollection = Type.Object({
  type: Type.Literal('FeatureCollection'),
  features: Type.Array(AssetFeature),
});
export interface AssetCollection {
  type: 'FeatureCollection';
  features: AssetFeature[];
}

/** An asset as somebody who knows it registers it: an import, an admin, the simulated city. */
export interface AssetRegistration {
  kind: AssetKind;
  sourceId: string;
  name: string;
  simulated: boolean;
  lat?: number;
  lon?: number;
  expectedEverySeconds?: number;
}
