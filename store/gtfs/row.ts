// One row of a feed's file, read field by field; what is wrong with it is put down with line, field and expectation.
import { parseGtfsDate, parseGtfsTime } from '../../model/transit-times.ts';
import type { CsvRow } from './csv.ts';
import type { Faults } from './faults.ts';

const wholePattern = /^[+-]?\d{1,15}$/;
const decimalPattern = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const colourPattern = /^[0-9A-Fa-f]{6}$/;

/** One object a file: its fields are replaced with each row. */
export class Row {
  line = 0;
  /** Something in it is not as expected, so that it cannot be taken. */
  bad = false;
  readonly #file: string;
  readonly #faults: Faults;
  readonly #places: ReadonlyMap<string, number>;
  #fields: readonly string[] = [];

  constructor(file: string, columns: readonly string[], faults: Faults) {
    this.#file = file;
    this.#faults = faults;
    // Of two columns of one name the first counts.
    this.#places = new Map(columns.map((name, at) => [name, at] as const).reverse());
  }

  take({ line, fields }: CsvRow): void {
    this.line = line;
    this.#fields = fields;
    this.bad = false;
  }

  /** Empty where it is blank or the file has no such column. */
  text(name: string): string {
    const at = this.#places.get(name);
    return at === undefined ? '' : (this.#fields[at] ?? '').trim();
  }

  optional(name: string): string | undefined {
    const text = this.text(name);
    return text === '' ? undefined : text;
  }

  required(name: string): string {
    const text = this.text(name);
    if (text === '') this.refuse(name, 'a value');
    return text;
  }

  /** @param blank what a blank field stands for; without it, blank is a fault. */
  whole(name: string, least: number, most: number, blank?: number): number {
    const text = this.text(name);
    if (text === '' && blank !== undefined) return blank;
    const value = wholePattern.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    this.refuse(name, `a whole number from ${least} to ${most}`);
    return 0;
  }

  degrees(name: string, most: 90 | 180): number {
    const text = this.text(name);
    const value = decimalPattern.test(text) ? Number(text) : Number.NaN;
    if (Math.abs(value) <= most) return value;
    this.refuse(name, `degrees from ${-most} to ${most}`);
    return 0;
  }

  /** Seconds of the service day; undefined where it is blank. */
  time(name: string): number | undefined {
    const text = this.text(name);
    if (text === '') return undefined;
    const second = parseGtfsTime(text);
    if (second === undefined) this.refuse(name, 'a time as HH:MM:SS, hours past 24 for after midnight');
    return second;
  }

  /** YYYY-MM-DD. */
  date(name: string): string {
    const date = parseGtfsDate(this.text(name));
    if (date === undefined) this.refuse(name, 'a day as YYYYMMDD');
    return date ?? '';
  }

  colour(name: string): string | undefined {
    const text = this.optional(name);
    if (text === undefined || colourPattern.test(text)) return text?.toUpperCase();
    this.mend(name, 'a colour as RRGGBB; none was taken');
    return undefined;
  }

  refuse(field: string, expected: string): void {
    this.bad = true;
    this.#faults.error({ file: this.#file, line: this.line, field, given: this.text(field), expected });
  }

  /** Taken all the same. */
  mend(field: string, expected: string): void {
    this.#faults.warn({ file: this.#file, line: this.line, field, given: this.text(field), expected });
  }
}
