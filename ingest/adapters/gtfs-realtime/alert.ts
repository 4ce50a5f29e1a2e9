// What a transit feed warns of (GTFS-Realtime Reference, Alert): the content of a warning.
import type { Warning, WarningSeverity } from '../../../model/warning.ts';
import type { Timetable } from '../adapter.ts';
import { readTrip, textOf, toStorable } from './descriptors.ts';
import { toMs } from './feed-message.ts';
import type { Wire } from '../wire.ts';

/** An alert for every stop of a city is one for the city. */
const maxSelectors = 5_000;
const maxTexts = 50;
const maxPeriods = 1_000;

const effects = [
  'unknown effect',
  'no service',
  'reduced service',
  'significant delays',
  'detour',
  'additional service',
  'modified service',
  'other effect',
  'unknown effect',
  'stop moved',
  'no effect',
  'accessibility issue',
];
/** SeverityLevel: UNKNOWN_SEVERITY 1, INFO, WARNING, SEVERE. */
const severities: readonly (WarningSeverity | undefined)[] = [
  undefined,
  'unknown',
  'minor',
  'moderate',
  'severe',
];

export type AlertContent = Pick<
  Warning,
  'event' | 'severity' | 'onsetAt' | 'expiresAt' | 'texts' | 'routeIds' | 'stopIds' | 'web'
>;

interface RawAlert {
  periods: { startMs: number | undefined; endMs: number | undefined }[];
  routeIds: Set<string>;
  stopIds: Set<string>;
  effect: number;
  severity: number;
  headlines: Translations;
  descriptions: Translations;
  urls: Translations;
}
type Translations = Map<string, string>;

/** Reads on at an Alert. @throws WireFault */
export function readAlert(wire: Wire, timetable: Timetable): AlertContent {
  const alert: RawAlert = {
    periods: [],
    routeIds: new Set(),
    stopIds: new Set(),
    effect: 0,
    severity: 0,
    headlines: new Map(),
    descriptions: new Map(),
    urls: new Map(),
  };
  const outer = wire.enter();
  while (wire.next()) readField(wire, alert, timetable);
  wire.leave(outer);
  return toContent(alert);
}

function readField(wire: Wire, alert: RawAlert, timetable: Timetable): void {
  switch (wire.field) {
    case 1:
      readPeriod(wire, alert);
      return;
    case 5:
      readSelector(wire, alert, timetable);
      return;
    case 7:
      alert.effect = wire.int32();
      return;
    case 8:
      readTranslations(wire, alert.urls);
      return;
    case 10:
      readTranslations(wire, alert.headlines);
      return;
    case 11:
      readTranslations(wire, alert.descriptions);
      return;
    case 14:
      alert.severity = wire.int32();
      return;
    default:
      wire.skip();
  }
}

function readPeriod(wire: Wire, { periods }: RawAlert): void {
  const period: RawAlert['periods'][0] = { startMs: undefined, endMs: undefined };
  const outer = wire.enter();
  while (wire.next()) {
    if (wire.field === 1) period.startMs = toMs(wire.uint());
    else if (wire.field === 2) period.endMs = toMs(wire.uint());
    else wire.skip();
  }
  wire.leave(outer);
  if (periods.length < maxPeriods) periods.push(period);
}

/** EntitySelector: a trip stands for its route. */
function readSelector(wire: Wire, { routeIds, stopIds }: RawAlert, timetable: Timetable): void {
  let routeId: string | undefined;
  let stopId: string | undefined;
  const outer = wire.enter();
  while (wire.next()) {
    if (wire.field === 2) routeId = textOf(wire);
    else if (wire.field === 4) {
      const trip = readTrip(wire);
      routeId ??=
        trip.routeId ?? (trip.tripId === undefined ? undefined : timetable.trip(trip.tripId)?.routeId);
    } else if (wire.field === 5) stopId = textOf(wire);
    else wire.skip();
  }
  wire.leave(outer);
  if (routeId !== undefined && routeIds.size < maxSelectors) routeIds.add(routeId);
  if (stopId !== undefined && stopIds.size < maxSelectors) stopIds.add(stopId);
}

function readTranslations(wire: Wire, translations: Translations): void {
  const outer = wire.enter();
  while (wire.next()) {
    if (wire.field !== 1) {
      wire.skip();
      continue;
    }
    let text = '';
    let language = 'und';
    const within = wire.enter();
    while (wire.next()) {
      if (wire.field === 1) text = toStorable(wire.text());
      else if (wire.field === 2) language = textOf(wire)?.slice(0, 16) ?? language;
      else wire.skip();
    }
    wire.leave(within);
    if (translations.size < maxTexts) translations.set(language, text);
  }
  wire.leave(outer);
}

function toContent(alert: RawAlert): AlertContent {
  const { periods, headlines, descriptions, urls } = alert;
  const languages = new Set([...headlines.keys(), ...descriptions.keys()]);
  const web = urls.values().next().value;
  return {
    event: effects[alert.effect] ?? effects[0]!,
    severity: severities[alert.severity] ?? 'unknown',
    onsetAt: toIso(
      outermost(
        periods.map((period) => period.startMs),
        Math.min,
      ),
    ),
    expiresAt: toIso(
      outermost(
        periods.map((period) => period.endMs),
        Math.max,
      ),
    ),
    texts: [...languages].map((language) => ({
      language,
      headline: cut(headlines.get(language) ?? '', 500),
      description: cut(descriptions.get(language) ?? '', 10_000),
      instruction: '',
    })),
    routeIds: [...alert.routeIds],
    stopIds: [...alert.stopIds],
    ...(web === undefined || web === '' ? {} : { web: cut(web, 2_000) }),
  };
}

/** No period, or one without this end, is open there (Reference, active_period). */
const outermost = (
  ends: (number | undefined)[],
  choose: (a: number, b: number) => number,
): number | undefined =>
  ends.length === 0
    ? undefined
    : ends.reduce((a, b) => (a === undefined || b === undefined ? undefined : choose(a, b)));

/** Beyond the calendar of Date means never: some producers write the largest number there is. */
const latestMs = Date.UTC(9999, 11, 31);
const toIso = (ms: number | undefined): string | null =>
  ms === undefined || ms > latestMs ? null : new Date(ms).toISOString();

/** Not through the middle of a character. */
function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  const last = text.charCodeAt(length - 1);
  return text.slice(0, last >= 0xd800 && last < 0xdc00 ? length - 1 : length);
}
