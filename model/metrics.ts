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
  pm1: { no: 8, unit: 'µg/m³', min: 0, max: 2000, digits: 1, id: 'PM1', en: 'PM1' },
  pm4: { no: 9, unit: 'µg/m³', min: 0, max: 4000, digits: 1, id: 'PM4', en: 'PM4' },
  rainAmount: { no: 16, unit: 'mm', min: 0, max: 2000, digits: 1, id: 'Jumlah hujan', en: 'Rainfall' },
  solarRadiation: {
    no: 17,
    unit: 'W/m²',
    min: 0,
    max: 2000,
    digits: 0,
    id: 'Radiasi surya',
    en: 'Solar radiation',
  },
  uvIndex: { no: 18, unit: '', min: 0, max: 25, digits: 1, id: 'Indeks UV', en: 'UV index' },
  snowDepth: { no: 19, unit: 'm', min: 0, max: 20, digits: 2, id: 'Tebal salju', en: 'Snow depth' },
  windGust: { no: 24, unit: 'm/s', min: 0, max: 120, digits: 1, id: 'Angin kencang', en: 'Wind gust' },
  visibility: { no: 25, unit: 'm', min: 0, max: 100000, digits: 0, id: 'Jarak pandang', en: 'Visibility' },
  dewPoint: { no: 26, unit: '°C', min: -80, max: 60, digits: 1, id: 'Titik embun', en: 'Dew point' },
  soilMoisture: {
    no: 27,
    unit: '%',
    min: 0,
    max: 100,
    digits: 0,
    id: 'Kelembapan tanah',
    en: 'Soil moisture',
  },
  soilTemperature: {
    no: 28,
    unit: '°C',
    min: -40,
    max: 80,
    digits: 1,
    id: 'Suhu tanah',
    en: 'Soil temperature',
  },
  waterTemperature: {
    no: 29,
    unit: '°C',
    min: -5,
    max: 100,
    digits: 1,
    id: 'Suhu air',
    en: 'Water temperature',
  },
  no: { no: 33, unit: 'µg/m³', min: 0, max: 6000, digits: 1, id: 'NO', en: 'NO' },
  nox: { no: 34, unit: 'µg/m³', min: 0, max: 10000, digits: 1, id: 'NOx', en: 'NOx' },
  h2s: { no: 35, unit: 'µg/m³', min: 0, max: 200000, digits: 1, id: 'H2S', en: 'H2S' },
  nh3: { no: 36, unit: 'µg/m³', min: 0, max: 200000, digits: 1, id: 'NH3', en: 'NH3' },
  tvoc: { no: 37, unit: 'ppb', min: 0, max: 65535, digits: 0, id: 'TVOC', en: 'TVOC' },
  hcho: { no: 38, unit: 'µg/m³', min: 0, max: 20000, digits: 0, id: 'Formaldehida', en: 'Formaldehyde' },
  conductivity: {
    no: 39,
    unit: 'µS/cm',
    min: 0,
    max: 200000,
    digits: 0,
    id: 'Daya hantar listrik',
    en: 'Conductivity',
  },
  roadOccupancy: {
    no: 43,
    unit: '%',
    min: 0,
    max: 100,
    digits: 0,
    id: 'Kepadatan lajur',
    en: 'Lane occupancy',
  },
  headway: { no: 44, unit: 's', min: 0, max: 3600, digits: 1, id: 'Jarak waktu', en: 'Headway' },
  /** 1 while something stands on the place, 0 while it is free. */
  parkingOccupied: {
    no: 45,
    unit: '',
    min: 0,
    max: 1,
    digits: 0,
    id: 'Parkir terisi',
    en: 'Parking occupied',
  },
  /** In the interval since the counter's last report. */
  peopleIn: { no: 46, unit: '', min: 0, max: 65535, digits: 0, id: 'Orang masuk', en: 'People in' },
  peopleOut: { no: 47, unit: '', min: 0, max: 65535, digits: 0, id: 'Orang keluar', en: 'People out' },
  voltage: { no: 52, unit: 'V', min: -1000000, max: 1000000, digits: 1, id: 'Tegangan', en: 'Voltage' },
  current: { no: 53, unit: 'A', min: -100000, max: 100000, digits: 2, id: 'Arus listrik', en: 'Current' },
  power: { no: 54, unit: 'kW', min: -1000000, max: 1000000, digits: 2, id: 'Daya', en: 'Power' },
  /** Meter reading since it was built in. */
  energy: { no: 55, unit: 'kWh', min: -1e10, max: 1e10, digits: 1, id: 'Energi', en: 'Energy' },
  frequency: { no: 56, unit: 'Hz', min: 0, max: 1000, digits: 2, id: 'Frekuensi', en: 'Frequency' },
  charge: { no: 57, unit: 'Ah', min: 0, max: 1e8, digits: 1, id: 'Muatan listrik', en: 'Electric charge' },
  turbidity: { no: 60, unit: 'NTU', min: 0, max: 10000, digits: 1, id: 'Kekeruhan', en: 'Turbidity' },
  ph: { no: 61, unit: '', min: 0, max: 14, digits: 1, id: 'pH', en: 'pH' },
  dissolvedOxygen: {
    no: 62,
    unit: 'mg/l',
    min: 0,
    max: 50,
    digits: 1,
    id: 'Oksigen terlarut',
    en: 'Dissolved oxygen',
  },
  /** Meter reading since it was built in. */
  waterVolume: { no: 63, unit: 'm³', min: 0, max: 1e9, digits: 1, id: 'Volume air', en: 'Water volume' },
  fillLevel: { no: 64, unit: '%', min: 0, max: 100, digits: 0, id: 'Tingkat isi', en: 'Fill level' },
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
