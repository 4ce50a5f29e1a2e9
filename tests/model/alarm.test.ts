// An alarm's states after ISA-18.2: whatever is done in whatever order, they follow from the facts.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyAct, firstAlarm, stateOf, type Alarm, type AlarmAct } from '../../model/alarm.ts';

const raise: Extract<AlarmAct, { act: 'raise' }> = {
  act: 'raise',
  evidence: { value: 2.5, limit: 2, unit: 'm', assetIds: [] },
  subject: { id: 'sensor:a', name: 'a', lat: null, lon: null, simulated: false },
  priority: 2,
  name: { id: 'muka air', en: 'river level' },
};
const atMinute = (minute: number): string => new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();
const begun = firstAlarm('1', 'river-high', raise, atMinute(0));

const act: fc.Arbitrary<AlarmAct> = fc.oneof(
  fc.constantFrom<AlarmAct>(
    raise,
    { ...raise, suppressedBy: '9' },
    { act: 'return' },
    { act: 'escalate' },
    { act: 'suppress', by: '7' },
    { act: 'suppress', by: '8' },
    { act: 'unsuppress' },
    { act: 'take-out-of-service' },
    { act: 'return-to-service' },
    { act: 'acknowledge' },
    { act: 'own', owner: 'user:3' },
    { act: 'shelve', until: atMinute(999), reason: 'washed' },
    { act: 'unshelve' },
    { act: 'comment' },
  ),
  fc.integer({ min: 0, max: 3 }).map((step): AlarmAct => ({ act: 'step', step, outcome: 'done', note: '' })),
);

/** The alarm before and after each act that was taken. */
function life(acts: readonly AlarmAct[]): { before: Alarm; act: AlarmAct; after: Alarm }[] {
  const taken: { before: Alarm; act: AlarmAct; after: Alarm }[] = [];
  let alarm = begun;
  for (const [minute, each] of acts.entries()) {
    const applied = applyAct(alarm, each, 'user:3', atMinute(minute + 1));
    if ('refused' in applied) continue;
    taken.push({ before: alarm, act: each, after: applied.alarm });
    alarm = applied.alarm;
  }
  return taken;
}

const forAllLives = (check: (step: { before: Alarm; act: AlarmAct; after: Alarm }) => void): void =>
  fc.assert(
    fc.property(fc.array(act, { maxLength: 40 }), (acts) => {
      for (const step of life(acts)) check(step);
    }),
  );

test('the state is the one that follows from the facts, one version on', () =>
  forAllLives(({ before, after }) => {
    expect(after.state).toBe(stateOf(after));
    expect(after.version).toBe(before.version + 1);
  }));

test('acknowledging never clears, and a return never acknowledges', () =>
  forAllLives(({ before, act: { act: did }, after }) => {
    if (did === 'acknowledge') expect(after.active).toBe(before.active);
    if (did === 'return') expect(after.acknowledged).toBe(before.acknowledged);
  }));

test('shelving has an end and a reason for as long as it lasts', () =>
  forAllLives(({ after }) => {
    expect(after.shelvedUntil === null).toBe(after.shelvedReason === null);
    if (after.state === 'shelved') expect(Date.parse(after.shelvedUntil!)).toBeGreaterThan(0);
  }));

test('only the condition makes an alarm active, and only a new occurrence counts', () =>
  forAllLives(({ before, act: { act: did }, after }) => {
    if (did === 'raise') expect([after.active, after.occurrence]).toEqual([true, before.occurrence + 1]);
    else expect(after.occurrence).toBe(before.occurrence);
    if (did !== 'raise' && did !== 'return') expect(after.active).toBe(before.active);
  }));

test('what was kept back calls anew when it is active, and is over when it is not', () => {
  const kept: [AlarmAct, AlarmAct][] = [
    [{ act: 'shelve', until: atMinute(9), reason: 'washed' }, { act: 'unshelve' }],
    [{ act: 'suppress', by: '7' }, { act: 'unsuppress' }],
    [{ act: 'take-out-of-service' }, { act: 'return-to-service' }],
  ];
  for (const [away, back] of kept) {
    expect(life([{ act: 'acknowledge' }, away, back]).at(-1)!.after).toMatchObject({
      state: 'unacknowledged',
      acknowledgedBy: null,
    });
    expect(life([away, { act: 'return' }, back]).at(-1)!.after.state).toBe('normal');
  }
});

test('an alarm that is explained from its beginning is raised suppressed', () => {
  const explained = firstAlarm('1', 'sensor-silent', { ...raise, suppressedBy: '7' }, atMinute(0));
  expect(explained.state).toBe('suppressed');
  expect(life([{ act: 'return' }, { ...raise, suppressedBy: '7' }]).at(-1)!.after.state).toBe('suppressed');
});

test('an act that cannot be says why, and changes nothing', () => {
  const refused = (alarm: Alarm, each: AlarmAct) => applyAct(alarm, each, 'user:3', atMinute(1));
  expect(refused(begun, raise)).toEqual({ refused: 'already-active' });
  expect(refused(begun, { act: 'unshelve' })).toEqual({ refused: 'not-shelved' });
  expect(refused(begun, { act: 'unsuppress' })).toEqual({ refused: 'not-suppressed' });
  expect(refused(begun, { act: 'return-to-service' })).toEqual({ refused: 'in-service' });
});
