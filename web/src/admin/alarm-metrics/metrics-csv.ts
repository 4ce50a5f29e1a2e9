// The figures of the alarm system as CSV: one line a figure, a priority, a frequent alarm, an hour, and of how many minutes. Pure.
import type { AlarmMetrics } from '../../../../model/alarm-metrics.ts';
import { csvField } from '../../ui/csv.ts';

const header = ['what', 'name', 'value', 'unit', 'acceptable', 'manageable', 'out_of', 'from', 'to'];

/** With a byte order mark; times are ISO 8601 UTC. */
export function toMetricsCsv(metrics: AlarmMetrics, code: 'id' | 'en'): string {
  const { from, to, annunciated } = metrics;
  const lines = [
    ...metrics.figures.map((figure) => [
      'figure',
      figure.id,
      figure.value,
      figure.unit,
      figure.acceptable,
      figure.manageable,
      figure.outOf,
    ]),
    ...metrics.priorities.map(({ priority, sharePct, targetPct }) => [
      'priority',
      String(priority),
      sharePct,
      'percent',
      targetPct,
      null,
      annunciated,
    ]),
    ...metrics.frequent.map(({ name, subject, count }) => [
      'frequent',
      `${name[code]} · ${subject.name}`,
      count,
      'count',
      null,
      null,
      annunciated,
    ]),
    ['evaluated', 'minutes', metrics.evaluated.minutes, 'count', null, null, null],
    ['evaluated', 'missed', metrics.evaluated.missedMinutes, 'count', null, null, null],
    ...metrics.hours.map(([at, count]) => ['hour', at, count, 'count', null, null, annunciated]),
  ].map((fields) => [...fields, from, to].map(csvField).join(','));
  return `\uFEFF${[header.join(','), ...lines].join('\r\n')}\r\n`;
}
