// Which warnings stand: the same whatever the order in which alerts, updates and cancels came, and each change logged once.
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Warning } from '../../model/warning.ts';
import { selectChangesSince, verifyChanges, type LoggedChange } from '../../store/changes.ts';
import type { Database } from '../../store/connect.ts';
import {
  keyOfWarning,
  selectStandingWarnings,
  upsertWarnings,
  type WarningRow,
} from '../../store/warnings.ts';
import { startDatabase, type TestDatabase } from '../server/postgres.ts';
import { newWarningRow } from '../warnings.ts';

let server: TestDatabase;
let db: Database;
const now = Date.parse('2026-11-24T06:00:00Z');
const at = (minute: number): string =>
  new Date(Date.parse('2026-11-24T05:00:00Z') + minute * 60_000).toISOString();

beforeAll(async () => {
  server = await startDatabase();
  db = server.db;
}, 60_000);
afterAll(() => server?.close());
beforeEach(() => db.execute('TRUNCATE warning, change_log'));

const put = (...rows: WarningRow[]): Promise<Set<string>> => db.transaction((tx) => upsertWarnings(tx, rows));
const standing = async (): Promise<string[]> =>
  (await selectStandingWarnings(db, now)).map((warning) => warning.id).sort();
const log = async (): Promise<unknown[]> =>
  (await selectChangesSince(db, 0, 1000)).map(({ id, version, body }: LoggedChange) => [
    id,
    version,
    body.state,
  ]);

const alert = newWarningRow({ id: 'a', sentAt: at(0) });
const update = newWarningRow({ id: 'u', action: 'update', references: ['a'], sentAt: at(1) });
const cancel = newWarningRow({ id: 'c', action: 'cancel', references: ['u'], sentAt: at(2) });

describe('a life', () => {
  test('alert, update, cancel, each logged once, with what a list needs', async () => {
    expect(await put(alert)).toEqual(new Set(['a']));
    expect(await standing()).toEqual(['a']);
    expect(await put(update)).toEqual(new Set(['u']));
    expect(await standing()).toEqual(['u']);
    await put(cancel);
    expect(await standing()).toEqual([]);
    expect(await log()).toEqual([
      ['a', 1, 'standing'],
      ['a', 2, 'superseded'],
      ['u', 1, 'standing'],
      ['u', 2, 'cancelled'],
    ]);
    expect((await selectChangesSince(db, 0, 1))[0]).toMatchObject({
      noun: 'warning',
      actor: 'ingest',
      body: {
        state: 'standing',
        headline: 'Hujan lebat di Siantar',
        severity: 'moderate',
        kind: 'hazard',
        expiresAt: null,
      },
    });
    expect(await verifyChanges(db)).toEqual({ ok: true, entries: 4 });
  });
  test('the cancel first, then what it cancels', async () => {
    await put(cancel);
    expect(await put(update)).toEqual(new Set(['u']));
    expect(await put(alert)).toEqual(new Set(['a']));
    expect(await standing()).toEqual([]);
    expect(await log()).toEqual([
      ['u', 1, 'cancelled'],
      ['a', 1, 'superseded'],
    ]);
  });
  test('a repetition is none of the returned, and logs nothing', async () => {
    await put(alert, alert);
    expect(await put({ ...alert, receivedAt: alert.receivedAt + 60_000 })).toEqual(new Set());
    expect(await log()).toHaveLength(1);
  });
  test('the same again with a new time is newer, and logs nothing', async () => {
    await put(alert);
    expect(await put(newWarningRow({ id: 'a', sentAt: at(3) }))).toEqual(new Set(['a']));
    expect(await log()).toHaveLength(1);
  });
  test('an older message of the same id does not come back', async () => {
    await put(newWarningRow({ id: 'a', sentAt: at(3), severity: 'severe' }));
    expect(await put(alert)).toEqual(new Set());
    expect((await selectStandingWarnings(db, now))[0]!.warning.severity).toBe('severe');
  });
  test('of what was sent at the same time the later received corrects; another source only to the graver', async () => {
    const later = { receivedAt: alert.receivedAt + 1 };
    await put(newWarningRow({ id: 'a', severity: 'severe' }));
    expect(
      await put(newWarningRow({ id: 'a', severity: 'unknown' }, { ...later, sourceId: 'other' })),
    ).toEqual(new Set());
    expect(await put(newWarningRow({ id: 'a', severity: 'minor' }, later))).toEqual(new Set(['a']));
    expect(
      await put(newWarningRow({ id: 'a', severity: 'extreme' }, { ...later, sourceId: 'other' })),
    ).toEqual(new Set(['a']));
    expect(await log()).toEqual([1, 2, 3].map((version) => ['a', version, 'standing']));
  });
  test('what has expired stands no longer; what begins later does', async () => {
    await put(
      newWarningRow({ id: 'gone', expiresAt: new Date(now).toISOString() }),
      newWarningRow({
        id: 'soon',
        onsetAt: new Date(now + 1).toISOString(),
        expiresAt: new Date(now + 2).toISOString(),
      }),
      newWarningRow({ id: 'open' }),
    );
    expect(await standing()).toEqual(['open', 'soon']);
  });
  test('a cancel that is rolled back cancels nothing', async () => {
    await put(alert);
    const failing = db.transaction(async (tx) => {
      await upsertWarnings(tx, [
        newWarningRow({ id: 'c', action: 'cancel', references: ['a'], sentAt: at(2) }),
      ]);
      throw new Error('on purpose');
    });
    await expect(failing).rejects.toThrow('on purpose');
    expect(await standing()).toEqual(['a']);
  });
});

describe('what may not end what', () => {
  test('a simulated cancel leaves a real warning alone, and is another one of the same id', async () => {
    const simulated = newWarningRow({ id: 'a', sentAt: at(9) }, { simulated: true });
    await put(
      alert,
      simulated,
      newWarningRow({ id: 'c', action: 'cancel', references: ['a'], sentAt: at(10) }, { simulated: true }),
    );
    expect(await standing()).toEqual(['a']);
    expect(keyOfWarning(simulated)).toBe('sim/a');
    await put(newWarningRow({ id: 's' }, { simulated: true }));
    const shown = (await selectStandingWarnings(db, now)).find(({ id }) => id === 'sim/s')!;
    expect(shown).toMatchObject({ simulated: true, warning: { exercise: true } });
  });
  test('an exercise leaves a real warning alone', async () => {
    await put(
      alert,
      newWarningRow({ id: 'c', action: 'cancel', references: ['a'], sentAt: at(2), exercise: true }),
    );
    expect(await standing()).toEqual(['a']);
  });
  test('one that was sent before', async () => {
    await put(newWarningRow({ id: 'a', sentAt: at(5) }), update);
    expect(await standing()).toEqual(['a', 'u']);
  });
  test('itself', async () => {
    await put(newWarningRow({ id: 'a', action: 'update', references: ['a'] }));
    expect(await standing()).toEqual(['a']);
  });
  test.each(['__proto__', 'constructor', `'; DROP TABLE warning --`, '{a,"b"}', 'é\\'])(
    'the id %j is one',
    async (id) => {
      expect(await put(newWarningRow({ id }))).toEqual(new Set([id]));
      await put(newWarningRow({ id: 'c', action: 'cancel', references: [id], sentAt: at(1) }));
      expect(await standing()).toEqual([]);
    },
  );
});

describe('any order, in any batches', () => {
  const ids = ['a', 'b', 'c', 'd', 'e'];
  // A message is told apart by its id and time: no two of the same id are sent at once.
  const message = fc.record({
    id: fc.constantFrom(...ids),
    action: fc.constantFrom<Warning['action']>('alert', 'update', 'cancel'),
    references: fc.subarray(ids, { maxLength: 3 }),
    minute: fc.nat(8),
    exercise: fc.boolean(),
    simulated: fc.boolean(),
  });
  const messages = fc.uniqueArray(message, {
    minLength: 1,
    maxLength: 10,
    selector: ({ id, minute, simulated }) => `${simulated} ${id} ${minute}`,
  });
  const toRow = ({
    minute,
    simulated,
    ...given
  }: typeof message extends fc.Arbitrary<infer T> ? T : never): WarningRow =>
    newWarningRow({ ...given, sentAt: at(minute) }, { simulated });

  /** The rule itself, over all messages at once. */
  function expected(rows: WarningRow[]): string[] {
    const newest = new Map<string, WarningRow>();
    for (const row of rows) {
      const key = keyOfWarning(row);
      if (row.warning.sentAt > (newest.get(key)?.warning.sentAt ?? '')) newest.set(key, row);
    }
    const held = [...newest.values()];
    return held
      .filter(({ warning, simulated }) => {
        const enders = held.filter(
          (other) =>
            other.simulated === simulated &&
            other.warning.id !== warning.id &&
            other.warning.action !== 'alert' &&
            other.warning.references.includes(warning.id) &&
            other.warning.sentAt >= warning.sentAt &&
            (simulated || warning.exercise || !other.warning.exercise),
        );
        return warning.action !== 'cancel' && enders.length === 0;
      })
      .map(keyOfWarning)
      .sort();
  }

  test('the same stand, and the log says of each how it stands', async () => {
    await fc.assert(
      fc.asyncProperty(
        messages.chain((all) =>
          fc.tuple(
            fc.constant(all),
            fc.shuffledSubarray([...all, ...all], { minLength: all.length * 2 }),
            fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 20, maxLength: 20 }),
          ),
        ),
        async ([all, order, sizes]) => {
          await db.execute('TRUNCATE warning, change_log');
          const rows = order.map(toRow);
          for (let from = 0, n = 0; from < rows.length; from += sizes[n++]!) {
            await put(...rows.slice(from, from + sizes[n]!));
          }
          expect(await standing()).toEqual(expected(all.map(toRow)));
          const newest = new Map(
            (await selectChangesSince(db, 0, 1000)).map(({ id, body }) => [id, body.state]),
          );
          const said = [...newest].filter(([, state]) => state === 'standing').map(([id]) => id);
          expect(said.sort()).toEqual(await standing());
          expect((await verifyChanges(db)).ok).toBe(true);
        },
      ),
      { numRuns: 120 },
    );
  }, 120_000);
});
