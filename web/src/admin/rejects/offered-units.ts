// The units a source may send a metric in, as they are usually written; whatever else the registry knows can be typed. Pure.
import { metrics, type MetricId } from '../../../../model/metrics.ts';
import { toRegistryUnit } from '../../../../model/units.ts';

const usual = [
  '°C', '°F', 'K', '%', '1', 'ppm', 'ppb', 'Pa', 'hPa', 'kPa', 'MPa', 'bar', 'psi', 'mmHg', 'mH2O', 'm/s', 'km/h',
  'knot', 'm', 'cm', 'mm', 'km', 'mm/h', 'mm/min', 'mm/d', 'l/s', 'l/min', 'l/h', 'm3/h', 'm3/s', 'dB(A)', 'µg/m³',
  'mg/m³', 'ng/m³', 'lx', 'klx', 'W/m²', '/h', '/min', '/s', '°', 'rad', 'V', 'mV', 'A', 'mA', 'W', 'kW', 'MW', 'kWh',
  'Wh', 'µS/cm', 'mS/cm', 'NTU', 'm3', 'l', 'mg/l', 's', 'min', 'h', 'pH', 'Hz',
]; // prettier-ignore

/** The registry's own unit first. */
export function offeredUnits(metric: MetricId): string[] {
  const own = metrics[metric].unit;
  const others = usual.filter((unit) => unit !== own && toRegistryUnit(metric, 1, unit) !== undefined);
  return own === '' ? others : [own, ...others];
}

/** True for an empty unit, which leaves it to the format. */
export const isUnitOf = (metric: MetricId, unit: string): boolean =>
  unit.trim() === '' || toRegistryUnit(metric, 1, unit.trim()) !== undefined;
