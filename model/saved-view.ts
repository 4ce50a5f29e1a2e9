// Saved views: what somebody looks at on the map (place, layers, filters, area), kept under a name and a key.
import Type, { type Static } from 'typebox';

/** One a key, `Alt 1` to `Alt 9`. */
export const viewSlots = 9;
export const longestViewName = 60;

const strict = { additionalProperties: false } as const;
const Word = Type.String({ pattern: '^[A-Za-z0-9.-]{1,40}$' });

export const ViewLook = Type.Object(
  {
    zoom: Type.Number({ minimum: 0, maximum: 24 }),
    lat: Type.Number({ minimum: -85, maximum: 85 }),
    lon: Type.Number({ minimum: -180, maximum: 180 }),
    hidden: Type.Array(Word, { maxItems: 40, description: 'layers that are switched off' }),
    shown: Type.Optional(
      Type.Array(Word, {
        maxItems: 40,
        description: 'of the layers that are off by themselves, those switched on',
      }),
    ),
    districts: Type.Array(Word, { maxItems: 100, description: 'codes it is filtered by; none is all' }),
    area: Type.Optional(
      Type.String({ maxLength: 2400, description: 'lat,lon,metres of a circle; corners parted by ;' }),
    ),
  },
  strict,
);
export type ViewLook = Static<typeof ViewLook>;

const Name = Type.String({ minLength: 1, maxLength: longestViewName, pattern: '\\S' });
const Slot = Type.Integer({ minimum: 1, maximum: viewSlots, description: 'the key, Alt and this digit' });

export const SavedView = Type.Object({
  id: Type.Integer(),
  slot: Slot,
  name: Name,
  look: ViewLook,
  version: Type.Integer({ minimum: 1 }),
});
export type SavedView = Static<typeof SavedView>;

export const NewView = Type.Object(
  { name: Name, look: ViewLook, slot: Type.Optional(Slot) },
  { ...strict, description: 'without a slot it takes the first free one' },
);
export type NewView = Static<typeof NewView>;

export const ViewChange = Type.Object(
  {
    version: Type.Integer({ minimum: 1, description: 'of the view as it was seen' }),
    name: Type.Optional(Name),
    look: Type.Optional(ViewLook),
  },
  strict,
);
export type ViewChange = Static<typeof ViewChange>;
