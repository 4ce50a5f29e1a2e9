// The attributes of the Smart Data Models that a city measures, with the units that the models give them.
import type { Names } from './measurements.ts';

/** By lower case. Concentrations without a `unitCode` are µg/m³ (AirQualityObserved), speeds of traffic km/h. */
export const ngsiNames: Names = new Map([
  ['relativehumidity', { metric: 'humidity', unit: '1' }],
  ['atmosphericpressure', { metric: 'pressure', unit: 'hPa' }],
  ['solarradiation', { metric: 'solarRadiation', unit: 'W/m²' }],
  ['precipitation', { metric: 'rainAmount', unit: 'mm' }],
  ['uvindexmax', { metric: 'uvIndex' }],
  ['snowheight', { metric: 'snowDepth', unit: 'cm' }],
  ['gustspeed', { metric: 'windGust', unit: 'm/s' }],
  ['averagevehiclespeed', { metric: 'meanSpeed', unit: 'km/h' }],
  ['averageheadwaytime', { metric: 'headway', unit: 's' }],
  ['occupancy', { metric: 'roadOccupancy', unit: '1' }],
  ['pm1', { metric: 'pm1', unit: 'µg/m³' }],
  ['pm2.5', { metric: 'pm25', unit: 'µg/m³' }],
  ['pm2_5', { metric: 'pm25', unit: 'µg/m³' }],
  ['pm25', { metric: 'pm25', unit: 'µg/m³' }],
  ['pm4', { metric: 'pm4', unit: 'µg/m³' }],
  ['pm10', { metric: 'pm10', unit: 'µg/m³' }],
  ['do', { metric: 'dissolvedOxygen', unit: 'mg/l' }],
  ['o2', { metric: 'dissolvedOxygen', unit: 'mg/l' }],
  ['ph', { metric: 'ph' }],
  ['conductivity', { metric: 'conductivity', unit: 'S/m' }],
  ['conductance', { metric: 'conductivity', unit: 'S/m' }],
  ['turbidity', { metric: 'turbidity', unit: 'NTU' }],
  ['la_eq', { metric: 'noise', unit: 'dB' }],
  ['laeq', { metric: 'noise', unit: 'dB' }],
]);

/** Of what is measured in water. */
export const ngsiWaterNames: Names = new Map([
  ...ngsiNames,
  ['temperature', { metric: 'waterTemperature', unit: '°C' }],
]);
