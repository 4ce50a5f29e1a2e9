// From the ZIP of a feed to the feed in memory: every file in turn, every fault put down, the rest taken.
import type { ImportProgress } from '../../model/transit.ts';
import { readCsv } from './csv.ts';
import { GtfsRefused, type Faults } from './faults.ts';
import { Numbered, type Feed } from './feed.ts';
import { feedFiles, type FeedFile } from './files.ts';
import { Row } from './row.ts';
import { ShapePoints } from './shapes.ts';
import { StopTimes } from './stop-times.ts';
import type { GtfsZip } from './zip.ts';

export interface ReadOptions {
  progress: (progress: ImportProgress) => void;
  signal: AbortSignal | undefined;
}

/** Rows between two looks at whether to stop. */
const rowsBetween = 2048;

/**
 * Reads what the ZIP holds.
 * @param faults gets what was left out and what was mended.
 * @throws {GtfsRefused} when a mandatory file or column is missing, or nothing of it can be used.
 */
export async function readFeed(zip: GtfsZip, faults: Faults, options: ReadOptions): Promise<Feed> {
  const feed: Feed = {
    agencies: new Numbered(),
    routes: new Numbered(),
    stops: new Numbered(),
    services: new Numbered(),
    exceptions: [],
    shapes: new ShapePoints(),
    trips: new Numbered(),
    frequencies: [],
    stopTimes: new StopTimes(),
  };
  demandFiles(zip);
  for (const file of feedFiles) {
    if (zip.sizeOf(file.name) !== undefined) await readFile(zip, file, feed, faults, options);
    if (file.taken?.(feed) !== 0) continue;
    // Of the calendars either may be left out.
    throw unusable(zip.sizeOf(file.name) === undefined ? 'calendar.txt' : file.name, faults);
  }
  checkParents(feed, faults);
  dropRepeatedExceptions(feed);
  await feed.stopTimes.finish(feed.trips.list, feed.stops.list, faults);
  if (feed.stopTimes.kept === 0) throw unusable('stop_times.txt', faults);
  return feed;
}

/** Both may be left out, but not together (GTFS Reference, calendar.txt). */
function demandFiles(zip: GtfsZip): void {
  const missing = feedFiles.filter(({ name, mandatory }) => mandatory && zip.sizeOf(name) === undefined);
  const names = missing.map(({ name }) => name);
  if (zip.sizeOf('calendar.txt') === undefined && zip.sizeOf('calendar_dates.txt') === undefined)
    names.push('calendar.txt or calendar_dates.txt');
  if (names.length === 0) return;
  const held = zip.names.length === 0 ? 'no files' : zip.names.slice(0, 20).join(', ');
  throw new GtfsRefused(`Not in the ZIP: ${names.join(', ')}. It holds ${held}.`);
}

async function readFile(
  zip: GtfsZip,
  file: FeedFile,
  feed: Feed,
  faults: Faults,
  { progress, signal }: ReadOptions,
): Promise<void> {
  const total = zip.sizeOf(file.name) ?? 0;
  let done = 0;
  const report = (): void => progress({ file: file.name, phase: 'reading', done, total });
  const bytes = await zip.stream(file.name, (read) => (done += read));
  const rows = readCsv(bytes, ({ line, expected }) =>
    faults.error({ file: file.name, line, field: '', given: '', expected }),
  );
  report();
  let row: Row | undefined;
  let count = 0;
  for await (const next of rows) {
    if (row === undefined) {
      const columns = next.fields.map((field) => field.trim().toLowerCase());
      demandColumns(file, columns);
      row = new Row(file.name, columns, faults);
      continue;
    }
    row.take(next);
    file.read(row, feed);
    if (++count % rowsBetween !== 0) continue;
    signal?.throwIfAborted();
    report();
  }
  // A file with nothing in it at all is one that is not there.
  if (row === undefined && file.mandatory) throw new GtfsRefused(`${file.name} is empty.`);
  signal?.throwIfAborted();
  done = total;
  report();
}

function demandColumns({ name, columns }: FeedFile, given: readonly string[]): void {
  const missing = columns.filter((column) => !given.includes(column));
  if (missing.length === 0) return;
  const has = given.join(', ').slice(0, 300);
  throw new GtfsRefused(`${name} has no column ${missing.join(', ')}. Its first row is: ${has}`);
}

function unusable(file: string, faults: Faults): GtfsRefused {
  const first = faults.errors.find((fault) => fault.file === file);
  const example =
    first === undefined
      ? ''
      : ` Line ${first.line}, ${first.field}: expected ${first.expected}, found ${JSON.stringify(first.given)}.`;
  return new GtfsRefused(`${file} has no row that can be used.${example}`);
}

/** Parents may stand below their stops in the file. */
function checkParents({ stops }: Feed, faults: Faults): void {
  for (const stop of stops.list) {
    if (stop.parentId === undefined || stops.noOf(stop.parentId) !== undefined) continue;
    faults.warn({
      file: 'stops.txt',
      line: stop.line,
      field: 'parent_station',
      given: stop.parentId,
      expected: 'a stop of stops.txt; the stop stands alone',
    });
    stop.parentId = undefined;
  }
}

/** The last word about a day counts. */
function dropRepeatedExceptions(feed: Feed): void {
  const last = new Map(feed.exceptions.map((each) => [`${each.date} ${each.serviceNo}`, each]));
  feed.exceptions = [...last.values()];
}
