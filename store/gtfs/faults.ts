// What is wrong with a feed: every fault counted, the first ones kept with file, line and field.
import type { ImportFault } from '../../model/transit.ts';

/** A list for people to work through; whoever has more than this mends the source of them all. */
export const keptFaults = 1000;

/** The import cannot go on: the message says why, for people. */
export class GtfsRefused extends Error {
  override name = 'GtfsRefused';
}

export class Faults {
  readonly errors: ImportFault[] = [];
  readonly warnings: ImportFault[] = [];
  errorCount = 0;
  warningCount = 0;

  /** What was left out because of it. */
  error(fault: ImportFault): void {
    this.errorCount++;
    if (this.errors.length < keptFaults) this.errors.push(shortened(fault));
  }

  /** What was taken all the same, mended. */
  warn(fault: ImportFault): void {
    this.warningCount++;
    if (this.warnings.length < keptFaults) this.warnings.push(shortened(fault));
  }
}

const longestGiven = 120;

const shortened = (fault: ImportFault): ImportFault =>
  fault.given.length <= longestGiven ? fault : { ...fault, given: `${fault.given.slice(0, longestGiven)}…` };
