// Which minutes count as evaluated: whole ones, on a current picture, however long the database is away.
import { expect, test } from 'vitest';
import { EvaluatedMinutes } from '../../alarms/evaluated-minutes.ts';
import type { Query } from '../../store/connect.ts';

const t0 = Date.UTC(2026, 10, 24, 12);
const minute = (n: number): string => new Date(t0 + n * 60_000).toISOString();

/** A room that is looked at each second of `seconds`, and what came to its database. */
async function roomOf(
  seconds: Iterable<number>,
  isEvaluating: (second: number) => boolean,
  isAway: (second: number) => boolean = () => false,
): Promise<string[]> {
  const written: string[] = [];
  let second = 0;
  const db = {
    execute: async (text: string, values: unknown[]) => {
      if (isAway(second)) throw new Error('away');
      if (text.startsWith('INSERT')) written.push(...(values[0] as string[]));
      return 1;
    },
  } as unknown as Query;
  const minutes = new EvaluatedMinutes({ db, log: () => undefined }, t0);
  for (second of seconds) {
    minutes.look(t0 + second * 1_000, isEvaluating(second));
    await minutes.settled();
  }
  return written;
}

function* upTo(end: number, from = 0): Generator<number> {
  for (let second = from; second < end; second++) yield second;
}

test('whole minutes count, each once', async () => {
  expect(await roomOf(upTo(185), () => true)).toEqual([minute(0), minute(1), minute(2)]);
  // Begun within a minute: that one was not seen whole.
  expect(await roomOf(upTo(185, 5), () => true)).toEqual([minute(1), minute(2)]);
});

test('a minute in which the picture was not current for a second does not count', async () => {
  expect(await roomOf(upTo(245), (second) => second !== 70)).toEqual([minute(0), minute(2), minute(3)]);
});

test('what a process slept through does not count', async () => {
  const asleep = [...upTo(60), ...upTo(250, 130)];
  expect(await roomOf(asleep, () => true)).toEqual([minute(3)]);
});

test('minutes wait for the database', async () => {
  const written = await roomOf(
    upTo(305),
    () => true,
    (second) => second > 50 && second < 250,
  );
  expect(written).toEqual([0, 1, 2, 3, 4].map(minute));
});
