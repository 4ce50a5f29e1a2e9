// OwnTracks (owntracks.org/booklet, "JSON"): phones that say where they are, for crews and volunteers.
import { rejected, type Outcome } from '../../model/observation.ts';
import { isFix, isRejected, numberOrUnknown, type Adapter, type Json, type NewAdapter } from './adapter.ts';
import { readJsonItems } from './json-items.ts';
import { toSourceId } from './source-id.ts';

/** A fix by mobile masts alone: on a map of a city it would only mislead. */
const maxAccuracyM = 1_000;
const kmhPerMps = 3.6;

/** `owntracks/{user}/{device}`: locations, one or an array of them; of other `_type`s it says what came. */
export const parseOwnTracks: Adapter = ({ topic, payload }) => {
  const device = deviceOf(topic);
  if (isRejected(device)) return [device];
  return readJsonItems(payload, (item) => toOutcome(device, item));
};

interface Device {
  sourceId: string;
  name: string;
}

/** The levels after `owntracks`, or the last two where a source of its own has another first level. */
function deviceOf(topic: string): Device | ReturnType<typeof rejected> {
  const levels = topic.split('/');
  const at = levels.indexOf('owntracks') + 1 || Math.max(0, levels.length - 2);
  const user = levels[at];
  const device = levels[at + 1];
  const sourceId = user && device ? toSourceId('owntracks', `${user}-${device}`) : undefined;
  if (sourceId !== undefined) return { sourceId, name: `${user}/${device}`.slice(0, 96) };
  return rejected('bad-id', 'expected owntracks/{user}/{device} with letters or digits', 'topic');
}

function toOutcome({ sourceId, name }: Device, item: Json): Outcome {
  const type = item._type;
  if (type === 'encrypted') {
    const detail = 'encrypted by the phone; switch its secret off, and use TLS and a password instead';
    return rejected('not-an-observation', detail, '_type');
  }
  if (type !== 'location') {
    return typeof type === 'string'
      ? rejected('not-an-observation', `${JSON.stringify(type.slice(0, 40))} says no position`, '_type')
      : rejected('schema', 'expected a text such as location', '_type');
  }
  const seconds = numberOrUnknown(item.tst);
  if (seconds === undefined) return rejected('schema', 'expected seconds since 1970', 'tst');
  const lat = numberOrUnknown(item.lat);
  const lon = numberOrUnknown(item.lon);
  if (lat === undefined || lon === undefined || !isFix(lat, lon)) {
    return rejected('no-position', 'lat or lon is not known; expected degrees, and not 0,0', 'lat');
  }
  const accuracyM = known(item.acc);
  if (accuracyM !== undefined && accuracyM > maxAccuracyM) {
    return rejected('no-position', `accurate to ${accuracyM} m only; at most ${maxAccuracyM}`, 'acc');
  }
  const speedKmh = known(item.vel);
  const course = known(item.cog);
  return {
    kind: 'vehicle',
    sourceId,
    name: typeof item.tid === 'string' && item.tid !== '' ? `${item.tid.slice(0, 16)} (${name})` : name,
    observedAt: Math.round(seconds * 1000),
    lat,
    lon,
    speedMps: speedKmh === undefined ? undefined : speedKmh / kmhPerMps,
    headingDeg: course !== undefined && course <= 360 ? course : undefined,
  };
}

/** Phones write -1 where they do not know. */
function known(value: unknown): number | undefined {
  const number = numberOrUnknown(value);
  return number !== undefined && number >= 0 ? number : undefined;
}

export const newOwnTracks: NewAdapter = () => parseOwnTracks;
