// Whatever comes, an adapter answers: random bytes, JSON of wrong types, recordings that were damaged on the way.
import fc from 'fast-check';
import { expect } from 'vitest';
import type { FormatId } from '../../../model/source.ts';
import { newReader } from './read.ts';

const words = fc.constantFrom('__proto__', 'constructor', 'toString', 'hasOwnProperty', 'id', 'type', 'lat');
const values = fc.constantFrom<unknown>(
  null,
  true,
  '',
  '\0',
  '\ud800',
  '__proto__',
  'constructor',
  -0,
  1e308,
  -1,
  [],
  {},
  { toString: 1 },
  '2026-11-24T04:59:58Z',
);

/** JSON whose keys are those of the samples, and values of any kind. */
function jsonOf(keys: string[]): fc.Arbitrary<unknown> {
  const key = keys.length === 0 ? words : fc.oneof(fc.constantFrom(...keys), words);
  return fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.double(),
      fc.string(),
      values,
      fc.array(tie('value'), { maxLength: 3 }),
      fc.array(fc.tuple(key, tie('value')), { maxLength: 6 }).map((entries) => Object.fromEntries(entries)),
    ),
  })).value;
}

function keysOf(samples: Buffer[]): string[] {
  const found = samples.flatMap(
    (sample) => sample.toString('latin1').match(/"[A-Za-z_][\w-]*"(?=\s*:)/g) ?? [],
  );
  return [...new Set(found)].map((quoted) => quoted.slice(1, -1));
}

/** A sample with some bytes changed, left out or doubled, or with its end cut off. */
const damaged = (samples: Buffer[]): fc.Arbitrary<Buffer> =>
  fc
    .tuple(
      fc.constantFrom(...samples),
      fc.array(fc.tuple(fc.nat(), fc.nat(255), fc.constantFrom('set', 'drop', 'double', 'cut')), {
        minLength: 1,
        maxLength: 8,
      }),
    )
    .map(([sample, changes]) => {
      let bytes = Buffer.from(sample);
      for (const [place, value, change] of changes) {
        const at = place % Math.max(1, bytes.length);
        if (change === 'set' && bytes.length > 0) bytes[at] = value;
        else if (change === 'drop') bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)]);
        else if (change === 'double') bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at / 2)]);
        else if (value < 64) bytes = bytes.subarray(0, at);
      }
      return bytes;
    });

/** One feed for all runs, so that what one message leaves in memory meets the next. */
export function neverThrows(format: FormatId, topics: readonly string[], samples: Buffer[]): void {
  const reader = newReader(format);
  const payload = fc.oneof(
    fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
    jsonOf(keysOf(samples)).map((value) => Buffer.from(JSON.stringify(value) ?? '')),
    ...(samples.length === 0 ? [] : [damaged(samples), damaged(samples)]),
  );
  fc.assert(
    fc.property(fc.constantFrom(...topics), payload, fc.boolean(), (topic, bytes, replayed) => {
      const outcomes = reader.read(topic, bytes, { replayed });
      expect(outcomes.length).toBeGreaterThan(0);
      for (const outcome of outcomes) {
        if (outcome.kind === 'rejected') expect(outcome.detail).not.toBe('');
        else expect(Number.isFinite(outcome.observedAt)).toBe(true);
      }
    }),
    { numRuns: 1_000 },
  );
}
