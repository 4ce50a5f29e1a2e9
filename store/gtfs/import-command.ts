// `npm run import -- gtfs file.zip`: a bar on a terminal, lines elsewhere; then what was taken, and what was not and why.
import { basename } from 'node:path';
import type { ImportFault, ImportProgress, ImportReport } from '../../model/transit.ts';
import type { Database } from '../connect.ts';
import { importGtfs } from './import.ts';

/** Faults said on a terminal; all that are kept are in the admin screen. */
const shownFaults = 50;
const barWidth = 30;
const lineEvery = 0.25;

const verbs = { reading: 'reading', writing: 'writing' } as const;

/** Redraws one line of a terminal, or writes a line at each quarter of a file. */
function watch(out: NodeJS.WriteStream): {
  progress: (progress: ImportProgress) => void;
  end: () => void;
} {
  let lastLine = '';
  const draw = ({ file, phase, done, total }: ImportProgress): void => {
    const part = total === 0 ? 1 : done / total;
    const label = `${verbs[phase]} ${file}`;
    if (!out.isTTY) {
      const line = `${label} ${Math.floor(part / lineEvery) * lineEvery * 100} %`;
      if (line !== lastLine && (part === 1 || part >= lineEvery)) out.write(`${line}\n`);
      lastLine = line;
      return;
    }
    const filled = Math.round(part * barWidth);
    const bar = '█'.repeat(filled) + '░'.repeat(barWidth - filled);
    const line = `${bar} ${String(Math.round(part * 100)).padStart(3)} %  ${label}`;
    if (line !== lastLine) out.write(`\r\x1b[2K${line}`);
    lastLine = line;
  };
  return { progress: draw, end: () => void (out.isTTY && out.write('\r\x1b[2K')) };
}

const faultLine = ({ file, line, field, given, expected }: ImportFault): string =>
  `  ${file}:${line}${field === '' ? '' : ` ${field}`}: expected ${expected}${given === '' ? '' : `, found ${JSON.stringify(given)}`}`;

function faultLines(title: string, count: number, faults: readonly ImportFault[]): string[] {
  if (count === 0) return [];
  const shown = faults.slice(0, shownFaults).map(faultLine);
  const more = count - shown.length;
  return [
    `${title}: ${count}`,
    ...shown,
    ...(more > 0 ? [`  … and ${more} more; the admin screen lists the first 1,000`] : []),
  ];
}

function reportLines(fileName: string, report: ImportReport): string[] {
  const { counts } = report;
  const days =
    report.serviceFrom === null ? 'no day at all' : `${report.serviceFrom} to ${report.serviceUntil}`;
  return [
    ...faultLines('Rows left out', report.errorCount, report.errors),
    ...faultLines('Rows taken, mended', report.warningCount, report.warnings),
    `Imported ${fileName}: ${counts.routes} routes, ${counts.stops} stops, ${counts.trips} trips, ` +
      `${counts.stopTimes} stop times, ${counts.shapes} shapes, ${counts.frequencies} frequencies. Service runs ${days}.`,
  ];
}

/**
 * Imports one file and says how it went.
 * @throws {GtfsRefused} when the feed cannot be used, {ImportBusy} while another import runs.
 */
export async function runGtfsCommand(
  db: Database,
  path: string,
  out: NodeJS.WriteStream = process.stderr,
): Promise<void> {
  const fileName = basename(path);
  const watching = watch(out);
  const startedAt = performance.now();
  const stop = new AbortController();
  const onSignal = (): void => stop.abort(new Error('Stopped. The timetable is as it was.'));
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
  try {
    const report = await importGtfs(db, {
      source: path,
      fileName,
      actor: 'import',
      progress: watching.progress,
      signal: stop.signal,
    });
    watching.end();
    for (const line of reportLines(fileName, report)) console.log(line);
    console.log(`It took ${((performance.now() - startedAt) / 1000).toFixed(1)} s.`);
    if (report.serviceUntil === null || report.serviceUntil < new Date().toISOString().slice(0, 10))
      console.log('Its last day of service is past: no stop will show departures.');
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
    watching.end();
  }
}
