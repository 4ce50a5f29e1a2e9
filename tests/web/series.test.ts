// Stored values: gaps that are not bridged, and the day of an air-quality station.
import { describe, expect, test } from 'vitest';
import { gapsOf, stationMean, usualStepMs, type Sample } from '../../web/src/live/series.ts';

const hour = 3_600_000;
const minute = 60_000;
const sample = (at: number, mean = 10, n = 1): Sample => ({ at, mean, min: mean, max: mean, n });

describe('gaps', () => {
  const everyMinute = (from: number, to: number): Sample[] =>
    Array.from({ length: (to - from) / minute }, (_, index) => sample(from + index * minute));

  test('none in a steady series', () => expect(gapsOf(everyMinute(0, hour), 0, hour, minute)).toEqual([]));
  test('between samples further apart than two and a half steps', () => {
    const samples = [...everyMinute(0, 10 * minute), ...everyMinute(20 * minute, 30 * minute)];
    expect(gapsOf(samples, 0, 30 * minute, minute)).toEqual([[9 * minute, 20 * minute]]);
  });
  test('before the first and after the last', () => {
    const samples = everyMinute(20 * minute, 30 * minute);
    expect(gapsOf(samples, 0, hour, minute)).toEqual([
      [0, 20 * minute],
      [29 * minute, hour],
    ]);
  });
  test('all of it without samples', () => expect(gapsOf([], 0, hour, minute)).toEqual([[0, hour]]));
  test('one late message is no gap', () => {
    expect(
      gapsOf([sample(0), sample(minute), sample(3 * minute), sample(4 * minute)], 0, 4 * minute, minute),
    ).toEqual([]);
  });
  test('the usual step is the median', () => {
    expect(usualStepMs([sample(0), sample(10), sample(20), sample(500)])).toBe(10);
    expect(usualStepMs([sample(0)])).toBeUndefined();
  });
});

describe('the day of a station', () => {
  const day = 24 * hour;
  const everyHour = (hours: number, mean = 15.5): Sample[] =>
    Array.from({ length: hours }, (_, index) => sample(day - (index + 0.5) * hour, mean));

  test('15.5 µg/m³ all day is index 50', () =>
    expect(stationMean(everyHour(24), day)).toMatchObject({ hours: 24, ispu: 50 }));
  test('18 hours are enough', () => expect(stationMean(everyHour(18), day).ispu).toBe(50));
  test('17 are not', () =>
    expect(stationMean(everyHour(17), day)).toMatchObject({ hours: 17, mean: undefined, ispu: undefined }));
  test('an hour counts once, however often it was measured', () => {
    const busy = Array.from({ length: 60 }, (_, index) => sample(day - 0.5 * hour + index, 135.5));
    const { mean } = stationMean([...everyHour(24).slice(1), ...busy], day);
    expect(mean).toBeCloseTo(15.5 + 120 / 24, 5);
  });
  test('buckets count by how many values they stand for', () => {
    const samples = [
      ...everyHour(24).slice(1),
      sample(day - 40 * minute, 0, 1),
      sample(day - 20 * minute, 20.666_666_7, 3),
    ];
    expect(stationMean(samples, day).mean).toBeCloseTo(15.5, 5);
  });
  test('what lies outside of the day is left out', () => {
    expect(stationMean([sample(-minute), sample(day + minute)], day).hours).toBe(0);
  });
});
