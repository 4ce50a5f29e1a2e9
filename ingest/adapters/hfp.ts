// HSL High-Frequency Positioning v2 (digitransit.fi, "High-frequency positioning"): buses, trams, metros, trains.
import { rejected, type Outcome } from '../../model/observation.ts';
import {
  isFix,
  isObject,
  isRejected,
  numberOrUnknown,
  parseInstant,
  parseJsonObject,
  type Adapter,
  type Json,
  type NewAdapter,
} from './adapter.ts';

/** /hfp/v2/{journey type}/{temporal type}/{event}/{mode}/{operator}/{vehicle}/…: both come before all that may be absent. */
const operatorLevel = 7;
const upperCase = /^[A-Z]+$/;
const digits = /^\d{1,8}$/;

/**
 * The event stands under one upper-case key: VP each second, and DUE, ARR, ARS, DEP, PDE, PAS, WAIT, DOO, DOC, TLR,
 * TLA, DA, DOUT, BA, BOUT, VJA, VJOUT and APC when they happen; each with a position is one of the vehicle. Journeys
 * (19 levels, 20 at traffic lights), dead runs and sign-offs (9) are keyed by the topic's operator and vehicle: the
 * payload's `oper` may differ. `spd` is in m/s, `occu` in percent, `hdg` in degrees from north; null, and the negative
 * speeds that garbage shows, mean unknown. Half of all messages have no position, and stay without: `stop` is the one
 * ahead, and a delay (`dl`) belongs to a trip that HFP has no GTFS id for.
 */
export const parseHfp: Adapter = ({ topic, payload }) => [toOutcome(topic, payload)];

function toOutcome(topic: string, payload: Buffer): Outcome {
  const sourceId = sourceIdOf(topic);
  if (sourceId === undefined) {
    return rejected('bad-id', 'the topic has no operator and vehicle number at levels 7 and 8', 'topic');
  }
  const body = parseJsonObject(payload);
  if (isRejected(body)) return body;
  for (const key in body) {
    const event = body[key];
    if (upperCase.test(key) && isObject(event)) return toVehicle(sourceId, key, event);
    break;
  }
  return rejected('schema', 'expected one event under an upper-case key, such as VP');
}

function sourceIdOf(topic: string): string | undefined {
  let from = 0;
  for (let level = 0; level < operatorLevel; level++) {
    from = topic.indexOf('/', from) + 1;
    if (from === 0) return undefined;
  }
  const between = topic.indexOf('/', from);
  if (between === -1) return undefined;
  const to = topic.indexOf('/', between + 1);
  const operator = topic.slice(from, between);
  const vehicle = topic.slice(between + 1, to === -1 ? undefined : to);
  if (!digits.test(operator) || !digits.test(vehicle)) return undefined;
  return `hfp-${Number(operator)}-${Number(vehicle)}`;
}

function toVehicle(sourceId: string, key: string, event: Json): Outcome {
  const observedAt = parseInstant(event.tst);
  if (observedAt === undefined) {
    return rejected('schema', `${shown(event.tst)}; expected ISO 8601 with offset`, `${key}.tst`);
  }
  const lat = numberOrUnknown(event.lat);
  const lon = numberOrUnknown(event.long);
  if (lat === undefined || lon === undefined || !isFix(lat, lon)) {
    const found = `lat is ${shown(event.lat)}, long is ${shown(event.long)}`;
    return rejected('no-position', `${found}; expected degrees, and not 0,0`, `${key}.lat`);
  }
  const speed = numberOrUnknown(event.spd);
  const heading = numberOrUnknown(event.hdg);
  return {
    kind: 'vehicle',
    sourceId,
    observedAt,
    lat,
    lon,
    speedMps: speed !== undefined && speed >= 0 ? speed : undefined,
    headingDeg: heading !== undefined && heading >= 0 && heading <= 360 ? heading : undefined,
    occupancy: key === 'APC' ? loadOf(event) : occupancyOf(event),
    routeId: typeof event.desi === 'string' && event.desi !== '' ? event.desi.slice(0, 64) : undefined,
  };
}

/** `occu`, in percent: 0 is also what vehicles without a passenger counter send. */
function occupancyOf({ occu }: Json): number | undefined {
  const percent = numberOrUnknown(occu);
  return percent !== undefined && percent > 0 && percent <= 100 ? percent / 100 : undefined;
}

/** What a passenger counter counted, 0 empty to 1 full; some write the number as text, and the full exceed 1. */
function loadOf({ vehiclecounts }: Json): number | undefined {
  const load = isObject(vehiclecounts) ? vehiclecounts.vehicleloadratio : undefined;
  const ratio = numberOrUnknown(typeof load === 'string' && load !== '' ? Number(load) : load);
  return ratio !== undefined && ratio >= 0 ? Math.min(ratio, 1) : undefined;
}

const shown = (value: unknown): string =>
  value === undefined ? 'absent' : (JSON.stringify(value) ?? 'absent').slice(0, 40);

export const newHfp: NewAdapter = () => parseHfp;
