// Refuses mappings that nothing could be read with, naming the entry.
import type { Mapping } from '../model/source.ts';
import { metrics } from '../model/metrics.ts';
import { toRegistryUnit } from '../model/units.ts';
import { HttpProblem } from './problem.ts';

/** 500 names of 128 characters, with what becomes of them. */
export const largestMappingBytes = 256 * 1024;

const longestName = 128;

/**
 * @param path of the mapping in the body.
 * @throws {HttpProblem} 400 for a unit that cannot become the metric's, or a name that no payload has.
 */
export function demandReadable(mapping: Mapping, path = 'mapping'): void {
  for (const [name, target] of Object.entries(mapping.metrics ?? {})) {
    const field = `${path}.metrics.${name}`;
    if (name === '' || name.length > longestName)
      throw new HttpProblem(400, `A name in a payload has 1 to ${longestName} characters.`, { field });
    if (target?.unit === undefined || toRegistryUnit(target.metric, 1, target.unit) !== undefined) continue;
    const { unit } = metrics[target.metric];
    const expected = unit === '' ? 'a bare number' : unit;
    throw new HttpProblem(
      400,
      `${target.unit} cannot be read as ${target.metric}, which is kept in ${expected}.`,
      {
        field: `${field}.unit`,
      },
    );
  }
}
