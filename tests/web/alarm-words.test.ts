// What alarms say: measured against limit, what came of it, what another person changed; and when it is not to be believed.
import { expect, test } from 'vitest';
import type { Alarm } from '../../model/alarm.ts';
import {
  endOfShift,
  initialsOf,
  nextTimeOfDay,
  sayAlarm,
  sayChanges,
  sayMeasure,
  searchedText,
  type Speech,
} from '../../web/src/alarms/alarm-words.ts';
import { alarmDoubt, type AlarmKnowledge } from '../../web/src/live/alarm-doubt.ts';
import { alarmEn } from '../../web/src/words/alarm-en.ts';
import { alarmId } from '../../web/src/words/alarm-id.ts';
import { en } from '../../web/src/words/en.ts';
import { id } from '../../web/src/words/id.ts';
import { clockWords } from '../../web/src/words/say.ts';
import { alarm, iso, startMs } from './alarms.ts';

const person = { actor: 'user:3', displayName: 'S. Purba', role: 'operator', disabled: false } as const;
const common = {
  moment: (ms: number) => clockWords(ms, 'Asia/Jakarta'),
  personOf: (actor: string | null) => (actor === person.actor ? person : undefined),
};
const indonesian: Speech = { code: 'id', words: id, alarms: alarmId, ...common };
const english: Speech = { code: 'en', words: en, alarms: alarmEn, ...common };

test.each([
  [1.84, 'm', '1,84 m'],
  [171.5, 'µg/m³', '171,5 µg/m³'],
  [1260, 's', '21 mnt'],
  [12.5, 'm/s', '45 km/jam'],
  [3, '', '3'],
  [null, 'm', '—'],
])('%s %s', (value, unit, said) => expect(sayMeasure(value, unit, indonesian)).toBe(said));

test.each<[string, Partial<Alarm>, string]>([
  ['calling', {}, 'Udara 1 · 171,5 µg/m³ · ambang 150 µg/m³'],
  [
    'shelved',
    { shelvedUntil: iso(1800) },
    'Udara 1 · 171,5 µg/m³ · ambang 150 µg/m³ · ditunda s.d. 20:30:00',
  ],
  [
    'returned',
    { active: false, returnedAt: iso(60) },
    'Udara 1 · 171,5 µg/m³ · ambang 150 µg/m³ · pulih 20:01:00',
  ],
  [
    'without a measure',
    { evidence: { value: null, limit: null, unit: '', assetIds: [] }, occurrence: 3 },
    'Udara 1 · ke-3',
  ],
])('a row: %s', (_name, given, under) => {
  expect(sayAlarm(alarm(1, 0, given), indonesian)).toEqual({ head: 'PM2.5 tinggi', under });
});

test('what another person did meanwhile, in either language', () => {
  const now = alarm(1, 0, {
    acknowledged: true,
    acknowledgedAt: iso(90),
    acknowledgedBy: 'user:3',
    owner: 'user:3',
  });
  expect(sayChanges(alarm(1), now, indonesian)).toEqual([
    'belum diakui → diakui',
    'oleh S. Purba, 20:01:30',
    'pemegang: S. Purba',
  ]);
  expect(sayChanges(alarm(1), { ...alarm(1), owner: 'user:9' }, english)).toEqual(['owner: user 9']);
});

test('the text filter finds both languages, the subject and its id', () => {
  for (const text of ['tinggi', 'high', 'udara 1', 'sensor:1'])
    expect(searchedText(alarm(1))).toContain(text);
});

test('initials', () => expect([initialsOf('R. Damanik'), initialsOf('Siti')]).toEqual(['RD', 'S']));

test('shifts end when the city says so; a time of day is the next one', () => {
  const hour = 3_600_000;
  const ends = ['06:00', '14:00', '22:00'];
  expect(endOfShift(ends, startMs, 20 * 60)! - startMs).toBe(2 * hour);
  expect(endOfShift(ends, startMs, 22 * 60)! - startMs).toBe(8 * hour);
  expect(endOfShift(ends, startMs, 23 * 60)! - startMs).toBe(7 * hour);
  expect(endOfShift([], startMs, 23 * 60)).toBeUndefined();
  expect(nextTimeOfDay('21:30', startMs, 20 * 60)! - startMs).toBe(1.5 * hour);
  expect(nextTimeOfDay('6.00', startMs, 20 * 60)! - startMs).toBe(10 * hour);
  expect(nextTimeOfDay('25:00', startMs, 0)).toBeUndefined();
});

const known: AlarmKnowledge = {
  hearing: true,
  hearingSince: startMs,
  checkedAt: startMs,
  failedSince: undefined,
  evaluated: { rules: 24, subjects: 212, at: iso(-2) },
  room: undefined,
};
test.each<[string, Partial<AlarmKnowledge>, ReturnType<typeof alarmDoubt>]>([
  ['all is known', {}, undefined],
  ['no link', { hearing: false }, { why: 'link', since: startMs }],
  ['the query fails', { failedSince: startMs - 9 }, { why: 'query', since: startMs - 9 }],
  ['not asked yet', { checkedAt: undefined }, { why: 'asking' }],
  ['the alarms room never worked', { evaluated: { rules: 0, subjects: 0, at: null } }, { why: 'never' }],
  [
    'the alarms room is gone',
    { evaluated: { rules: 24, subjects: 212, at: iso(-20) } },
    { why: 'room', since: startMs - 20_000 },
  ],
  ['the server says so', { room: { ok: false, since: iso(-4) } }, { why: 'room', since: startMs - 4000 }],
])('believed: %s', (_name, given, expected) => {
  expect(alarmDoubt({ ...known, ...given }, startMs)).toEqual(expected);
});
