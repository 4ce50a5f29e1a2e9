// What the list of warnings says: the page's language where the source has it, the city first, the graver first.
import { expect, test } from 'vitest';
import { toGeometry } from '../../model/warning-geometry.ts';
import type { Warning, WarningFeature } from '../../model/warning.ts';
import { headlineOf, inOrder, minuteOf, textIn } from '../../web/src/panels/warning-words.ts';
import { en } from '../../web/src/words/en.ts';
import { id } from '../../web/src/words/id.ts';
import { newWarning } from '../warnings.ts';

function featureOf(given: Partial<Warning>): WarningFeature {
  const { areas, ...warning } = newWarning(given);
  const properties = {
    ...warning,
    areaNames: [],
    version: 1,
    sourceId: 's',
    simulated: false,
    receivedAt: warning.sentAt,
  };
  return { type: 'Feature', id: warning.id, geometry: toGeometry(areas), properties };
}
const text = (language: string, headline: string): Warning['texts'][number] => ({
  language,
  headline,
  description: '',
  instruction: '',
});

test.each<[string, string[], 'id' | 'en', string]>([
  ['its own', ['id', 'en'], 'en', 'en'],
  ['with a region', ['id-ID', 'en-US'], 'en', 'en-US'],
  ['the old code of Indonesian', ['en', 'in'], 'id', 'in'],
  ['none of it: what the source put first', ['id', 'zh'], 'en', 'id'],
  ['not by its first letters', ['en', 'ido'], 'id', 'en'],
])('the text: %s', (_name, languages, code, expected) => {
  const feature = featureOf({ texts: languages.map((language) => text(language, language)) });
  expect(textIn(feature, code)?.language).toBe(expected);
});

test('an earthquake is said from its numbers, in either language', () => {
  const quake = featureOf({ kind: 'earthquake', magnitude: 5.25, depthKm: 10 });
  expect(headlineOf(quake, 'id', id)).toBe('Gempa bumi M 5,3, kedalaman 10 km');
  expect(headlineOf(quake, 'en', en)).toBe('Earthquake M 5.3, 10 km deep');
  expect(headlineOf(featureOf({ kind: 'earthquake', magnitude: 5 }), 'en', en)).toBe('Earthquake M 5.0');
});

test('without a headline its event, without that its severity', () => {
  expect(headlineOf(featureOf({ texts: [text('id', '')] }), 'en', en)).toBe('Hujan Lebat');
  expect(headlineOf(featureOf({ texts: [], event: '' }), 'en', en)).toBe('Moderate');
});

test('the city first, then the graver, then the newer; transit is of the city', () => {
  const at = (lon: number) => [{ name: '', polygons: [], circles: [{ lon, lat: 2.95, radiusKm: 1 }] }];
  const placed = inOrder(
    [
      featureOf({ id: 'far, extreme', severity: 'extreme', areas: at(110) }),
      featureOf({ id: 'here, old', areas: at(99.05), sentAt: '2026-11-24T04:00:00.000Z' }),
      featureOf({ id: 'nowhere', severity: 'severe' }),
      featureOf({ id: 'here, new', areas: at(99.05) }),
      featureOf({ id: 'bus', kind: 'transit', severity: 'unknown' }),
      featureOf({ id: 'here, severe', severity: 'severe', areas: at(99.05) }),
    ],
    [99.012, 2.892, 99.102, 3.019],
    [99.059, 2.961],
  );
  expect(placed.map(({ feature }) => feature.id)).toEqual([
    'here, severe',
    'here, new',
    'here, old',
    'bus',
    'far, extreme',
    'nowhere',
  ]);
});

test('times to the minute, with the day when it is another', () => {
  const now = Date.parse('2026-11-24T05:00:00Z');
  expect(minuteOf('2026-11-24T07:27:31Z', now, 'Asia/Jakarta', 'id-ID')).toBe('14:27');
  expect(minuteOf('2026-11-25T07:27:31Z', now, 'Asia/Jakarta', 'id-ID')).toBe('Rab 25 Nov 14:27');
});
