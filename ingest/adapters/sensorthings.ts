// OGC SensorThings 1.1: observations over MQTT, or polled; what they mean is learned from their datastreams.
import { isUtf8 } from 'node:buffer';
import { rejected, type Outcome, type Rejected } from '../../model/observation.ts';
import { maxPolledBytes } from '../../model/topics.ts';
import {
  isObject,
  parseInstant,
  type AdapterContext,
  type Incoming,
  type Json,
  type NewAdapter,
} from './adapter.ts';
import { asNumber } from './flatten.ts';
import { knownAs, mapped, rejectsOfParts, toReadings } from './measurements.ts';
import {
  datastreamIdIn,
  idOf,
  isDatastream,
  recall,
  remember,
  toDatastream,
  type Datastream,
} from './sensorthings-catalogue.ts';
import { sensorThingsNames } from './sensorthings-names.ts';
import { toSourceId } from './source-id.ts';

const maxItems = 20_000;

/** An observation and the datastream it came under, as far as the place in the body or the topic tells. */
interface Found {
  observation: Json;
  datastreamId: string | undefined;
  path: string;
}

/**
 * An observation (OGC 18-088, 8.2.7; over MQTT, clause 14) or what a service answers: a collection of observations, or of
 * datastreams or things with what is expanded in them. Datastreams are remembered; observations that come without
 * theirs are then understood.
 */
export const newSensorThings: NewAdapter = (context) => (incoming) => {
  const body = parse(incoming.payload);
  if ('kind' in body) return [body];
  const found: Found[] = [];
  const hint = datastreamIdIn(incoming.topic) ?? datastreamIdIn(body.whole['@iot.nextLink']);
  const learned = collect(body.items, hint, incoming.receivedAt, context, found);
  if (found.length === 0) return [nothingIn(learned)];
  const outcomes: Outcome[] = [];
  const rejects: Rejected[] = [];
  for (const each of found.slice(0, maxItems)) {
    const outcome = read(each, incoming, context, rejects);
    if (outcome !== undefined) outcomes.push(outcome);
  }
  if (found.length > maxItems) {
    rejects.push(
      rejected('too-large', `${found.length} observations; those after ${maxItems} were left out`),
    );
  }
  return [...rejectsOfParts(rejects, outcomes.length > 0), ...outcomes];
};

const nothingIn = (learned: number): Rejected =>
  rejected(
    'not-an-observation',
    learned > 0
      ? `${learned} datastreams were learned; observations follow`
      : 'expected an observation with a result',
  );

function parse(payload: Buffer): { whole: Json; items: unknown[] } | Rejected {
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
  if (Array.isArray(body)) return { whole: {}, items: body as unknown[] };
  if (!isObject(body)) return rejected('schema', 'expected an observation or a collection');
  return { whole: body, items: Array.isArray(body.value) ? (body.value as unknown[]) : [body] };
}

/** Remembers the datastreams among them, finds the observations, and says how many datastreams there were. */
function collect(
  items: readonly unknown[],
  hint: string | undefined,
  at: number,
  context: AdapterContext,
  found: Found[],
): number {
  let learned = 0;
  const learn = (entity: Json, around: Json | undefined, path: string): void => {
    const datastream = toDatastream(entity, around);
    if (datastream === undefined) return;
    remember(datastream, at, context.memory);
    learned++;
    for (const [n, observation] of listOf(entity.Observations).entries()) {
      if (isObject(observation)) {
        found.push({ observation, datastreamId: datastream.id, path: `${path}Observations[${n}].` });
      }
    }
  };
  for (const [n, item] of items.entries()) {
    if (!isObject(item)) continue;
    const path = items.length === 1 ? '' : `[${n}].`;
    if (isDatastream(item)) learn(item, undefined, path);
    for (const [m, stream] of listOf(item.Datastreams).entries()) {
      if (isObject(stream)) learn(stream, item, `${path}Datastreams[${m}].`);
    }
    if (!('result' in item)) continue;
    if (isDatastream(item.Datastream)) learn(item.Datastream, undefined, path);
    found.push({ observation: item, datastreamId: datastreamOf(item) ?? hint, path });
  }
  return learned;
}

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? (value as unknown[]) : []);

const datastreamOf = (observation: Json): string | undefined =>
  idOf(observation.Datastream) ?? datastreamIdIn(observation['Datastream@iot.navigationLink']);

/** Undefined where nothing in it is a reading; `rejects` says why. */
function read(
  { observation, datastreamId, path }: Found,
  { receivedAt }: Incoming,
  context: AdapterContext,
  rejects: Rejected[],
): Outcome | undefined {
  const refuse = (...reject: Parameters<typeof rejected>): undefined =>
    void rejects.push(rejected(...reject));
  if (datastreamId === undefined) {
    return refuse(
      'bad-id',
      'nothing tells the datastream: not the topic, no Datastream in it',
      `${path}Datastream`,
    );
  }
  const value = asNumber(observation.result);
  if (value === undefined) {
    return refuse('schema', `expected a number, found ${typeof observation.result}`, `${path}result`);
  }
  const time = observation.phenomenonTime ?? observation.resultTime;
  // The time of a service that only passes results on is that of their arrival.
  const observedAt = time === undefined || time === null ? receivedAt : endOf(time);
  if (observedAt === undefined) {
    return refuse(
      'schema',
      'expected ISO 8601 with offset, or an interval a/b of it',
      `${path}phenomenonTime`,
    );
  }
  const known = recall(datastreamId, context.memory);
  const [name, unit] = nameOf(datastreamId, known, context);
  if (known === undefined && name === undefined) {
    context.seen(`Datastreams(${datastreamId})`, undefined, value, undefined);
    return refuse('unknown-metric', unknownDatastream(datastreamId), `${path}Datastream`);
  }
  const sourceId = toSourceId('sta', known?.thingId ?? datastreamId);
  if (sourceId === undefined)
    return refuse('bad-id', 'the id of its thing cannot be one of ours', `${path}Datastream`);
  const measured = { name: name ?? `Datastreams(${datastreamId})`, value, unit };
  const { readings, rejects: own } = toReadings([measured], sensorThingsNames, context, `${path}result`);
  rejects.push(...own);
  if (readings.length === 0) return undefined;
  return {
    kind: 'sensor',
    sourceId,
    name: known?.thingName,
    observedAt,
    lat: known?.lat,
    lon: known?.lon,
    readings,
  };
}

const unknownDatastream = (id: string): string =>
  `nothing is known of Datastreams(${id}): poll …/Datastreams?$expand=ObservedProperty,Thing($expand=Locations), ` +
  'or map it by this name';

/** The mapping may name the datastream or its property; else the first name that anything knows. */
function nameOf(
  id: string,
  known: Datastream | undefined,
  context: AdapterContext,
): [name: string | undefined, unit: string | undefined] {
  const byId = `Datastreams(${id})`;
  const candidates = [byId, ...(known?.names ?? [])];
  const name =
    candidates.find((each) => mapped(each, context) !== undefined) ??
    known?.names.find((each) => knownAs(each, sensorThingsNames) !== undefined) ??
    known?.names[0];
  return [name, known?.unit];
}

/** Epoch milliseconds: of an instant, or of the end of an interval `a/b`. */
function endOf(time: unknown): number | undefined {
  return typeof time === 'string' ? parseInstant(time.split('/', 2).at(-1)) : undefined;
}
