// What a warning says in the language of the page, as far as its source says it; and the order in which they are read.
import {
  kmToEpicentre,
  touches,
  type Bounds,
  type WarningGeometry,
} from '../../../model/warning-geometry.ts';
import { rankOfSeverity, type WarningFeature } from '../../../model/warning.ts';
import type { Words } from '../words/id.ts';
import { minuteWords, momentWords, numberWords } from '../words/say.ts';

export type WarningText = WarningFeature['properties']['texts'][number];

export interface PlacedWarning {
  feature: WarningFeature;
  /** Whether any of it lies in the city. */
  here: boolean;
  /** From the middle of the city to an epicentre. */
  km: number | undefined;
}

/** The page's languages, each with its codes in BCP 47, old ones too. */
const codesOf = { id: ['id', 'in'], en: ['en'] } as const satisfies Record<string, readonly string[]>;
type LanguageCode = keyof typeof codesOf;

/** Whether a language (BCP 47) is that of the page. */
export const isIn = (language: string, code: LanguageCode): boolean =>
  (codesOf[code] as readonly string[]).includes(language.toLowerCase().split('-')[0]!);

/** The text in the page's language; else the first, which its source put first. */
export function textIn(
  { properties: { texts } }: WarningFeature,
  code: LanguageCode,
): WarningText | undefined {
  const own = texts.find(({ language }) => isIn(language, code));
  return own ?? texts[0];
}

/** An earthquake is said from its numbers, in any language; else the source's own headline, or what it names. */
export function headlineOf(feature: WarningFeature, code: LanguageCode, words: Words): string {
  const { kind, magnitude, depthKm, event, severity } = feature.properties;
  if (kind === 'earthquake' && magnitude !== undefined) {
    const depth = depthKm === undefined ? undefined : numberWords(depthKm, words.locale, fraction(depthKm));
    return words.warnings.quake(numberWords(magnitude, words.locale, 1), depth);
  }
  return textIn(feature, code)?.headline || event || words.warnings.severities[severity];
}

const fraction = (value: number): number => (Number.isInteger(value) ? 0 : 1);

/** To the minute: authorities set no seconds. */
export function minuteOf(time: string, nowMs: number, timeZone: string, locale: string): string {
  const moment = momentWords(Date.parse(time), nowMs, timeZone, locale);
  return moment.length > 'hh:mm:ss'.length ? moment : minuteWords(Date.parse(time), timeZone);
}

/** What concerns the city first, then the graver, then the newer; earthquakes elsewhere by how near they were. */
export function inOrder(
  features: readonly WarningFeature[],
  bounds: Bounds,
  centre: [lon: number, lat: number],
): PlacedWarning[] {
  const placed = features.map((feature): PlacedWarning => {
    const geometry = feature.geometry as WarningGeometry | null;
    // A transit feed of the city says where by its routes and stops.
    const here = feature.properties.kind === 'transit' || touches(geometry, bounds);
    return { feature, here, km: kmToEpicentre(geometry, centre) };
  });
  return placed.sort(
    (a, b) =>
      Number(b.here) - Number(a.here) ||
      rankOfSeverity(a.feature.properties.severity) - rankOfSeverity(b.feature.properties.severity) ||
      b.feature.properties.sentAt.localeCompare(a.feature.properties.sentAt),
  );
}
