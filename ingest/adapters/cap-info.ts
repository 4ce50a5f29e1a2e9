// The `info` blocks of a CAP alert, several languages and several parts, as one warning's words, times and areas.
import { rejected, type Rejected } from '../../model/observation.ts';
import {
  clip,
  maxAreaPoints,
  maxWarningText,
  warningSeverities,
  type Warning,
  type WarningArea,
  type WarningSeverity,
} from '../../model/warning.ts';
import { toArea } from './cap-area.ts';
import { instantOf, toIso } from './instant.ts';
import { childrenOf, textOf, type XmlElement } from './xml.ts';

interface Info {
  element: XmlElement;
  path: string;
  language: string;
}

/** CAP 1.2, 3.2.2: without `language` it is en-US. */
const assumedLanguage = 'en-US';
/** Whose words come first on a screen of this city. */
const firstLanguages = ['id', 'in', 'en'];
const maxInfos = 50;

export type InfoPart = Omit<
  Warning,
  'id' | 'kind' | 'action' | 'references' | 'sentAt' | 'routeIds' | 'stopIds' | 'exercise'
>;

/**
 * All `info` blocks of an alert. They may be one text in several languages, or several parts of one (3.2.2): times and
 * severity are those of all together, the gravest and the longest. What is faulty in a block is left out, and said in
 * `faults`.
 * @param sender whom to name where no block does.
 */
export function toInfoPart(alert: XmlElement, sender: string, faults: Rejected[]): InfoPart {
  const infos = readInfos(alert, faults);
  const [first] = infos;
  const expiries = infos.map((info) => timeOf(info, 'expires', faults));
  const onsets = infos.map((info) => timeOf(info, 'onset', faults) ?? timeOf(info, 'effective', faults));
  const part: InfoPart = {
    sender: firstText(infos, 'senderName') ?? sender,
    event: first === undefined ? '' : eventOf(first, faults),
    severity: gravest(infos.map((info) => severityOf(info, faults))),
    onsetAt: toTime(onsets, Math.min),
    expiresAt: toTime(expiries, Math.max),
    texts: toTexts(infos),
    areas: toAreas(infos, faults),
  };
  addOptional(part, 'urgency', firstText(infos, 'urgency'));
  addOptional(part, 'certainty', firstText(infos, 'certainty'));
  addOptional(part, 'magnitude', parameterOf(infos, 'magnitude'));
  addOptional(part, 'depthKm', parameterOf(infos, 'depth'));
  addOptional(part, 'web', firstWeb(infos));
  return part;
}

function addOptional<Key extends 'urgency' | 'certainty' | 'magnitude' | 'depthKm' | 'web'>(
  part: InfoPart,
  key: Key,
  value: InfoPart[Key] | undefined,
): void {
  if (value !== undefined) part[key] = value;
}

/** In the order in which their languages are read here. */
function readInfos(alert: XmlElement, faults: Rejected[]): Info[] {
  const found = childrenOf(alert, 'info');
  if (found.length > maxInfos)
    faults.push(
      rejected('too-large', `${found.length} blocks; the first ${maxInfos} are taken`, 'alert.info'),
    );
  const infos = found.slice(0, maxInfos).map((element, n) => ({
    element,
    path: `alert.info[${n}]`,
    language: clip(textOf(element, 'language') ?? assumedLanguage, 16),
  }));
  return infos.length === 1 ? infos : infos.toSorted((a, b) => rankOf(a.language) - rankOf(b.language));
}

function rankOf(language: string): number {
  const rank = firstLanguages.indexOf(language.toLowerCase().split('-')[0]!);
  return rank === -1 ? firstLanguages.length : rank;
}

function firstText(infos: Info[], name: string): string | undefined {
  for (const { element } of infos) {
    const text = textOf(element, name);
    if (text !== undefined) return clip(text, maxWarningText.event);
  }
  return undefined;
}

function eventOf({ element, path }: Info, faults: Rejected[]): string {
  const event = textOf(element, 'event');
  if (event === undefined)
    faults.push(rejected('schema', 'nothing was found; expected the event', `${path}.event`));
  return clip(event ?? '', maxWarningText.event);
}

function severityOf({ element, path }: Info, faults: Rejected[]): WarningSeverity {
  const found = textOf(element, 'severity');
  const severity = warningSeverities.find((each) => each === found?.toLowerCase());
  if (severity !== undefined) return severity;
  const detail = `${found === undefined ? 'nothing' : JSON.stringify(found.slice(0, 40))} was found; expected Extreme, Severe, Moderate, Minor or Unknown`;
  faults.push(rejected('schema', detail, `${path}.severity`));
  return 'unknown';
}

/** The severities are listed from the gravest; unknown, the last, gives way to all. */
const gravest = (found: WarningSeverity[]): WarningSeverity =>
  warningSeverities.find((severity) => found.includes(severity)) ?? 'unknown';

function timeOf({ element, path }: Info, name: string, faults: Rejected[]): number | undefined {
  const text = textOf(element, name);
  if (text === undefined) return undefined;
  const time = instantOf(text);
  if (time === undefined)
    faults.push(
      rejected(
        'schema',
        `${JSON.stringify(text.slice(0, 40))} was found; expected a time with offset`,
        `${path}.${name}`,
      ),
    );
  return time;
}

/** Null unless every block says it: what one leaves open is open. */
function toTime(times: (number | undefined)[], pick: (...times: number[]) => number): string | null {
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 || known.length < times.length ? null : toIso(pick(...known));
}

/** Of blocks of one language the later expand the earlier (3.2.2): their texts are joined. */
function toTexts(infos: Info[]): Warning['texts'] {
  const byLanguage = new Map<string, Info[]>();
  for (const info of infos) byLanguage.set(info.language, [...(byLanguage.get(info.language) ?? []), info]);
  return [...byLanguage].map(([language, parts]) => {
    return {
      language,
      headline: clip(allOf(parts, 'headline')[0] ?? '', maxWarningText.headline),
      description: clip(allOf(parts, 'description').join('\n\n'), maxWarningText.description),
      instruction: clip(allOf(parts, 'instruction').join('\n\n'), maxWarningText.instruction),
    };
  });
}

/** Each text once. */
function allOf(parts: readonly Info[], name: string): string[] {
  const texts: string[] = [];
  for (const { element } of parts) {
    const text = textOf(element, name);
    if (text !== undefined && !texts.includes(text)) texts.push(text);
  }
  return texts;
}

/** The same places in another language are the same places. */
function toAreas(infos: Info[], faults: Rejected[]): WarningArea[] {
  const budget = { points: maxAreaPoints };
  const areas = new Map<string, WarningArea>();
  const elements = infos.map(({ element }) => childrenOf(element, 'area'));
  const alone = elements.length === 1 && elements[0]!.length === 1;
  for (const [i, { path, language }] of infos.entries()) {
    for (const [n, each] of elements[i]!.entries()) {
      const area = toArea(each, `${path}.area[${n}]`, faults, budget);
      const { polygons, circles, geocodes } = area;
      const drawn = polygons.length + circles.length > 0 || geocodes !== undefined;
      if (!drawn && language !== infos[0]!.language) continue;
      const key = alone ? '' : JSON.stringify(drawn ? [polygons, circles, geocodes] : area.name);
      if (!areas.has(key)) areas.set(key, area);
    }
  }
  return [...areas.values()];
}

/** A number that a `parameter` begins with: "38.7 km (24.0 miles)" is 38.7. */
function parameterOf(infos: Info[], name: string): number | undefined {
  for (const { element } of infos) {
    for (const parameter of childrenOf(element, 'parameter')) {
      if (textOf(parameter, 'valueName')?.toLowerCase() !== name) continue;
      const [number] = /^-?\d+(\.\d+)?/.exec(textOf(parameter, 'value') ?? '') ?? [];
      if (number !== undefined) return Number(number);
    }
  }
  return undefined;
}

function firstWeb(infos: Info[]): string | undefined {
  for (const { element } of infos) {
    const web = textOf(element, 'web');
    if (web !== undefined && web.length <= 2048 && /^https?:\/\//i.test(web) && URL.canParse(web)) return web;
  }
  return undefined;
}
