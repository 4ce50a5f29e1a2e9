// When alarms are heard: priority 1 until acknowledged, the others once; silence acknowledges nothing and ends by itself.
import { expect, test } from 'vitest';
import type { Alarm } from '../../model/alarm.ts';
import {
  nextSound,
  notesOf,
  quiet,
  silenced,
  silenceMs,
  type SoundState,
} from '../../web/src/live/sound-plan.ts';
import { alarm, iso, startMs } from './alarms.ts';

/** Looks at lists of alarms, each at its second; what was played at which. */
function heard(
  looks: readonly (readonly [second: number, alarms: readonly Alarm[]])[],
  given: { supervisor?: boolean; silenceAt?: number } = {},
): [number, number][] {
  let state: SoundState = nextSound(quiet, [], startMs - 60_000, false).state;
  const played: [number, number][] = [];
  for (const [second, alarms] of looks) {
    const now = startMs + second * 1000;
    if (given.silenceAt === second) state = silenced(state, now);
    const { play, state: next } = nextSound(state, alarms, now, given.supervisor ?? false);
    state = next;
    if (play !== undefined) played.push([second, play]);
  }
  return played;
}

const critical = alarm(1, 0, { priority: 1 });
const high = alarm(2, 0, { priority: 2 });
const medium = alarm(3, 0, { priority: 3 });
const low = alarm(4, 0, { priority: 4 });

test('priority 1 each five seconds until somebody acknowledges it, also when it has returned', () => {
  const returned = alarm(1, 0, { priority: 1, active: false });
  const acknowledged = alarm(1, 0, { priority: 1, acknowledged: true });
  expect(
    heard([
      [0, [critical]],
      [3, [critical]],
      [5, [critical]],
      [11, [returned]],
      [17, [acknowledged]],
    ]),
  ).toEqual([
    [0, 1],
    [5, 1],
    [11, 1],
  ]);
});

test('priorities 2 and 3 once, 4 never; of several the gravest', () => {
  expect(
    heard([
      [0, [medium, low]],
      [1, [medium, low]],
      [2, [medium, low, high]],
      [3, [medium, low, high]],
      [4, [medium, high, low, alarm(5, 0, { priority: 2 }), alarm(6, 0, { priority: 3 })]],
    ]),
  ).toEqual([
    [0, 3],
    [2, 2],
    [4, 2],
  ]);
});

test('a new occurrence, and one that comes back from shelving, are heard again', () => {
  const shelved = alarm(2, 0, { priority: 2, shelvedUntil: iso(900) });
  expect(
    heard([
      [0, [high]],
      [1, [shelved]],
      [2, [high]],
      [3, [{ ...high, occurrence: 2 }]],
    ]),
  ).toEqual([
    [0, 2],
    [2, 2],
    [3, 2],
  ]);
});

test('an escalated alarm is heard once more where escalations are', () => {
  const escalated = alarm(2, 0, { priority: 2, escalatedAt: iso(60) });
  const looks = [
    [0, [high]],
    [60, [escalated]],
    [61, [escalated]],
  ] as const;
  expect(heard(looks)).toEqual([[0, 2]]);
  expect(heard(looks, { supervisor: true })).toEqual([
    [0, 2],
    [60, 2],
  ]);
});

test('silence: nothing is heard until it ends by itself, or with a new alarm of priority 1 or 2', () => {
  expect(
    heard(
      [
        [0, [critical]],
        [2, [critical]],
        [10, [critical, medium]],
        [100, [critical, medium]],
        [2 + silenceMs / 1000, [critical, medium]],
      ],
      { silenceAt: 2 },
    ),
  ).toEqual([
    [0, 1],
    [2 + silenceMs / 1000, 1],
  ]);
  expect(
    heard(
      [
        [0, [critical]],
        [2, [critical]],
        [10, [critical, high]],
      ],
      { silenceAt: 2 },
    ),
  ).toEqual([
    [0, 1],
    [10, 1],
  ]);
});

test('a page that opens is quiet about what it finds, except priority 1', () => {
  expect(nextSound(quiet, [high, medium], startMs, false).play).toBeUndefined();
  expect(nextSound(quiet, [high, critical], startMs, false).play).toBe(1);
});

test('three falling notes, two, one', () => {
  expect(Object.values(notesOf).map((notes) => notes.length)).toEqual([3, 2, 1]);
  expect(notesOf[1].every(({ from, to }) => to < from)).toBe(true);
});
