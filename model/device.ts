// Devices at the broker: who may publish and hear which topics. Passwords are generated, shown once, and only hashed here.
import Type, { type Static } from 'typebox';
import { assetKinds, type AssetKind } from './asset.ts';

export const deviceUsernamePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

const Filters = Type.Array(Type.String({ minLength: 1, maxLength: 256 }), { maxItems: 20 });

export const NewDevice = Type.Object(
  {
    username: Type.String({ pattern: deviceUsernamePattern.source }),
    note: Type.Optional(Type.String({ maxLength: 200 })),
    assetId: Type.Optional(
      Type.String({ description: 'an asset: gives the rights to its own topics, instead of `publish`' }),
    ),
    publish: Type.Optional(Filters),
    subscribe: Type.Optional(Filters),
  },
  { additionalProperties: false },
);
export type NewDevice = Static<typeof NewDevice>;

export const Device = Type.Object({
  username: Type.String(),
  note: Type.String(),
  publish: Type.Array(Type.String()),
  subscribe: Type.Array(Type.String()),
  createdAt: Type.String({ format: 'date-time' }),
  revokedAt: Type.Union([Type.String({ format: 'date-time' }), Type.Null()]),
  version: Type.Integer(),
});
export type Device = Static<typeof Device>;

/** The password is in this answer and nowhere else. */
export const DeviceWithPassword = Type.Intersect([Device, Type.Object({ password: Type.String() })]);
export type DeviceWithPassword = Static<typeof DeviceWithPassword>;

/** The topics on which an asset speaks for itself. */
export function topicsOfAsset(kind: AssetKind, sourceId: string): string[] {
  if (kind === 'vehicle') return [`city/vehicle/${sourceId}/position`];
  if (kind === 'sensor') return [`city/sensor/${sourceId}/reading`];
  return [`city/camera/${sourceId}/status`, `city/camera/${sourceId}/event`];
}

/** What an admin changes of an asset. `confirmed` takes the mark *unconfirmed* away, and does not bring it back. */
export const AssetChange = Type.Object(
  {
    name: Type.Optional(Type.String({ minLength: 1, maxLength: 80 })),
    lat: Type.Optional(Type.Number({ minimum: -90, maximum: 90 })),
    lon: Type.Optional(Type.Number({ minimum: -180, maximum: 180 })),
    expectedEverySeconds: Type.Optional(Type.Number({ minimum: 1, maximum: 604_800 })),
    confirmed: Type.Optional(Type.Literal(true)),
  },
  { additionalProperties: false },
);
export type AssetChange = Static<typeof AssetChange>;

/** What is put down about an asset. */
export const RegisteredAsset = Type.Object({
  id: Type.String({ description: '{kind}:{source id}' }),
  kind: Type.Enum(assetKinds),
  sourceId: Type.String(),
  name: Type.String(),
  lat: Type.Union([Type.Number(), Type.Null()]),
  lon: Type.Union([Type.Number(), Type.Null()]),
  expectedEverySeconds: Type.Number(),
  unconfirmed: Type.Boolean(),
  version: Type.Integer({ minimum: 1 }),
});
export type RegisteredAsset = Static<typeof RegisteredAsset>;
