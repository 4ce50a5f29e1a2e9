// What comes in as text, fuzzed: boxes, kinds, ranges and watches are read or refused, never anything else.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { layers } from '../../model/live.ts';
import { parseWatchRequest } from '../../server/live/watch.ts';
import { isWithin } from '../../bus/picture.ts';
import { HttpProblem } from '../../server/problem.ts';
import { parseBbox, parseKinds } from '../../server/routes/assets.ts';
import { parseRange } from '../../server/routes/series.ts';
import { compileValidator } from '../../server/validate.ts';
import { SeriesQuery } from '../../model/http.ts';
import { toBuckets } from '../../store/series.ts';

/** The value, or the problem as the client would see it; anything else thrown is a fault of ours. */
function read<T>(parse: () => T): T | HttpProblem {
  try {
    return parse();
  } catch (error) {
    if (error instanceof HttpProblem && error.status === 400) return error;
    throw error;
  }
}

const odd = fc.oneof(
  fc.string(),
  fc.constantFrom(
    '__proto__',
    'constructor',
    '',
    ' ',
    'NaN',
    'Infinity',
    '1e400',
    '0x10',
    '-',
    '+',
    '.',
    '1.',
    '.5',
    '\0',
  ),
);
const degrees = (limit: number) =>
  fc.double({ min: -limit, max: limit, noNaN: true }).map((value) => Number(value.toFixed(6)));

describe('bbox', () => {
  test('any text is four numbers on earth or a problem that names bbox', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          odd,
          fc.array(fc.oneof(odd, fc.double().map(String))).map((parts) => parts.join(',')),
        ),
        (text) => {
          const box = read(() => parseBbox(text));
          if (box instanceof HttpProblem) expect(box.options.field).toBe('bbox');
          else expect(box!.every((value, i) => Math.abs(value) <= (i % 2 ? 90 : 180))).toBe(true);
        },
      ),
      { numRuns: 1000 },
    );
  });

  test('a good box is read as written, and holds its corners', () => {
    fc.assert(
      fc.property(degrees(180), degrees(90), degrees(180), degrees(90), (west, a, east, b) => {
        const [south, north] = [Math.min(a, b), Math.max(a, b)];
        const text = [west, south, east, north].map((value) => value.toFixed(6)).join(', ');
        const box = parseBbox(text)!;
        expect(box.map((value) => value + 0)).toEqual([west, south, east, north].map((value) => value + 0));
        for (const lon of [west, east])
          for (const lat of [south, north]) expect(isWithin({ lat, lon }, box)).toBe(true);
      }),
    );
  });

  test('over the antimeridian, and without a position', () => {
    expect(isWithin({ lat: 0, lon: 179 }, [170, -10, -170, 10])).toBe(true);
    expect(isWithin({ lat: 0, lon: 0 }, [170, -10, -170, 10])).toBe(false);
    expect(isWithin({ lat: undefined, lon: undefined }, [-180, -90, 180, 90])).toBe(false);
  });

  test.each([
    ['1,2,3', 'bbox has 3 numbers; expected 4: west,south,east,north'],
    ['1,2,3,x', 'north of bbox must be a number from -90 to 90'],
    ['181,2,3,4', 'west of bbox must be a number from -180 to 180'],
    ['1,5,3,4', 'south of bbox (5) is more than north (4)'],
    ['1,,3,4', 'south of bbox must be a number from -90 to 90'],
  ])('%s: %s', (text, words) => {
    expect(() => parseBbox(text)).toThrow(words);
  });
});

test('kinds: any text is kinds or a problem that names kind', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        odd,
        fc.array(fc.constantFrom('vehicle', 'sensor', 'tram', '')).map((kinds) => kinds.join(',')),
      ),
      (text) => {
        const kinds = read(() => parseKinds(text));
        if (kinds instanceof HttpProblem) expect(kinds.options.field).toBe('kind');
        else expect(kinds.size).toBeGreaterThan(0);
      },
    ),
  );
});

describe('series', () => {
  const validate = compileValidator({
    schema: SeriesQuery,
    method: 'GET',
    url: '/',
    httpPart: 'querystring',
  });
  const now = Date.UTC(2026, 10, 24);

  test('any query is refused by its schema, or a range of time that PostgreSQL reads, or a problem', () => {
    const iso = fc.date({ noInvalidDate: true }).map((date) => date.toISOString());
    const value = fc.oneof(
      odd,
      iso,
      fc.integer().map(String),
      fc.array(fc.string()),
      fc.constant('2026-11-24T07:00:00+07:00'),
    );
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('metric', 'from', 'to', 'points', '__proto__', 'other'), value),
        (query) => {
          const result = validate({ metric: 'speed', ...query }) as {
            value?: SeriesQueryValue;
            error?: { message: string }[];
          };
          if (result.error) {
            expect(result.error[0]!.message).toEqual(expect.any(String));
            return;
          }
          const range = read(() => parseRange(result.value!, now));
          if (range instanceof HttpProblem) {
            expect(['from', 'to']).toContain(range.options.field);
            return;
          }
          expect(range.fromMs).toBeLessThanOrEqual(range.toMs);
          expect(new Date(range.fromMs).toISOString()).toMatch(/^(\d{4}|-\d{6})-/);
          expect(range.points).toBeGreaterThanOrEqual(1);
          expect(range.points).toBeLessThanOrEqual(5000);
        },
      ),
      { numRuns: 1000 },
    );
  });

  test('buckets are equal, at most as many as asked for, and cover the range', () => {
    const hour = 3_600_000;
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: now }),
        fc.integer({ min: 0, max: 6 * 365 * 24 * hour }),
        fc.integer({ min: 1, max: 5000 }),
        fc.constantFrom(hour, 60_000),
        fc.boolean(),
        (fromMs, spanMs, points, stepMs, always) => {
          const toMs = fromMs + spanMs;
          const { startMs, widthMs, count, whole } = toBuckets({ fromMs, toMs, points }, stepMs, always);
          expect(count).toBeGreaterThanOrEqual(1);
          expect(count).toBeLessThanOrEqual(points);
          expect(startMs).toBeLessThanOrEqual(fromMs);
          expect(fromMs - startMs).toBeLessThan(stepMs);
          expect(startMs + widthMs * count).toBeGreaterThanOrEqual(toMs);
          expect(startMs + widthMs * (count - 1)).toBeLessThanOrEqual(toMs);
          if (always) expect(whole).toBe(true);
          if (whole) expect([startMs % stepMs, widthMs % stepMs]).toEqual([0, 0]);
        },
      ),
      { numRuns: 1000 },
    );
  });
});
type SeriesQueryValue = Parameters<typeof parseRange>[0];

test('watch: anything is a request of known layers, or what is wrong with it', () => {
  const request = fc.oneof(
    fc.anything({ withNullPrototype: true, withBigInt: true }),
    fc.record(
      {
        layers: fc.array(fc.oneof(fc.constantFrom(...layers), fc.constantFrom('__proto__', 'tram', 1, null))),
        since: fc.oneof(fc.integer(), fc.double(), fc.string()),
      },
      { requiredKeys: [] },
    ),
  );
  fc.assert(
    fc.property(request, (given) => {
      const parsed = parseWatchRequest(given);
      if ('error' in parsed) {
        expect(parsed.error).toMatch(/^watch takes/);
        return;
      }
      for (const layer of parsed.layers) expect(layers).toContain(layer);
      if (parsed.since !== undefined) expect(Number.isInteger(parsed.since) && parsed.since >= 0).toBe(true);
    }),
    { numRuns: 1000 },
  );
});
