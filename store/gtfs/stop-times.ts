// The stop times of a feed in columns: put in the order of their trips, checked along each, missing times filled in.
import { setImmediate } from 'node:timers/promises';
import { toGtfsTime } from '../../model/transit-times.ts';
import { GtfsRefused, type Faults } from './faults.ts';
import type { Stop, Trip } from './feed.ts';
import { IntColumn } from './int-column.ts';

/** 320 MB of columns: more than any city has, and what a process can bear. */
const mostRows = 8_000_000;
const noTime = -1;
const halfDay = 43_200;
const wholeDay = 86_400;
const sliceMs = 12;
const file = 'stop_times.txt';

export interface NewStopTime {
  tripNo: number;
  stopNo: number;
  sequence: number;
  arrivalSecond: number | undefined;
  departureSecond: number | undefined;
  pickupType: number;
  headsign: string | undefined;
  line: number;
}

export class StopTimes {
  readonly trip = new IntColumn();
  readonly stop = new IntColumn();
  readonly sequence = new IntColumn();
  readonly arrival = new IntColumn();
  readonly departure = new IntColumn();
  readonly pickup = new IntColumn();
  /** Places in `headsigns`; 0 is none. */
  readonly headsign = new IntColumn();
  readonly headsigns: (string | undefined)[] = [undefined];
  readonly #headsignNos = new Map<string, number>();
  readonly #line = new IntColumn();
  /** Rows that can be written, by trip and along it; filled by `finish`. */
  order = new Uint32Array(0);
  lastSecond = 0;

  get kept(): number {
    return this.order.length;
  }

  add(row: NewStopTime): void {
    if (this.trip.length >= mostRows)
      throw new GtfsRefused(`${file} has more than ${mostRows} rows; that is more than can be held.`);
    this.trip.push(row.tripNo);
    this.stop.push(row.stopNo);
    this.sequence.push(row.sequence);
    // One of the two stands for both (GTFS Reference, stop_times.txt).
    this.arrival.push(row.arrivalSecond ?? row.departureSecond ?? noTime);
    this.departure.push(row.departureSecond ?? row.arrivalSecond ?? noTime);
    this.pickup.push(row.pickupType);
    this.headsign.push(this.#headsignNo(row.headsign));
    this.#line.push(row.line);
  }

  #headsignNo(headsign: string | undefined): number {
    if (headsign === undefined) return 0;
    let no = this.#headsignNos.get(headsign);
    if (no === undefined) {
      no = this.headsigns.push(headsign) - 1;
      this.#headsignNos.set(headsign, no);
    }
    return no;
  }

  /**
   * Goes along every trip. What it finds becomes a fault; what cannot be mended is left out. Sets of each trip what
   * is made of its stop times.
   */
  async finish(trips: readonly Trip[], stops: readonly Stop[], faults: Faults): Promise<void> {
    const { order, begins } = this.#byTrip(trips.length);
    let kept = 0;
    let sliceEnds = performance.now() + sliceMs;
    for (const [tripNo, trip] of trips.entries()) {
      const rows = order.subarray(begins[tripNo]!, begins[tripNo + 1]!);
      const good = this.#along(rows, stops, faults);
      trip.stops = good.length;
      trip.firstSecond = good.length === 0 ? undefined : this.departure.at(good[0]!);
      trip.lastSequence = good.length === 0 ? undefined : this.sequence.at(good.at(-1)!);
      for (const row of good) {
        this.lastSecond = Math.max(this.lastSecond, this.departure.at(row));
        // Never ahead of what is still to be read: a trip keeps at most what it had.
        order[kept++] = row;
      }
      if (performance.now() > sliceEnds) {
        await setImmediate();
        sliceEnds = performance.now() + sliceMs;
      }
    }
    this.order = order.slice(0, kept);
  }

  /** Counted, not compared: a few passes over columns. */
  #byTrip(trips: number): { order: Uint32Array<ArrayBuffer>; begins: Uint32Array } {
    const begins = new Uint32Array(trips + 1);
    for (const trip of this.trip.values()) begins[trip + 1]!++;
    for (let trip = 0; trip < trips; trip++) begins[trip + 1]! += begins[trip]!;
    const next = begins.slice();
    const order = new Uint32Array(this.trip.length);
    for (let row = 0; row < this.trip.length; row++) order[next[this.trip.at(row)]!++] = row;
    return { order, begins };
  }

  #along(rows: Uint32Array, stops: readonly Stop[], faults: Faults): number[] {
    const sorted = [...rows].sort((a, b) => this.sequence.at(a) - this.sequence.at(b));
    const distinct = this.#distinct(sorted, faults);
    const bounded = this.#bounded(distinct, faults);
    const ordered = this.#forward(bounded, stops, faults);
    this.#fillIn(ordered);
    return ordered;
  }

  #distinct(rows: readonly number[], faults: Faults): number[] {
    return rows.filter((row, at) => {
      const again = at > 0 && this.sequence.at(row) === this.sequence.at(rows[at - 1]!);
      if (again)
        this.#refuse(
          faults,
          row,
          'stop_sequence',
          String(this.sequence.at(row)),
          'a number once in its trip',
        );
      return !again;
    });
  }

  /** The first and the last stop must have times (GTFS Reference, arrival_time). */
  #bounded(rows: readonly number[], faults: Faults): number[] {
    const first = rows.findIndex((row) => this.arrival.at(row) !== noTime);
    const last = rows.findLastIndex((row) => this.arrival.at(row) !== noTime);
    return rows.filter((row, at) => {
      const within = first !== -1 && at >= first && at <= last;
      if (!within)
        this.#refuse(faults, row, 'arrival_time', '', 'a time at the first and the last stop of a trip');
      return within;
    });
  }

  /** Times go on along a trip. Ones that fall back by half a day and more count from 00:00 again: past midnight. */
  #forward(rows: readonly number[], stops: readonly Stop[], faults: Faults): number[] {
    let before = noTime;
    let beforeStop = '';
    let added = 0;
    return rows.filter((row) => {
      if (this.arrival.at(row) === noTime) return true;
      const given = this.arrival.at(row);
      if (before - (given + added) > halfDay) {
        added += wholeDay;
        const expected = `a time not before ${toGtfsTime(before)} at ${beforeStop}; taken as ${toGtfsTime(given + added)}`;
        const fault = { file, line: this.#line.at(row), field: 'arrival_time', given: toGtfsTime(given) };
        faults.warn({ ...fault, expected });
      }
      const arrival = given + added;
      if (arrival < before) {
        const expected = `a time not before ${toGtfsTime(before)} at ${beforeStop}`;
        this.#refuse(faults, row, 'arrival_time', toGtfsTime(arrival), expected);
        return false;
      }
      let departure = this.departure.at(row) + added;
      if (arrival - departure > halfDay) departure += wholeDay;
      if (departure < arrival) {
        const fault = {
          file,
          line: this.#line.at(row),
          field: 'departure_time',
          given: toGtfsTime(departure),
        };
        faults.warn({ ...fault, expected: `a time not before its arrival; taken as ${toGtfsTime(arrival)}` });
        departure = arrival;
      }
      this.arrival.set(row, arrival);
      this.departure.set(row, departure);
      before = departure;
      beforeStop = stops[this.stop.at(row)]!.stopId;
      return true;
    });
  }

  /** Evenly between the times that are given: what the field leaves to whoever reads (GTFS Reference, timepoint). */
  #fillIn(rows: readonly number[]): void {
    for (let at = 0; at < rows.length; at++) {
      if (this.arrival.at(rows[at]!) !== noTime) continue;
      let next = at;
      while (next < rows.length && this.arrival.at(rows[next]!) === noTime) next++;
      // What followed was refused: nothing to reach for.
      const from = this.departure.at(rows[at - 1]!);
      const to = next < rows.length ? this.arrival.at(rows[next]!) : from;
      const steps = next - at + 1;
      for (let step = 1; step < steps; step++) {
        const second = Math.round(from + ((to - from) * step) / steps);
        this.arrival.set(rows[at + step - 1]!, second);
        this.departure.set(rows[at + step - 1]!, second);
      }
      at = next;
    }
  }

  #refuse(faults: Faults, row: number, field: string, given: string, expected: string): void {
    faults.error({ file, line: this.#line.at(row), field, given, expected });
  }
}
