// What the words of each Decentlab model mean (data sheets, "Payload definition", protocol version 2).
import type { Measured } from './decoder.ts';

/** Of one sensor of a model: how many 16-bit words it has, and what they say. */
export interface Sensor {
  words: number;
  read: (word: readonly number[], model: string) => Measured[];
}

const signed = (word: number | undefined, per: number): number => ((word ?? 0) - 32768) / per;
const plain = (word: number | undefined, per = 1): number => (word ?? 0) / per;
const rounded = (value: number): number => Math.round(value * 100) / 100;

const battery: Sensor = {
  words: 1,
  read: ([v]) => [{ name: 'battery_voltage', value: plain(v, 1000), unit: 'V' }],
};

/** Sensirion SHT21, and SHT35 by its own formula. */
const sht21: Sensor = {
  words: 2,
  read: ([t, rh]) => [
    { name: 'air_temperature', value: rounded((175.72 * plain(t)) / 65536 - 46.85), unit: '°C' },
    { name: 'air_humidity', value: rounded((125 * plain(rh)) / 65536 - 6), unit: '%' },
  ],
};
const sht35: Sensor = {
  words: 2,
  read: ([t, rh]) => [
    { name: 'air_temperature', value: rounded((175 * plain(t)) / 65535 - 45), unit: '°C' },
    { name: 'air_humidity', value: rounded((100 * plain(rh)) / 65535), unit: '%' },
  ],
};
const barometer: Sensor = {
  words: 1,
  read: ([p]) => [{ name: 'barometric_pressure', value: plain(p) * 2, unit: 'Pa' }],
};

const weather = (second: boolean): Sensor => ({
  words: 17,
  read: (w) => [
    { name: 'solar_radiation', value: signed(w[0], second ? 10 : 1), unit: 'W/m²' },
    { name: 'precipitation', value: second ? plain(w[1], 1000) : signed(w[1], 1000), unit: 'mm' },
    { name: 'lightning_strike_count', value: signed(w[2], 1) },
    { name: 'wind_speed', value: signed(w[4], 100), unit: 'm/s' },
    { name: 'wind_direction', value: signed(w[5], 10), unit: '°' },
    { name: 'maximum_wind_speed', value: signed(w[6], 100), unit: 'm/s' },
    { name: 'air_temperature', value: signed(w[7], 10), unit: '°C' },
    { name: 'barometric_pressure', value: signed(w[9], 100), unit: 'kPa' },
    { name: 'relative_humidity', value: signed(w[10], 10), unit: '%' },
  ],
});

const water: Sensor = {
  words: 4,
  read: ([depth, t, conductivity]) => [
    { name: 'water_depth', value: signed(depth, 1), unit: 'mm' },
    { name: 'water_temperature', value: signed(t, 10), unit: '°C' },
    { name: 'electrical_conductivity', value: plain(conductivity), unit: 'µS/cm' },
  ],
};

/** The channel with and the one without visible light give lux. */
const light: Sensor = {
  words: 2,
  read: ([both = 0, infrared = 0]) => [
    {
      name: 'illuminance',
      value: rounded(Math.max(both - 1.64 * infrared, 0.59 * both - 0.86 * infrared, 0) * 1.5504),
      unit: 'lx',
    },
  ],
};

const particles: Sensor = {
  words: 10,
  read: ([pm1, pm25, pm4, pm10]) => [
    { name: 'pm1_0_mass_concentration', value: plain(pm1, 10), unit: 'µg/m³' },
    { name: 'pm2_5_mass_concentration', value: plain(pm25, 10), unit: 'µg/m³' },
    { name: 'pm4_mass_concentration', value: plain(pm4, 10), unit: 'µg/m³' },
    { name: 'pm10_mass_concentration', value: plain(pm10, 10), unit: 'µg/m³' },
  ],
};

const co2 = (words: number): Sensor => ({
  words,
  read: ([ppm]) => [{ name: 'co2_concentration', value: signed(ppm, 1), unit: 'ppm' }],
});

const turbidity: Sensor = {
  words: 5,
  read: ([, t, ntu]) => [
    { name: 'water_temperature', value: signed(t, 100), unit: '°C' },
    { name: 'turbidity_in_ntu', value: plain(ntu, 10), unit: 'NTU' },
  ],
};

/** The range is the model's, in its name (`dl-pr26-0-1`, bar): without it the pressure cannot be told. */
const pressure: Sensor = {
  words: 2,
  read: ([p, t], model) => {
    const range = /pr26-(-?\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)$/.exec(model);
    const measured: Measured[] = [
      { name: 'temperature', value: rounded((plain(t) - 384) * 0.003125 - 50), unit: '°C' },
    ];
    if (range !== null && Number(range[1]) < Number(range[2])) {
      const [min, max] = [Number(range[1]), Number(range[2])];
      measured.push({
        name: 'pressure_level',
        value: ((plain(p) - 16384) / 32768) * (max - min) + min,
        unit: 'bar',
      });
    }
    return measured;
  },
};

/** The bucket's volume is the model's, in tenths of a millimetre: `dl-tbrg-01`, `dl-tbrg-02`. */
const rain: Sensor = {
  words: 4,
  read: ([tips, seconds], model) => {
    const tenths = /tbrg-0(\d)$/.exec(model)?.[1];
    if (tenths === undefined || Number(tenths) === 0) return [];
    const millimetres = (plain(tips) * Number(tenths)) / 10;
    const measured: Measured[] = [{ name: 'precipitation', value: millimetres, unit: 'mm' }];
    if (plain(seconds) > 0) {
      measured.push({
        name: 'rain_rate',
        value: rounded((millimetres * 3600) / plain(seconds)),
        unit: 'mm/h',
      });
    }
    return measured;
  },
};

const distance: Sensor = {
  words: 2,
  // No valid sample: the sonar saw nothing, and says 0.
  read: ([mm, samples]) => (samples === 0 ? [] : [{ name: 'distance', value: plain(mm), unit: 'mm' }]),
};

const activity: Sensor = { words: 1, read: ([n]) => [{ name: 'activity_counter', value: plain(n) }] };
const voc: Sensor = { words: 1, read: ([ppb]) => [{ name: 'total_voc', value: plain(ppb), unit: 'ppb' }] };

const barometerWithTemperature: Sensor = {
  words: 2,
  read: ([, p]) => barometer.read([p ?? 0], ''),
};

/** By model, each sensor at the place of its flag. */
export const decentlabModels: ReadonlyMap<string, readonly Sensor[]> = new Map([
  ['atm41g2', [weather(true), battery]],
  ['atm41', [weather(false), battery]],
  ['ctd10', [water, battery]],
  ['iam', [battery, sht35, barometer, light, co2(3), activity, voc]],
  ['lp8p', [sht21, barometerWithTemperature, co2(8), battery]],
  ['mbx', [distance, battery]],
  ['ntu', [turbidity, battery]],
  ['pm', [battery, particles, sht21, barometer]],
  ['pr26', [pressure, battery]],
  ['sht35', [sht35, battery]],
  ['tbrg', [rain, battery]],
]);

/** Models whose sensors no other model has in the same row: their form alone tells them. */
export const decentlabDistinct = ['iam', 'lp8p', 'pm'] as const;
