// Earthquakes of BMKG (data.bmkg.go.id/gempabumi): autogempa, gempaterkini and gempadirasakan as warnings.
import { rejected, type Outcome, type Rejected } from '../../model/observation.ts';
import { bmkgSender, clip, maxWarningText, type Warning } from '../../model/warning.ts';
import {
  isObject,
  isRejected,
  parseJsonObject,
  type Adapter,
  type Json,
  type NewAdapter,
} from './adapter.ts';
import { instantOf, toIso } from './instant.ts';

/** BMKG ends no notice of an earthquake: ours to say when it has had its day. */
const standsForMs = 24 * 3_600_000;
const shakemaps = 'https://static.bmkg.go.id/';
const maxEarthquakes = 200;
const maxTextLength = 2_000;
/** What no database holds as text. Whole pairs are text: the slower of the two tells them from halves. */
const suspect = /[\0\ud800-\udfff]/;
const notText = /\0|\p{Surrogate}/u;
const isFoul = (text: string): boolean => suspect.test(text) && notText.test(text);

/** Reads one document; `gempa` is one earthquake or a list. */
export const parseBmkg: Adapter = ({ payload }) => {
  const body = parseJsonObject(payload);
  if (isRejected(body)) return [body];
  const info = body.Infogempa;
  if (!isObject(info)) return [rejected('schema', `${foundIn(body)}; expected Infogempa.gempa`, 'Infogempa')];
  const { gempa } = info;
  if (isObject(gempa)) return [toOutcome(gempa, 'Infogempa.gempa')];
  if (!Array.isArray(gempa))
    return [rejected('schema', 'expected an earthquake, or a list of them', 'Infogempa.gempa')];
  if (gempa.length === 0)
    return [rejected('not-an-observation', 'the list of earthquakes is empty', 'Infogempa.gempa')];
  const outcomes = gempa
    .slice(0, maxEarthquakes)
    .map((each: unknown, n) => toOutcome(each, `Infogempa.gempa[${n}]`));
  if (gempa.length > maxEarthquakes) {
    const detail = `${gempa.length} earthquakes; the first ${maxEarthquakes} are taken`;
    outcomes.push(rejected('too-large', detail, 'Infogempa.gempa'));
  }
  return outcomes;
};

/** Its faults are JSON too: {"message": "Data not found", "statusCode": 404}. */
function foundIn(body: Json): string {
  const { message } = body;
  if (typeof message === 'string') return `BMKG answers ${JSON.stringify(message.slice(0, 200))}`;
  const names = Object.keys(body).slice(0, 5);
  return names.length === 0 ? 'an empty object was found' : `${names.join(', ').slice(0, 200)} was found`;
}

function toOutcome(gempa: unknown, path: string): Outcome {
  if (!isObject(gempa)) return rejected('schema', 'expected an object', path);
  // `Tanggal` and `Jam` say the same in WIB, for people.
  const observedAt = instantOf(textIn(gempa, 'DateTime'));
  if (observedAt === undefined) return unexpected(gempa, path, 'DateTime', 'a time with offset');
  const place = toPlace(gempa, path);
  if (isRejected(place)) return place;
  const magnitude = toNumber(gempa.Magnitude, '');
  if (magnitude === undefined || !(magnitude > -5 && magnitude < 12))
    return unexpected(gempa, path, 'Magnitude', 'a number such as "5.2"');
  const depthKm = toNumber(gempa.Kedalaman, 'km');
  if (depthKm === undefined || !(depthKm >= 0 && depthKm < 1000))
    return unexpected(gempa, path, 'Kedalaman', 'kilometres such as "10 km"');
  const quake: Earthquake = {
    observedAt,
    lat: place.lat,
    lon: place.lon,
    magnitude,
    depthKm,
    region: textIn(gempa, 'Wilayah'),
    potential: textIn(gempa, 'Potensi'),
    felt: textIn(gempa, 'Dirasakan'),
    shakemap: textIn(gempa, 'Shakemap'),
  };
  const foul = foulIn(quake);
  if (foul !== undefined)
    return rejected('not-text', 'holds NUL, or half of a surrogate pair', `${path}.${foul}`);
  const warning = toWarning(quake);
  return { kind: 'warning', sourceId: warning.id, observedAt, warning };
}

interface Earthquake extends Place {
  observedAt: number;
  magnitude: number;
  depthKm: number;
  region: string;
  potential: string;
  felt: string;
  shakemap: string;
}

/** The field that no database could hold. */
function foulIn({ region, potential, felt }: Earthquake): string | undefined {
  if (isFoul(region)) return 'Wilayah';
  if (isFoul(potential)) return 'Potensi';
  return isFoul(felt) ? 'Dirasakan' : undefined;
}

const shakemapName = /^[\w.-]{1,100}\.(jpg|png)$/;

function toWarning(quake: Earthquake): Warning {
  const { observedAt, lat, lon, magnitude, depthKm, region, potential, felt, shakemap } = quake;
  const at = toIso(observedAt);
  const headline = `Gempa bumi M ${magnitude}, kedalaman ${depthKm} km.${region && ` ${region}`}`;
  const feltAt = felt === '' ? '' : `Dirasakan (MMI): ${felt}`;
  const warning: Warning = {
    id: `BMKG,${at}/${lat},${lon}`,
    kind: 'earthquake',
    action: 'alert',
    references: [],
    sender: bmkgSender,
    event: 'Gempa bumi',
    severity: saysTsunami(potential) ? 'severe' : 'unknown',
    sentAt: at,
    onsetAt: at,
    expiresAt: toIso(observedAt + standsForMs),
    texts: [
      {
        language: 'id',
        headline: clip(headline, maxWarningText.headline),
        description: potential && feltAt ? `${potential}\n${feltAt}` : potential || feltAt,
        instruction: '',
      },
    ],
    areas: [{ name: region, polygons: [], circles: [{ lon, lat, radiusKm: 0 }] }],
    routeIds: [],
    stopIds: [],
    magnitude,
    depthKm,
    exercise: false,
  };
  if (shakemapName.test(shakemap)) warning.web = shakemaps + shakemap;
  return warning;
}

/** How grave an earthquake is by its numbers is not ours to say; that a tsunami may come is said by BMKG. */
const saysTsunami = (potential: string): boolean =>
  potential !== '' &&
  /tsunami/i.test(potential) &&
  /berpotensi|peringatan dini/i.test(potential) &&
  !/tidak|berakhir|diakhiri|dicabut/i.test(potential);

interface Place {
  lat: number;
  lon: number;
}

/** `Coordinates` "-8.51,123.27"; without it `Lintang` "8.51 LS" (south) or "LU", `Bujur` "123.27 BT" (east) or "BB". */
function toPlace(gempa: Json, path: string): Place | Rejected {
  if ('Coordinates' in gempa) {
    const pair = textIn(gempa, 'Coordinates');
    const comma = pair.indexOf(',');
    const lat = comma < 0 ? undefined : toNumber(pair.slice(0, comma), '');
    // A second comma would be a decimal one.
    const lon = pair.includes(',', comma + 1) ? undefined : toNumber(pair.slice(comma + 1), '');
    if (lat === undefined || lon === undefined)
      return unexpected(gempa, path, 'Coordinates', '"latitude,longitude"');
    return onEarth({ lat, lon }, path, 'Coordinates', 'Coordinates');
  }
  const lat = toDegrees(textIn(gempa, 'Lintang'), 'LU', 'LS');
  if (lat === undefined) return unexpected(gempa, path, 'Lintang', '"8.51 LS" or "8.51 LU"');
  const lon = toDegrees(textIn(gempa, 'Bujur'), 'BT', 'BB');
  if (lon === undefined) return unexpected(gempa, path, 'Bujur', '"123.27 BT" or "123.27 BB"');
  return onEarth({ lat, lon }, path, 'Lintang', 'Bujur');
}

function onEarth(place: Place, path: string, latField: string, lonField: string): Place | Rejected {
  const { lat, lon } = place;
  if (!(Math.abs(lat) <= 90))
    return rejected('off-earth', `${lat}; expected -90 to 90`, `${path}.${latField}`);
  if (!(Math.abs(lon) <= 180))
    return rejected('off-earth', `${lon}; expected -180 to 180`, `${path}.${lonField}`);
  return place;
}

function toDegrees(text: string, positive: string, negative: string): number | undefined {
  const degrees = toNumber(text, negative);
  return degrees === undefined ? toNumber(text, positive) : -degrees;
}

const decimal = /\s*[+-]?\d{1,6}(?:[.,]\d{1,6})?/y;

/** Numbers come as text, with their unit behind them, or rarely as numbers. */
function toNumber(value: unknown, unit: string): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'string') return undefined;
  decimal.lastIndex = 0;
  if (!decimal.test(value)) return undefined;
  const end = decimal.lastIndex;
  const behind = end === value.length ? '' : value.slice(end).trim();
  if (behind !== unit && behind.toLowerCase() !== unit.toLowerCase()) return undefined;
  const number = value.slice(0, end);
  return Number(number.includes(',') ? number.replace(',', '.') : number);
}

/** Names that no object inherits. */
type Field =
  'DateTime' | 'Coordinates' | 'Lintang' | 'Bujur' | 'Wilayah' | 'Potensi' | 'Dirasakan' | 'Shakemap';

function textIn(gempa: Json, name: Field): string {
  const value = gempa[name];
  return typeof value === 'string' ? clip(value.trim(), maxTextLength) : '';
}

function unexpected(gempa: Json, path: string, name: string, expected: string): Rejected {
  const found = Object.hasOwn(gempa, name) ? gempa[name] : undefined;
  const shown =
    typeof found === 'string' || typeof found === 'number'
      ? JSON.stringify(found).slice(0, 60)
      : found === undefined
        ? 'nothing'
        : 'no text';
  return rejected('schema', `${shown} was found; expected ${expected}`, `${path}.${name}`);
}

export const newBmkg: NewAdapter = () => parseBmkg;
