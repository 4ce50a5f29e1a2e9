// The change log: seq is commit order without gaps however many append at once, and the chain tells what was altered.
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  appendChange,
  canonicalJson,
  changesChannel,
  selectChangesSince,
  selectLastSeq,
  verifyChanges,
} from '../../store/changes.ts';
import type { Database } from '../../store/connect.ts';
import { eventually } from '../eventually.ts';
import { hasPostgres, startPostgres, withoutPostgres, type TestDatabase } from './postgres.ts';

if (!hasPostgres) console.warn(`change log with several sessions: skipped. ${withoutPostgres}`);

describe.skipIf(!hasPostgres)('on PostgreSQL 15', () => {
  let server: TestDatabase;
  let db: Database;

  beforeAll(async () => {
    server = await startPostgres(12);
    db = server.db;
  });
  afterAll(() => server?.close());
  beforeEach(() => db.execute('TRUNCATE change_log'));

  const append = (id: string, version = 1, body: Record<string, unknown> = {}): Promise<number> =>
    db.transaction((tx) => appendChange(tx, { noun: 'incident', id, version, actor: 'user:1', body }));

  test('an empty log is sound and at 0', async () => {
    expect(await selectLastSeq(db)).toBe(0);
    expect(await verifyChanges(db)).toEqual({ ok: true, entries: 0 });
  });

  test('seq follows commit order, with no gap, whatever rolls back', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ rowsFirst: fc.boolean(), fails: fc.boolean(), linger: fc.nat(3) }), {
          minLength: 1,
          maxLength: 24,
        }),
        async (writers) => {
          await db.execute('TRUNCATE change_log');
          const committed: number[] = [];
          await Promise.all(
            writers.map(async ({ rowsFirst, fails, linger }, i) => {
              const work = db.transaction(async (tx) => {
                if (rowsFirst) await tx.query('SELECT pg_sleep($1)', [linger / 1000]);
                const change = { noun: 'incident', id: String(i), version: 1, actor: 'user:1', body: { i } };
                const seq = await appendChange(tx, change);
                await tx.query('SELECT pg_sleep($1)', [linger / 1000]);
                if (fails) throw new Error('on purpose');
                return seq;
              });
              await work.then(
                (seq) => committed.push(seq),
                (error: Error) => expect(error.message).toBe('on purpose'),
              );
            }),
          );
          const seqs = (await selectChangesSince(db, 0, 100)).map((change) => change.seq);
          expect(seqs).toEqual(seqs.map((_, i) => i + 1));
          expect(seqs).toHaveLength(writers.filter((writer) => !writer.fails).length);
          expect(committed.toSorted((a, b) => a - b)).toEqual(seqs);
          expect(await verifyChanges(db)).toEqual({ ok: true, entries: seqs.length });
        },
      ),
      { numRuns: 15 },
    );
  });

  test('whoever reads while others write never sees a gap filled later', async () => {
    let reading = true;
    const seen: number[] = [];
    const reader = (async () => {
      while (reading) {
        const last = seen.at(-1) ?? 0;
        for (const change of await selectChangesSince(db, last, 1000)) seen.push(change.seq);
      }
    })();
    await Promise.all(
      Array.from({ length: 6 }, async (_, writer) => {
        for (let i = 0; i < 20; i++) await append(`${writer}-${i}`);
      }),
    );
    await eventually(() => expect(seen).toHaveLength(120));
    reading = false;
    await reader;
    expect(seen).toEqual(seen.map((_, i) => i + 1));
  });

  test('the same version of a noun is written once', async () => {
    const outcomes = await Promise.allSettled([append('7', 2), append('7', 2), append('7', 2)]);
    expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
    expect(await selectLastSeq(db)).toBe(1);
  });

  test('listeners are woken', async () => {
    let heard = 0;
    const stop = db.listen(changesChannel, () => heard++);
    await eventually(() => expect(heard).toBe(1));
    await append('1');
    await eventually(() => expect(heard).toBe(2));
    stop();
  });

  test.each([
    ['a body', `UPDATE change_log SET body = '{"severity": "low"}' WHERE seq = 2`, 2, /altered/],
    ['an actor', `UPDATE change_log SET actor = 'user:9' WHERE seq = 3`, 3, /altered/],
    ['a time', `UPDATE change_log SET at = at + interval '1 ms' WHERE seq = 1`, 1, /altered/],
    ['a hash', `UPDATE change_log SET hash = previous_hash WHERE seq = 2`, 2, /altered/],
    ['a removed entry', `DELETE FROM change_log WHERE seq = 2`, 2, /missing/],
    ['a removed beginning', `DELETE FROM change_log WHERE seq = 1`, 1, /missing/],
  ])('tells %s that was tampered with', async (_, tampering, seq, fault) => {
    for (let i = 1; i <= 4; i++) await append(String(i), 1, { severity: 'high', i });
    expect(await verifyChanges(db)).toEqual({ ok: true, entries: 4 });
    await db.execute(tampering);
    expect(await verifyChanges(db)).toEqual({
      ok: false,
      seq,
      fault: expect.stringMatching(fault) as string,
    });
  });

  test('whatever JSON a body holds comes back with the same hash', async () => {
    const unicode = fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0'));
    const { value } = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        unicode,
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(
          fc.oneof(unicode, fc.constantFrom('__proto__', 'constructor', '10', '9')),
          tie('value'),
          {
            maxKeys: 3,
          },
        ),
      ),
    }));
    let id = 0;
    await fc.assert(
      fc.asyncProperty(value, async (given) => {
        await append(String(id++), 1, { given });
      }),
      { numRuns: 100 },
    );
    expect(await verifyChanges(db)).toEqual({ ok: true, entries: id });
  });

  test('nouns can be asked for', async () => {
    await append('1');
    await db.transaction((tx) =>
      appendChange(tx, { noun: 'user', id: '1', version: 1, actor: 'user:1', body: {} }),
    );
    await append('2');
    expect((await selectChangesSince(db, 0, 10, ['incident'])).map((change) => change.seq)).toEqual([1, 3]);
    expect((await selectChangesSince(db, 1, 1)).map((change) => change.noun)).toEqual(['user']);
  });
});

test('canonical JSON sorts keys by code unit and keeps arrays', () => {
  expect(canonicalJson({ b: [2, { d: 1, c: null }], a: 'é', '\ud83d\ude00': 1, '\ufb33': 2 })).toBe(
    '{"a":"é","b":[2,{"c":null,"d":1}],"\ud83d\ude00":1,"\ufb33":2}',
  );
});
