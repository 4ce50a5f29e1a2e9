// Rows of one file of a feed: as they come, with the line each begins at, without holding the process up.
import { setImmediate } from 'node:timers/promises';
import type { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { GtfsRefused } from './faults.ts';

export interface CsvRow {
  /** Where it begins, from 1. */
  line: number;
  fields: string[];
}

export interface CsvFault {
  line: number;
  expected: string;
}

/** Longer than any row of a timetable; a quote that is never closed ends here. */
const longestRow = 256 * 1024;
/** Others wait no longer than this for the thread. */
const sliceMs = 12;

const faultsByCode: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'a closing quote; the rest of the file was not read',
  CSV_MAX_RECORD_SIZE: `rows of at most ${longestRow} characters; the rest of the file was not read`,
};

/**
 * Reads a file as RFC 4180 has it, and takes what is often met instead: a byte order mark, any line ends, blank lines,
 * quotes within fields, rows with too few or too many fields (GTFS Reference, file requirements).
 * Never throws for what the file holds.
 * @throws {GtfsRefused} when the bytes themselves cannot be had.
 */
export async function* readCsv(
  bytes: Readable,
  fault: (fault: CsvFault) => void,
): AsyncGenerator<CsvRow, void, undefined> {
  const parser = parse({
    bom: true,
    info: true,
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_quotes: true,
    relax_column_count: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    max_record_size: longestRow,
  });
  let broken: CsvError | undefined;
  parser.on('skip', (error) => {
    // Only the first: a row that is too long is told of once a character.
    if (broken === undefined && error instanceof CsvError) broken = error;
  });
  bytes.on('error', (error) => parser.destroy(error));
  bytes.pipe(parser);
  const lines = new Lines();
  let sliceEnds = performance.now() + sliceMs;
  try {
    for await (const { record, info } of parser as AsyncIterable<{
      record: string[];
      info: { lines: number };
    }>) {
      const line = lines.of(record, info.lines);
      if (record.some((field) => field.trim() !== '')) yield { line, fields: record };
      if (broken !== undefined) break;
      if (performance.now() > sliceEnds) {
        await setImmediate();
        sliceEnds = performance.now() + sliceMs;
      }
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error instanceof GtfsRefused ? error : unreadable(error);
    broken = error;
  } finally {
    bytes.destroy();
    parser.destroy();
  }
  if (broken === undefined) return;
  fault({ line: lines.last + 1, expected: faultsByCode[broken.code] ?? broken.message });
}

const unreadable = (cause: unknown): GtfsRefused =>
  new GtfsRefused(`The file cannot be read: ${(cause as Error).message}`, { cause });

/** The parser counts the line a row ends at, and counts CR LF within quotes twice. */
class Lines {
  last = 0;
  #twice = 0;

  of(record: readonly string[], endsAt: number): number {
    const before = this.last;
    this.last = endsAt - this.#twice;
    if (this.last - before <= 1) return this.last;
    let within = 0;
    for (const field of record) {
      for (const [end] of field.matchAll(/\r\n|\n|\r/g)) {
        within++;
        if (end.length === 2) this.#twice++;
      }
    }
    this.last = endsAt - this.#twice;
    return this.last - within;
  }
}
