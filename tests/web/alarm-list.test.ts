// What a page knows of alarms: the newer version wins in any order, a snapshot loses nothing, and the counts are right.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyAct, isStanding, type Alarm, type AlarmAct } from '../../model/alarm.ts';
import {
  AlarmBook,
  countByPriority,
  inOrder,
  isSameToDecideOn,
  toAlarm,
} from '../../web/src/live/alarm-list.ts';
import { raising } from '../alarm-samples.ts';
import { alarm, iso } from './alarms.ts';

const acts: AlarmAct[] = [
  { act: 'acknowledge' },
  { act: 'return' },
  raising('sensor:1'),
  { act: 'comment' },
  { act: 'shelve', until: iso(900), reason: 'uji' },
  { act: 'unshelve' },
];

/** An alarm's versions, as its acts made them. */
function versionsOf(chosen: readonly number[]): Alarm[] {
  const versions = [alarm(1)];
  for (const [n, index] of chosen.entries()) {
    const applied = applyAct(versions.at(-1)!, acts[index]!, 'user:1', iso(n + 1));
    if ('alarm' in applied) versions.push(applied.alarm);
  }
  return versions;
}

const anyVersions = fc
  .array(fc.nat(acts.length - 1), { maxLength: 12 })
  .map(versionsOf)
  .chain((versions) =>
    fc.tuple(fc.constant(versions), fc.shuffledSubarray(versions, { minLength: versions.length })),
  );

test('in whatever order events arrive, and however often, the last version stands', () => {
  fc.assert(
    fc.property(anyVersions, ([versions, shuffled]) => {
      const book = new AlarmBook();
      for (const version of [...shuffled, ...shuffled]) book.take(version);
      const last = versions.at(-1)!;
      expect(book.get('1')).toEqual(last);
      expect(book.standing()).toEqual(isStanding(last) ? [last] : []);
    }),
  );
});

test('each occurrence that is over is kept once, as it ended', () => {
  const book = new AlarmBook();
  for (const version of versionsOf([1, 0, 2, 0, 1])) book.take(version);
  expect(book.over().map(({ occurrence, state }) => [occurrence, state])).toEqual([
    [2, 'normal'],
    [1, 'normal'],
  ]);
  expect(book.standing()).toEqual([]);
});

test('a snapshot takes away what stands no longer, but not what was heard of since it was asked for', () => {
  const book = new AlarmBook();
  book.take(alarm(1));
  book.take(alarm(2));
  book.expectSnapshot();
  book.take(alarm(3));
  book.takeSnapshot([alarm(1)]);
  expect(book.standing().map(({ id }) => id)).toEqual(['1', '3']);
});

test('an old snapshot does not undo what an event said', () => {
  const book = new AlarmBook();
  const [raised, acknowledged] = versionsOf([0]);
  book.expectSnapshot();
  book.take(acknowledged!);
  book.takeSnapshot([raised!]);
  expect(book.standing()[0]?.state).toBe('acknowledged');
});

test('an entry of the change log is the alarm; one of another noun is none', () => {
  const { id, version, ...body } = alarm(7);
  const event = { ...body, seq: 9, at: iso(0), noun: 'alarm', id, version, actor: 'alarms' };
  expect(toAlarm(event)).toEqual(alarm(7));
  expect(toAlarm({ ...event, noun: 'feed' })).toBeUndefined();
});

test('counts: who calls of what stands; shelved, suppressed and out of service do not count', () => {
  const counts = countByPriority([
    alarm(1, 0, { priority: 1 }),
    alarm(2, 0, { priority: 2, acknowledged: true }),
    alarm(3, 0, { priority: 2, active: false }),
    alarm(4, 0, { priority: 2, shelvedUntil: iso(900) }),
    alarm(5, 0, { priority: 3, suppressedBy: '1' }),
    alarm(6, 0, { priority: 4, outOfService: true }),
  ]);
  expect(counts).toEqual([
    { priority: 1, unanswered: 1, standing: 1 },
    { priority: 2, unanswered: 1, standing: 2 },
    { priority: 3, unanswered: 0, standing: 0 },
    { priority: 4, unanswered: 0, standing: 0 },
  ]);
});

test('those that call come first, and of each the newest', () => {
  const given = [
    alarm(1, 0),
    alarm(2, 30, { acknowledged: true }),
    alarm(3, 10),
    alarm(4, 20, { active: false }),
  ];
  expect(inOrder(given).map(({ id }) => id)).toEqual(['4', '3', '1', '2']);
});

test('a comment or an escalation is no reason to ask again, another owner or state is', () => {
  const seen = alarm(1);
  expect(isSameToDecideOn(seen, { ...seen, version: 4, comments: 2, escalatedAt: iso(60) })).toBe(true);
  expect(isSameToDecideOn(seen, { ...seen, owner: 'user:2' })).toBe(false);
  expect(isSameToDecideOn(seen, { ...seen, state: 'acknowledged' })).toBe(false);
  expect(isSameToDecideOn(seen, { ...seen, occurrence: 2 })).toBe(false);
});
