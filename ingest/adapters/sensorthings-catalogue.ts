// What is known of SensorThings datastreams: their units, properties and places, learned from polls and kept.
import { isObject, numberOrUnknown, type Json, type Memory } from './adapter.ts';
import { isPlace } from './measurements.ts';

/** Of a Datastream (OGC 18-088, 8.2.4) and of the Thing it hangs on. */
export interface Datastream {
  id: string;
  /** Names by which the mapping or the registry may know what is observed, the best first. */
  names: string[];
  unit: string | undefined;
  thingId: string | undefined;
  thingName: string | undefined;
  lat: number | undefined;
  lon: number | undefined;
}

/** The id of an entity, a number or a text, as text; undefined where it has none. */
export function idOf(entity: unknown): string | undefined {
  const id = isObject(entity) ? (entity['@iot.id'] ?? entity.id) : undefined;
  return typeof id === 'number' || (typeof id === 'string' && id !== '') ? String(id) : undefined;
}

/** The id in `Datastreams(7)`, `…/Datastreams('a b')/Observations`; quotes within are doubled. */
export function datastreamIdIn(text: unknown): string | undefined {
  const found = typeof text === 'string' ? /Datastreams\((?:'((?:[^']|'')*)'|([^)]*))\)/.exec(text) : null;
  const id = found?.[1]?.replaceAll("''", "'") ?? found?.[2];
  return id === undefined || id === '' ? undefined : id;
}

/** Whether it tells more than its id: an entity of the collection, or expanded into an observation. */
export const isDatastream = (entity: unknown): entity is Json =>
  isObject(entity) && (isObject(entity.unitOfMeasurement) || isObject(entity.ObservedProperty));

/** What a Datastream says, with its Thing where that stands around it instead of in it. */
export function toDatastream(entity: Json, around?: Json): Datastream | undefined {
  const id = idOf(entity);
  if (id === undefined) return undefined;
  const thing = isObject(entity.Thing) ? entity.Thing : (around ?? {});
  const property = isObject(entity.ObservedProperty) ? entity.ObservedProperty : {};
  return {
    id,
    names: [property.name, lastOf(property.definition), entity.name].filter(isText),
    unit: unitIn(entity.unitOfMeasurement),
    thingId: idOf(thing),
    thingName: isText(thing.name) ? thing.name.slice(0, 80) : undefined,
    ...placeIn(thing.Locations, entity.observedArea),
  };
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

/** `…/parameter#air_temperature` and `…/parameter/air_temperature` name it at their end. */
const lastOf = (definition: unknown): unknown =>
  typeof definition === 'string' ? definition.split(/[/#:]/).at(-1) : undefined;

/** The symbol, else the UCUM code or the word at the end of the definition, else the name. */
function unitIn(given: unknown): string | undefined {
  if (!isObject(given)) return undefined;
  return [given.symbol, lastOf(given.definition), given.name].filter(isText)[0];
}

function placeIn(
  locations: unknown,
  observedArea: unknown,
): { lat: number | undefined; lon: number | undefined } {
  const list: unknown[] = Array.isArray(locations) ? locations : [];
  for (const candidate of [
    ...list.map((each) => (isObject(each) ? each.location : undefined)),
    observedArea,
  ]) {
    const point = isObject(candidate) && isObject(candidate.geometry) ? candidate.geometry : candidate;
    if (!isObject(point) || point.type !== 'Point' || !Array.isArray(point.coordinates)) continue;
    const [lon, lat] = [numberOrUnknown(point.coordinates[0]), numberOrUnknown(point.coordinates[1])];
    if (isPlace(lat, lon)) return { lat, lon };
  }
  return { lat: undefined, lon: undefined };
}

const keyOf = (id: string): string => `Datastreams(${id})`;

/** Kept until the next poll says otherwise; what it leaves unsaid is kept from before. */
export function remember(datastream: Datastream, at: number, memory: Memory): void {
  const held = recall(datastream.id, memory);
  const merged: Datastream = {
    ...datastream,
    names: datastream.names.length > 0 ? datastream.names : (held?.names ?? []),
    unit: datastream.unit ?? held?.unit,
    thingId: datastream.thingId ?? held?.thingId,
    thingName: datastream.thingName ?? held?.thingName,
    lat: datastream.lat ?? held?.lat,
    lon: datastream.lon ?? held?.lon,
  };
  memory.set(keyOf(datastream.id), at, Buffer.from(JSON.stringify(merged)));
}

export function recall(id: string, memory: Memory): Datastream | undefined {
  const held = memory.get(keyOf(id));
  // Written by `remember` alone.
  return held === undefined ? undefined : (JSON.parse(held.value.toString('utf8')) as Datastream);
}
