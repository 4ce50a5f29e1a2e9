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
} from './adapter.ts';

/** /hfp/v2/{journey type}/{temporal type}/{event}/{mode}/{operator}/{vehicle}/… */
const levels = { operator: 7, vehicle: 8 };

/**
 * The event stands under one upper-case key (VP, ARR, …). Journeys and dead runs are keyed by the topic's operator and
 * vehicle: the payload's `oper` may differ. `spd` is in m/s, `occu` in percent, `hdg` in degrees from north; null,
 * and the negative speeds that garbage shows, mean unknown. About half of all messages have no position.
 */
export const parseHfp: Adapter = ({ topic, payload }) => [toOutcome(topic.split('/'), payload)];

function toOutcome(topic: string[], payload: Buffer): Outcome {
  const operator = topic[levels.operator];
  const vehicle = topic[levels.vehicle];
  if (!isNumber(operator) || !isNumber(vehicle)) {
    return rejected('bad-id', 'the topic has no operator and vehicle number at levels 7 and 8', 'topic');
  }
  const body = parseJsonObject(payload);
  if (isRejected(body)) return body;
  const [key] = Object.keys(body);
  const event = key === undefined ? undefined : body[key];
  if (key === undefined || !/^[A-Z]+$/.test(key) || !isObject(event)) {
    return rejected('schema', 'expected one event under an upper-case key, such as VP');
  }
  const observedAt = parseInstant(event.tst);
  if (observedAt === undefined) return rejected('schema', 'expected ISO 8601 with offset', `${key}.tst`);
  const lat = numberOrUnknown(event.lat);
  const lon = numberOrUnknown(event.long);
  if (lat === undefined || lon === undefined || !isFix(lat, lon)) {
    return rejected('no-position', 'lat or long is not known', `${key}.lat`);
  }
  const speed = numberOrUnknown(event.spd);
  const heading = numberOrUnknown(event.hdg);
  const occupancy = numberOrUnknown(event.occu);
  return {
    kind: 'vehicle',
    sourceId: `hfp-${Number(operator)}-${Number(vehicle)}`,
    observedAt,
    lat,
    lon,
    speedMps: speed !== undefined && speed >= 0 ? speed : undefined,
    headingDeg: heading !== undefined && heading >= 0 && heading <= 360 ? heading : undefined,
    // 0 is also what vehicles without a passenger counter send.
    occupancy: occupancy !== undefined && occupancy > 0 && occupancy <= 100 ? occupancy / 100 : undefined,
    routeId: typeof event.desi === 'string' && event.desi !== '' ? event.desi.slice(0, 64) : undefined,
  };
}

const isNumber = (text: string | undefined): text is string => text !== undefined && /^\d{1,8}$/.test(text);
