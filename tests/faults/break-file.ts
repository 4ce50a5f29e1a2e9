// Tells a city's process, into which break-city.js is loaded, which fault it has just now.
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../places.ts';

export type InnerFault = 'database gone' | 'database hangs' | 'disk full';

export class BreakFile {
  readonly #path: string;

  constructor(folder: string) {
    this.#path = join(folder, 'fault-of-test');
  }

  /** For the process's environment. */
  get env(): Record<string, string> {
    return {
      NODE_OPTIONS: `--import ${pathToFileURL(join(root, 'tests/faults/break-city.js')).href}`,
      SIMPANG_TEST_FAULT: this.#path,
    };
  }

  async set(fault: InnerFault | undefined): Promise<void> {
    if (fault === undefined) return rm(this.#path, { force: true });
    // Renamed, so that half a word is never read.
    await writeFile(`${this.#path}.new`, fault);
    await rename(`${this.#path}.new`, this.#path);
  }
}
