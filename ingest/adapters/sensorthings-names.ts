// What SensorThings services commonly call the properties they observe; their units come with the datastream.
import type { MetricId } from '../../model/metrics.ts';
import type { Names } from './measurements.ts';

type Row = readonly [metric: MetricId, names: string];

/** In lower case; those of the CF conventions and of the European air quality vocabulary among them. */
const rows: readonly Row[] = [
  ['temperature', 'temperature air_temperature airtemperature'],
  ['waterTemperature', 'water_temperature watertemperature'],
  ['soilTemperature', 'soil_temperature soiltemperature'],
  ['humidity', 'humidity relative_humidity relativehumidity'],
  ['pressure', 'pressure air_pressure airpressure barometric_pressure atmospheric_pressure'],
  ['pm1', 'pm1 pm1.0'],
  ['pm25', 'pm25 pm2.5 pm2_5'],
  ['pm10', 'pm10'],
  ['no2', 'no2 nitrogen_dioxide'],
  ['no', 'no nitrogen_monoxide'],
  ['so2', 'so2 sulphur_dioxide sulfur_dioxide'],
  ['o3', 'o3 ozone'],
  ['co', 'co carbon_monoxide'],
  ['co2', 'co2 carbon_dioxide'],
  ['windSpeed', 'windspeed wind_speed'],
  ['windDirection', 'winddirection wind_direction wind_from_direction'],
  ['rainAmount', 'precipitation rainfall rainfall_amount'],
  ['rain', 'rain_rate rainfall_rate'],
  ['riverLevel', 'riverlevel water_level waterlevel river_level gauge_height stage'],
  ['waterFlow', 'waterflow discharge river_discharge'],
  ['conductivity', 'conductivity electrical_conductivity'],
  ['turbidity', 'turbidity'],
  ['ph', 'ph'],
  ['dissolvedOxygen', 'dissolved_oxygen dissolvedoxygen'],
  ['soilMoisture', 'soil_moisture soilmoisture'],
  ['solarRadiation', 'solar_radiation'],
  ['illuminance', 'illuminance'],
  ['noise', 'noise sound_level laeq'],
  ['battery', 'battery_voltage'],
];

export const sensorThingsNames: Names = new Map(
  rows.flatMap(([metric, names]) => names.split(' ').map((name) => [name, { metric }] as const)),
);
