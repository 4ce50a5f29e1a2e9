// The one registry of what sensors measure: ids, units, plausible ranges, names in both languages.

/** A measured quantity. `min` and `max` are the physical limits outside which a value is a fault, in `unit`. */
export interface Metric {
  /** Stable number stored in `reading.metric_no`; never reused. */
  no: number;
  unit: string;
  min: number;
  max: number;
  /** Digits after the decimal mark that carry meaning. */
  digits: number;
  id: string;
  en: string;
}

export const metrics = {
  pm25: { no: 1, unit: 'µg/m³', min: 0, max: 2000, digits: 1, id: 'PM2.5', en: 'PM2.5' },
  pm10: { no: 2, unit: 'µg/m³', min: 0, max: 4000, digits: 1, id: 'PM10', en: 'PM10' },
  so2: { no: 3, unit: 'µg/m³', min: 0, max: 5000, digits: 1, id: 'SO2', en: 'SO2' },
  co: { no: 4, unit: 'µg/m³', min: 0, max: 200000, digits: 0, id: 'CO', en: 'CO' },
  o3: { no: 5, unit: 'µg/m³', min: 0, max: 3000, digits: 1, id: 'O3', en: 'O3' },
  no2: { no: 6, unit: 'µg/m³', min: 0, max: 6000, digits: 1, id: 'NO2', en: 'NO2' },
  hc: { no: 7, unit: 'µg/m³', min: 0, max: 6000, digits: 0, id: 'HC', en: 'HC' },
  temperature: { no: 10, unit: '°C', min: -60, max: 85, digits: 1, id: 'Suhu', en: 'Temperature' },
  humidity: { no: 11, unit: '%', min: 0, max: 100, digits: 0, id: 'Kelembapan', en: 'Humidity' },
  pressure: { no: 12, unit: 'hPa', min: 300, max: 1100, digits: 1, id: 'Tekanan udara', en: 'Air pressure' },
  windSpeed: { no: 13, unit: 'm/s', min: 0, max: 100, digits: 1, id: 'Kecepatan angin', en: 'Wind speed' },
  windDirection: { no: 14, unit: '°', min: 0, max: 360, digits: 0, id: 'Arah angin', en: 'Wind direction' },
  rain: { no: 15, unit: 'mm/h', min: 0, max: 500, digits: 1, id: 'Curah hujan', en: 'Rain' },
  riverLevel: { no: 20, unit: 'm', min: -5, max: 50, digits: 2, id: 'Muka air', en: 'River level' },
  waterPressure: { no: 21, unit: 'bar', min: 0, max: 40, digits: 2, id: 'Tekanan air', en: 'Water pressure' },
  waterFlow: { no: 22, unit: 'l/s', min: 0, max: 100000, digits: 1, id: 'Debit air', en: 'Water flow' },
  distance: { no: 23, unit: 'm', min: 0, max: 100, digits: 2, id: 'Jarak', en: 'Distance' },
  noise: { no: 30, unit: 'dB(A)', min: 0, max: 160, digits: 0, id: 'Kebisingan', en: 'Noise' },
  co2: { no: 31, unit: 'ppm', min: 0, max: 100000, digits: 0, id: 'CO2', en: 'CO2' },
  illuminance: { no: 32, unit: 'lx', min: 0, max: 250000, digits: 0, id: 'Terang', en: 'Illuminance' },
  vehicleCount: {
    no: 40,
    unit: '/h',
    min: 0,
    max: 20000,
    digits: 0,
    id: 'Arus kendaraan',
    en: 'Vehicle flow',
  },
  queueLength: { no: 41, unit: 'm', min: 0, max: 5000, digits: 0, id: 'Antrean', en: 'Queue length' },
  meanSpeed: { no: 42, unit: 'm/s', min: 0, max: 70, digits: 1, id: 'Kecepatan rata-rata', en: 'Mean speed' },
  battery: { no: 50, unit: 'V', min: 0, max: 100, digits: 2, id: 'Baterai', en: 'Battery' },
  batteryLevel: { no: 51, unit: '%', min: 0, max: 100, digits: 0, id: 'Isi baterai', en: 'Battery level' },
} as const satisfies Record<string, Metric>;

export type MetricId = keyof typeof metrics;

/** What a vehicle's own track can be charted by; read from `vehicle_position`, so they have no number. */
export const vehicleMetrics = {
  speed: { unit: 'm/s', digits: 1, id: 'Kecepatan', en: 'Speed' },
  occupancy: { unit: '%', digits: 0, id: 'Isi', en: 'Occupancy' },
} as const;

export type VehicleMetricId = keyof typeof vehicleMetrics;

const byNo = new Map<number, MetricId>();
for (const id of Object.keys(metrics) as MetricId[]) byNo.set(metrics[id].no, id);

/** True for a name in the registry; own keys only, so that `__proto__` and `constructor` are not metrics. */
export const isMetricId = (id: string): id is MetricId => Object.hasOwn(metrics, id);

export const isVehicleMetricId = (id: string): id is VehicleMetricId => Object.hasOwn(vehicleMetrics, id);

/** The metric stored under a number; undefined when a newer version wrote it. */
export const metricIdOf = (no: number): MetricId | undefined => byNo.get(no);
