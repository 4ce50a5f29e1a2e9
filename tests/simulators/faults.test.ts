// Faults on purpose: each does what it is named for, and all together stay rare.
import { describe, expect, test } from 'vitest';
import type { SensorReading } from '../../model/native.ts';
import { createFaultyDevice, faultAt, pictureFaultsAt } from '../../simulators/faults.ts';
import type { Fault } from '../../simulators/message.ts';
import type { Message } from '../../simulators/message.ts';

const reading = (no: number): Message<SensorReading> => ({
  topic: 'sim/city/sensor/sim-air-1/reading',
  payload: { observedAt: new Date(no * 1000).toISOString(), readings: { pm25: 10 + no } },
  qos: 1,
  retain: false,
});

/** What arrives of messages 1, 2, 3, …, as the numbers they bear and their values. */
function pass(...faults: (Fault | undefined)[]): [no: number, pm25: number][] {
  const device = createFaultyDevice<SensorReading>();
  return faults
    .flatMap((fault, at) => device.pass(reading(at + 1), fault))
    .map(({ payload }) => [Date.parse(payload.observedAt as string) / 1000, payload.readings.pm25!]);
}

describe('a fault', () => {
  test('none: every message once', () =>
    expect(pass(undefined, undefined)).toEqual([
      [1, 11],
      [2, 12],
    ]));
  test('late: held back, then all of them, and the newest', () =>
    expect(pass('late', 'late', undefined)).toEqual([
      [1, 11],
      [2, 12],
      [3, 13],
    ]));
  test('repeated: twice', () =>
    expect(pass('repeated')).toEqual([
      [1, 11],
      [1, 11],
    ]));
  test('frozen: new times, the first value', () =>
    expect(pass('frozen', 'frozen', undefined)).toEqual([
      [1, 11],
      [2, 11],
      [3, 13],
    ]));
  test('absurd: beyond every range', () => expect(pass('absurd')).toEqual([[1, 6_553_500]]));
  test('silent: nothing', () => expect(pass(undefined, 'silent', 'silent')).toEqual([[1, 11]]));
});

test('every fault comes to somebody in a day, and about two in a hundred have one', () => {
  const counts = new Map<Fault | undefined, number>();
  for (let device = 0; device < 200; device++) {
    for (let minute = 0; minute < 1440; minute += 1) {
      const fault = faultAt(7, `sim-${device}`, minute * 60_000, 600_000);
      counts.set(fault, (counts.get(fault) ?? 0) + 1);
    }
  }
  const healthy = counts.get(undefined)! / (200 * 1440);
  expect([...counts.keys()].sort()).toEqual(['absurd', 'frozen', 'late', 'repeated', 'silent', undefined]);
  expect(healthy).toBeGreaterThan(0.97);
  expect(healthy).toBeLessThan(0.995);
});

test('one or two cameras are offline at any time', () => {
  const ids = Array.from({ length: 51 }, (_, no) => `sim-camera-${no}`);
  for (let window = 0; window < 200; window++) {
    const offline = [...pictureFaultsAt(7, ids, window * 1_800_000).values()].filter(
      (fault) => fault === 'offline',
    );
    expect(offline.length).toBeGreaterThanOrEqual(1);
    expect(offline.length).toBeLessThanOrEqual(2);
  }
});
