// Rain and what follows from it: rivers rise later, dust is washed out; and the past fits the present.
import { describe, expect, test } from 'vitest';
import type { SensorReading } from '../../model/native.ts';
import type { Message } from '../../simulators/message.ts';
import { createWeather } from '../../simulators/weather.ts';
import { city, idOf, simulationAt, tuesdayAt } from './city-of-tests.ts';

const hourMs = 3_600_000;
const centre = { east: 0, north: 0 };

describe('weather', () => {
  const weather = createWeather(city, 7);
  const hours = Array.from({ length: 24 * 365 }, (_, hour) => tuesdayAt('00:30') + hour * hourMs);
  const rain = hours.map((ms) => weather.rainAt(ms, centre));

  test('a year is about as wet as the city is', () => {
    const yearMm = rain.reduce((sum, mmH) => sum + mmH, 0);
    expect(yearMm).toBeGreaterThan(1000);
    expect(yearMm).toBeLessThan(4500);
  });

  test('it rains in the afternoon rather than in the morning', () => {
    const between = (from: number, to: number): number =>
      rain.filter((_, hour) => hour % 24 >= from && hour % 24 < to).reduce((sum, mmH) => sum + mmH, 0);
    expect(between(13, 19)).toBeGreaterThan(2 * between(5, 11));
  });

  test('the river is highest after the rain, not with it', () => {
    const wettest = hours[rain.indexOf(Math.max(...rain))]!;
    const rise = (afterHours: number): number =>
      weather.riverRiseAt(wettest + afterHours * hourMs, hourMs / 2);
    expect(rise(3)).toBeGreaterThan(rise(0));
    expect(rise(3)).toBeGreaterThan(rise(20));
    expect(rise(3)).toBeGreaterThan(0.1);
  });
});

describe('the past', () => {
  const startMs = tuesdayAt('20:00');
  const past = simulationAt(startMs).past(24);
  const values = (id: string, metric: string): number[] =>
    past.filter((message) => idOf(message) === id).map((message) => message.payload.readings[metric]!);

  test('is all sensors at steps of five minutes, oldest first, acknowledged', () => {
    const times = past.map((message) => Date.parse(message.payload.observedAt as string));
    expect(past.length).toBe(60 * 24 * 12);
    expect(times).toEqual([...times].sort((one, other) => one - other));
    expect(times[0]).toBe(startMs - 24 * hourMs);
    expect(times.at(-1)).toBe(startMs - 5 * 60_000);
    expect(past.every((message: Message<SensorReading>) => message.qos === 1)).toBe(true);
  });

  test('follows the rhythms of the day', () => {
    const temperature = values('sim-air-hrs', 'temperature');
    // From 20:00 on, twelve an hour.
    const at = (clock: number): number => temperature[((clock + 4) % 24) * 12]!;
    expect(at(14)).toBeGreaterThan(at(5) + 3);
    const noise = values('sim-noise-hrs', 'noise');
    expect(noise[13 * 12]!).toBeGreaterThan(noise[6 * 12]! + 6);
  });

  test('remembers: neighbouring values resemble each other', () => {
    const pressure = values('sim-water-1', 'waterPressure');
    const steps = pressure.slice(1).map((value, at) => Math.abs(value - pressure[at]!));
    expect(Math.max(...steps)).toBeLessThan(0.5);
    expect(new Set(pressure).size).toBeGreaterThan(100);
  });
});
