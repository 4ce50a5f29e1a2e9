// NGSI-LD and NGSI v2 entities of the Smart Data Models: air, weather, water, traffic; normalized or as plain key-values.
import { isUtf8 } from 'node:buffer';
import { rejected, type Outcome, type Rejected } from '../../model/observation.ts';
import { maxPolledBytes } from '../../model/topics.ts';
import { isObject, numberOrUnknown, type AdapterContext, type Json, type NewAdapter } from './adapter.ts';
import type { Measured } from './decoders/decoder.ts';
import { plainInstant } from './instant.ts';
import { isPlace, rejectsOfParts, toReadings } from './measurements.ts';
import { ngsiNames, ngsiWaterNames } from './ngsi-ld-names.ts';
import { toSourceId } from './source-id.ts';

const maxEntities = 20_000;

/**
 * One entity, an array of them, or a notification with them under `data` (ETSI GS CIM 009, clauses 4.5 and 5.3.1;
 * FIWARE-NGSI v2, "Notification Messages"). An attribute is `{type, value, unitCode}`, `{type, value, metadata}` or the
 * bare value. A time without a zone is UTC.
 */
export const newNgsiLd: NewAdapter =
  (context) =>
  ({ payload, receivedAt }) => {
    const entities = entitiesOf(payload);
    if (!Array.isArray(entities)) return [entities];
    if (entities.length === 0) return [rejected('not-an-observation', 'there is no entity in it')];
    const outcomes: Outcome[] = [];
    const rejects: Rejected[] = [];
    for (const [n, entity] of entities.slice(0, maxEntities).entries()) {
      const path = entities.length === 1 ? '' : `[${n}].`;
      const outcome = isObject(entity)
        ? readEntity(entity, path, receivedAt, context, rejects)
        : rejected('schema', 'expected an entity', `[${n}]`);
      if (outcome?.kind === 'rejected') rejects.push(outcome);
      else if (outcome !== undefined) outcomes.push(outcome);
    }
    if (entities.length > maxEntities) {
      rejects.push(
        rejected('too-large', `${entities.length} entities; those after ${maxEntities} were left out`),
      );
    }
    return [...rejectsOfParts(rejects, outcomes.length > 0), ...outcomes];
  };

function entitiesOf(payload: Buffer): unknown[] | Rejected {
  if (payload.length === 0) return rejected('empty', 'the payload is empty');
  if (payload.length > maxPolledBytes) {
    return rejected('too-large', `${payload.length} bytes; at most ${maxPolledBytes} are taken`);
  }
  if (!isUtf8(payload)) return rejected('not-utf8', 'the payload is not UTF-8 text');
  let body: unknown;
  try {
    body = JSON.parse(payload.toString('utf8'));
  } catch (error) {
    return rejected('not-json', (error as Error).message);
  }
  if (Array.isArray(body)) return body as unknown[];
  if (!isObject(body)) return rejected('schema', 'expected an entity, an array or a notification');
  return Array.isArray(body.data) ? (body.data as unknown[]) : [body];
}

/** Undefined where nothing in it is a reading; `rejects` says why. */
function readEntity(
  entity: Json,
  path: string,
  receivedAt: number,
  context: AdapterContext,
  rejects: Rejected[],
): Outcome | undefined {
  const type = typeof entity.type === 'string' ? entity.type : '';
  const sourceId = typeof entity.id === 'string' ? sourceIdOf(entity.id, type) : undefined;
  if (sourceId === undefined) return rejected('bad-id', 'expected the id of an entity', `${path}id`);
  const period = periodOf(entity);
  if (period === null) {
    return rejected('schema', 'expected ISO 8601, an instant or an interval a/b', `${path}dateObserved`);
  }
  const { readings, rejects: own } = toReadings(
    measuredIn(entity, period),
    type === 'WaterQualityObserved' ? ngsiWaterNames : ngsiNames,
    context,
    path === '' ? type || 'entity' : path.slice(0, -1),
  );
  rejects.push(...own);
  if (readings.length === 0) return undefined;
  const observedAt = period?.end ?? latestObservedAt(entity) ?? receivedAt;
  return { kind: 'sensor', sourceId, name: nameOf(entity), observedAt, ...placeOf(entity), readings };
}

/**
 * Without `urn:ngsi-ld:` and the type, so that both ways of naming an entity are one asset; and without the time that
 * the models' examples end their ids with, or each observation would be an asset.
 */
function sourceIdOf(id: string, type: string): string | undefined {
  let name = id.replace(/^urn:ngsi(-ld)?:/i, '');
  if (type !== '' && name.startsWith(`${type}:`)) name = name.slice(type.length + 1);
  return toSourceId(
    'ngsi',
    name.replace(/[-:_]?\d{4}-\d\d-\d\dT\d\d:?\d\d(:?\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?$/, ''),
  );
}

/** What an attribute says, in either encoding. */
function valueOf(attribute: unknown): unknown {
  if (!isObject(attribute)) return attribute;
  const value = 'value' in attribute ? attribute.value : attribute;
  return isObject(value) && '@value' in value ? value['@value'] : value;
}

interface Period {
  start: number | undefined;
  end: number;
}

/** Undefined where the entity says no time, null where it says one that cannot be read. */
function periodOf(entity: Json): Period | null | undefined {
  const from = parseUtc(valueOf(entity.dateObservedFrom));
  const to = parseUtc(valueOf(entity.dateObservedTo));
  if (to !== undefined) return { start: from, end: to };
  const said =
    valueOf(entity.dateObserved) ?? valueOf(entity.timestamp) ?? valueOf(entity.observationDateTime);
  if (said === undefined || said === null) return undefined;
  if (typeof said !== 'string') return null;
  const [start, end] = said.split('/', 2);
  const endMs = parseUtc(end ?? start);
  if (endMs === undefined) return null;
  return { start: end === undefined ? from : parseUtc(start), end: endMs };
}

const iso = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?$/i;

/** Epoch milliseconds of ISO 8601; without a zone it is UTC. */
function parseUtc(value: unknown): number | undefined {
  if (typeof value !== 'string') return undefined;
  const plain = plainInstant(value);
  if (plain !== undefined) return plain;
  const parts = iso.exec(value);
  const ms = parts === null ? Number.NaN : Date.parse(parts[3] === undefined ? `${value}Z` : parts[0]);
  return Number.isNaN(ms) ? undefined : ms;
}

/** The newest of the times that NGSI-LD keeps at each attribute. */
function latestObservedAt(entity: Json): number | undefined {
  let latest: number | undefined;
  for (const attribute of Object.values(entity)) {
    const at = isObject(attribute) ? parseUtc(attribute.observedAt) : undefined;
    if (at !== undefined && (latest === undefined || at > latest)) latest = at;
  }
  return latest;
}

/** What describes the entity, and is not measured. */
const notMeasured = new Set(['id', 'type', 'location', 'laneId', 'reliability', 'airQualityIndex']);

function measuredIn(entity: Json, period: Period | undefined): Measured[] {
  const measured: Measured[] = [];
  for (const [name, attribute] of Object.entries(entity)) {
    const value = notMeasured.has(name) ? undefined : numberOrUnknown(valueOf(attribute));
    if (value === undefined) continue;
    const unit = unitCodeOf(attribute) ?? usualUnit(name, value);
    if (name === 'intensity') measured.push(intensity(value, unit, period));
    else measured.push({ name, value, unit });
  }
  return measured;
}

function unitCodeOf(attribute: unknown): string | undefined {
  if (!isObject(attribute)) return undefined;
  const metadata = isObject(attribute.metadata) ? attribute.metadata : {};
  const code = attribute.unitCode ?? valueOf(metadata.unitCode);
  return typeof code === 'string' && code !== '' ? code : undefined;
}

const shares = new Set(['relativeHumidity', 'humidity', 'occupancy']);

/** The models have these from 0 to 1; many that claim to follow them send per cent. */
const usualUnit = (name: string, value: number): string | undefined =>
  shares.has(name) ? (value >= 0 && value <= 1 ? '1' : '%') : undefined;

/** Vehicles in the period of the observation; a flow an hour only where that is known. */
function intensity(value: number, unit: string | undefined, period: Period | undefined): Measured {
  const hours = period?.start === undefined ? 0 : (period.end - period.start) / 3_600_000;
  if (unit !== undefined || hours <= 0) return { name: 'intensity', value, unit };
  return { name: 'vehicleCount', value: Math.round(value / hours), unit: '/h' };
}

const nameOf = (entity: Json): string | undefined => {
  const name = valueOf(entity.name) ?? valueOf(entity.stationName);
  return typeof name === 'string' && name !== '' ? name.slice(0, 80) : undefined;
};

/** A GeoJSON point, or the middle vertex of a street's line (longitude first). */
function placeOf(entity: Json): { lat?: number; lon?: number } {
  const location = valueOf(entity.location);
  let at: unknown = isObject(location) ? location.coordinates : undefined;
  while (Array.isArray(at) && Array.isArray(at[0])) at = at[Math.floor((at.length - 1) / 2)];
  if (!Array.isArray(at)) return {};
  const [lon, lat] = [numberOrUnknown(at[0]), numberOrUnknown(at[1])];
  return lat !== undefined && lon !== undefined && isPlace(lat, lon) ? { lat, lon } : {};
}
