// What devices and the networks' decoders commonly call things, and in which unit where they say none.
import type { MetricId } from '../../model/metrics.ts';
import type { Names } from './measurements.ts';

type Row = readonly [metric: MetricId, unit: string | undefined, names: string];

/**
 * In lower case; a `_1` at the end is taken off before. Dotted names are those of `normalized_payload` (The Things
 * Stack, "Normalized payload schema").
 */
const rows: readonly Row[] = [
  [
    'temperature',
    '°C',
    'temperature temp air_temperature airtemperature ambient_temperature tempc_sht ambient_temp air.temperature',
  ],
  [
    'humidity',
    '%',
    'humidity relative_humidity relativehumidity air_humidity hum rh hum_sht ambient_humidity air.relativehumidity',
  ],
  [
    'pressure',
    'hPa',
    'pressure barometric_pressure barometer air_pressure atmospheric_pressure atmosphericpressure air.pressure',
  ],
  [
    'illuminance',
    'lx',
    'illuminance luminosity light lux light_intensity lightintensity illumination air.lightintensity',
  ],
  ['pm1', undefined, 'pm1 pm1_0 pm1.0 pm1_0_mass_concentration'],
  ['pm25', undefined, 'pm25 pm2_5 pm2.5 pm2_5_mass_concentration'],
  ['pm4', undefined, 'pm4 pm4_0 pm4_mass_concentration'],
  ['pm10', undefined, 'pm10 pm10_0 pm10_mass_concentration'],
  ['co2', 'ppm', 'co2 co2_ppm co2_concentration air.co2'],
  ['tvoc', 'ppb', 'tvoc total_voc'],
  ['noise', 'dB', 'noise soundavg sound_avg laeq noise_laeq'],
  ['battery', 'V', 'battery_voltage batteryvoltage vbat vbatt batv bat_v battery vdd'],
  ['batteryLevel', '%', 'batterylevel battery_level battery_percent batterypercent'],
  ['windSpeed', 'm/s', 'wind_speed windspeed wind.speed'],
  ['windGust', 'm/s', 'maximum_wind_speed wind_gust windgust'],
  ['windDirection', '°', 'wind_direction winddirection wind.direction'],
  ['rain', 'mm/h', 'rain_rate rain_intensity rain.intensity'],
  ['rainAmount', 'mm', 'precipitation rainfall'],
  ['solarRadiation', 'W/m²', 'solar_radiation total_solar_radiation solarradiation'],
  ['uvIndex', undefined, 'uv_index uvindex'],
  ['soilMoisture', '%', 'soil_moisture soilmoisture water_soil volumetric_water_content soil.moisture'],
  ['soilTemperature', '°C', 'soil_temperature soiltemperature soil_temp temp_soil soil.temperature'],
  ['waterTemperature', '°C', 'water_temperature watertemperature water_temp water.temperature.current'],
  ['conductivity', 'µS/cm', 'electrical_conductivity conductivity ec conduct_soil'],
  ['conductivity', 'dS/m', 'soil.ec'],
  ['ph', undefined, 'ph soil.ph'],
  ['turbidity', 'NTU', 'turbidity turbidity_in_ntu'],
  ['waterPressure', 'bar', 'water_pressure waterpressure pressure_level'],
  ['dissolvedOxygen', 'mg/l', 'dissolved_oxygen oxygen_concentration'],
  ['riverLevel', 'm', 'water_level waterlevel water_depth'],
  // Sonars and lasers count millimetres.
  ['distance', 'mm', 'distance'],
  ['parkingOccupied', undefined, 'occupied parkingoccupied parking_occupied'],
  ['peopleIn', undefined, 'peoplein period_in'],
  ['peopleOut', undefined, 'peopleout period_out'],
  ['current', 'A', 'current'],
  ['power', 'W', 'power active_power activepowerl123'],
  ['energy', 'kWh', 'energy'],
  ['energy', 'Wh', 'activeenergyimportl123t1'],
  ['waterVolume', 'l', 'metering.water.total'],
  ['fillLevel', '%', 'fill_level filllevel'],
];

export const deviceNames: Names = new Map(
  rows.flatMap(([metric, unit, names]) => names.split(' ').map((name) => [name, { metric, unit }] as const)),
);
