// An asset's newest values as rows: in the order that matters, in the units people use, each with its own time.
import { isMetricId, metrics, type MetricId } from '../../../model/metrics.ts';
import type { PictureAsset } from '../../../model/picture.ts';
import { lineOf } from '../live/picture.ts';
import type { LanguageCode } from '../words/language.svelte.ts';
import type { Words } from '../words/id.ts';
import { numberWords } from '../words/say.ts';

export interface ValueRow {
  key: string;
  label: string;
  text: string;
  unit: string;
  observedAt: number;
  /** What its history is called at the server; undefined when none is kept. */
  series: { metric: string; factor: number; digits: number; unit: string } | undefined;
}

const kmhPerMps = 3.6;
const registryOrder = Object.keys(metrics) as MetricId[];

export function compassWord(deg: number, words: Pick<Words, 'compass'>): string {
  return words.compass[Math.round(deg / 45) % 8] ?? '';
}

export function rowsOf(asset: PictureAsset, words: Words, code: LanguageCode): ValueRow[] {
  if (asset.kind === 'vehicle') return vehicleRows(asset, words);
  if (asset.kind === 'camera') return cameraRows(asset, words);
  return sensorRows(asset, words, code);
}

interface Held {
  value: number;
  observedAt: number;
}

function held(asset: PictureAsset, key: string): Held | undefined {
  const entry = asset.values.get(key);
  return typeof entry?.value === 'number' ? { value: entry.value, observedAt: entry.observedAt } : undefined;
}

function vehicleRows(asset: PictureAsset, words: Words): ValueRow[] {
  const { locale } = words;
  const rows: ValueRow[] = [];
  const line = lineOf(asset);
  const lineAt = asset.values.get('routeId')?.observedAt;
  if (line !== undefined && lineAt !== undefined) {
    rows.push({
      key: 'routeId',
      label: words.line,
      text: line,
      unit: '',
      observedAt: lineAt,
      series: undefined,
    });
  }
  const speed = held(asset, 'speedMps');
  if (speed) {
    const text = numberWords(speed.value * kmhPerMps, locale);
    const series = { metric: 'speed', factor: kmhPerMps, digits: 0, unit: words.kmh };
    rows.push({
      key: 'speedMps',
      label: words.speed,
      text,
      unit: words.kmh,
      observedAt: speed.observedAt,
      series,
    });
  }
  const heading = held(asset, 'headingDeg');
  if (heading) rows.push(directionRow('headingDeg', words.heading, heading, words));
  const occupancy = held(asset, 'occupancy');
  if (occupancy) {
    const text = numberWords(occupancy.value * 100, locale);
    const series = { metric: 'occupancy', factor: 1, digits: 0, unit: '%' };
    rows.push({
      key: 'occupancy',
      label: words.occupancy,
      text,
      unit: '%',
      observedAt: occupancy.observedAt,
      series,
    });
  }
  return rows;
}

function directionRow(key: string, label: string, { value, observedAt }: Held, words: Words): ValueRow {
  const text = `${compassWord(value, words)}, ${numberWords(value, words.locale)}`;
  return { key, label, text, unit: '°', observedAt, series: undefined };
}

function cameraRows(asset: PictureAsset, words: Words): ValueRow[] {
  const rows: ValueRow[] = [];
  const state = asset.values.get('state');
  if (state) {
    const text = state.value === 'offline' ? words.offline : words.online;
    rows.push({
      key: 'state',
      label: words.state,
      text,
      unit: '',
      observedAt: state.observedAt,
      series: undefined,
    });
  }
  const bearing = held(asset, 'bearingDeg');
  if (bearing) rows.push(directionRow('bearingDeg', words.bearing, bearing, words));
  const view = held(asset, 'fieldOfViewDeg');
  if (view) {
    const text = numberWords(view.value, words.locale);
    rows.push({
      key: 'fieldOfViewDeg',
      label: words.fieldOfView,
      text,
      unit: '°',
      observedAt: view.observedAt,
      series: undefined,
    });
  }
  return rows;
}

function sensorRows(asset: PictureAsset, words: Words, code: LanguageCode): ValueRow[] {
  const rows: ValueRow[] = [];
  for (const metric of registryOrder) {
    const entry = held(asset, metric);
    if (!entry || !isMetricId(metric)) continue;
    const { digits } = metrics[metric];
    const unit = words.unit(metrics[metric].unit);
    rows.push({
      key: metric,
      label: metrics[metric][code],
      text: numberWords(entry.value, words.locale, digits),
      unit,
      observedAt: entry.observedAt,
      series: { metric, factor: 1, digits, unit },
    });
  }
  return rows;
}
