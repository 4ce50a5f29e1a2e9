// Every spelling of a unit that sources use, into the unit of the registry.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { metrics, type MetricId } from '../../model/metrics.ts';
import { toRegistryUnit } from '../../model/units.ts';

describe('units', () => {
  test.each<[metric: MetricId, value: number, unit: string, expected: number]>([
    ['temperature', 25, 'CEL', 25],
    ['temperature', 77, 'FAH', 25],
    ['temperature', 298.15, 'KEL', 25],
    ['temperature', 68, '°F', 20],
    ['temperature', 20, 'degree Celsius', 20],
    ['humidity', 0.54, 'C62', 54],
    ['humidity', 0.54, '1', 54],
    ['humidity', 54, 'P1', 54],
    ['humidity', 54, '%RH', 54],
    ['pressure', 101325, 'PAL', 1013.25],
    ['pressure', 101.325, 'KPA', 1013.25],
    ['pressure', 1013.25, 'HPA', 1013.25],
    ['pressure', 1013.25, 'A97', 1013.25],
    ['pressure', 1013.25, 'mbar', 1013.25],
    ['pressure', 29.92, 'inHg', 1013.2075888],
    ['waterPressure', 58, 'psi', 3.99895922994],
    ['waterPressure', 4, 'BAR', 4],
    ['waterPressure', 0.4, 'MPa', 4],
    ['windSpeed', 36, 'KMH', 10],
    ['windSpeed', 10, 'MTS', 10],
    ['windSpeed', 10, 'm⋅s⁻¹', 10],
    ['windSpeed', 10, 'knot', 5.14444444444],
    ['meanSpeed', 52.2, 'km/h', 14.5],
    ['distance', 2116, 'MMT', 2.116],
    ['distance', 30, 'cm', 0.3],
    ['riverLevel', 10, 'ft', 3.048],
    ['noise', 61, '2N', 61],
    ['noise', 61, 'dB', 61],
    ['co2', 420, '59', 420],
    ['co2', 420, 'ppm', 420],
    ['pm25', 0.012, 'GP', 12],
    ['pm25', 12, 'GQ', 12],
    ['pm25', 12, 'ug/m3', 12],
    ['pm25', 12, 'µg⋅m⁻³', 12],
    ['pm25', 12, 'μg/m³', 12],
    ['hcho', 0.04, 'mg/m³', 40],
    ['illuminance', 1.2, 'klx', 1200],
    ['illuminance', 1200, 'LUX', 1200],
    ['battery', 3426, 'mV', 3.426],
    ['battery', 3.4, 'VLT', 3.4],
    ['voltage', 0.23, 'kV', 230],
    ['current', 250, 'mA', 0.25],
    ['power', 1500, 'W', 1.5],
    ['energy', 1500, 'WHR', 1.5],
    ['energy', 3.6, 'MJ', 1],
    ['waterFlow', 36, 'm³/h', 10],
    ['waterFlow', 600, 'L/min', 10],
    ['waterFlow', 10, 'G51', 10],
    ['waterVolume', 1500, 'L', 1.5],
    ['rain', 2.4, 'mm/h', 2.4],
    ['rainAmount', 2.4, 'l/m²', 2.4],
    ['conductivity', 0.05, 'S/m', 500],
    ['conductivity', 1, 'dS/m', 1000],
    ['conductivity', 500, 'µS⋅cm⁻¹', 500],
    ['dissolvedOxygen', 8.1, 'mg⋅L⁻¹', 8.1],
    ['turbidity', 3, 'FNU', 3],
    ['solarRadiation', 700, 'W⋅m⁻²', 700],
    ['vehicleCount', 2, '/min', 120],
    ['windDirection', Math.PI, 'rad', 180],
    ['ph', 7.1, 'pH', 7.1],
    ['parkingOccupied', 1, 'C62', 1],
  ])('%s: %d %s is %d', (metric, value, unit, expected) => {
    expect(toRegistryUnit(metric, value, unit)).toBeCloseTo(expected, 8);
  });

  // 24.4654 litres a mole at 25 °C and 101.325 kPa.
  test.each<[metric: MetricId, value: number, unit: string, expected: number]>([
    ['no2', 1, 'ppb', 1.8804],
    ['o3', 1, 'ppb', 1.9618],
    ['so2', 1, 'ppb', 2.6186],
    ['co', 1, 'ppm', 1144.9],
    ['co', 0.5, 'GP', 500],
    ['h2s', 1, '61', 1.393],
    ['co2', 720, 'mg/m³', 400.26],
  ])('gas: %s %d %s is %d', (metric, value, unit, expected) => {
    const converted = toRegistryUnit(metric, value, unit)!;
    expect(Math.abs(converted / expected - 1)).toBeLessThan(0.0005);
  });

  test.each<[MetricId, string]>([
    ['temperature', 'hPa'],
    ['pm25', 'ppb'],
    ['pm25', 'furlong'],
    ['rain', 'mm'],
    ['ph', '%'],
    ['power', '__proto__'],
    ['power', ''],
  ])('%s in %j is not known', (metric, unit) => expect(toRegistryUnit(metric, 1, unit)).toBeUndefined());

  test('capitals tell milli from mega, and are forgiven elsewhere', () => {
    expect(toRegistryUnit('power', 1, 'mW')).toBe(1e-6);
    expect(toRegistryUnit('power', 1, 'MW')).toBe(1000);
    expect(toRegistryUnit('energy', 1, 'kwh')).toBe(1);
    expect(toRegistryUnit('pressure', 1000, 'hpa')).toBe(1000);
  });
  test('no metric number is used twice, and each knows its own unit', () => {
    const ids = Object.keys(metrics) as MetricId[];
    expect(new Set(ids.map((id) => metrics[id].no)).size).toBe(ids.length);
    for (const id of ids) expect(toRegistryUnit(id, 0.5, metrics[id].unit)).toBe(0.5);
  });
  test('never throws', () => {
    const ids = fc.constantFrom(...(Object.keys(metrics) as MetricId[]));
    const units = fc.oneof(fc.string(), fc.constantFrom('constructor', 'toString', '°', '⁻'));
    fc.assert(
      fc.property(ids, fc.double(), units, (metric, value, unit) => {
        const converted = toRegistryUnit(metric, value, unit);
        expect(converted === undefined || typeof converted === 'number').toBe(true);
      }),
    );
  });
});
