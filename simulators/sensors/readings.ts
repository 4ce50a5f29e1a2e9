// What the sensors measure: one rule a kind, from the hour, the traffic and the weather, with noise that remembers.
import type { City } from '../../model/city.ts';
import { metrics, type MetricId } from '../../model/metrics.ts';
import { localTimeAt, type LocalTime } from '../local-time.ts';
import { chanceOf, createRandom, createWander, type Wander } from '../random.ts';
import { atHour, trafficAt } from '../rhythm.ts';
import type { Weather } from '../weather.ts';
import type { SensorKind, SensorSite } from './sites.ts';

export type Readings = Partial<Record<MetricId, number>>;

export interface Sensor {
  site: SensorSite;
  /** The values at a time; times must not go back. */
  read(ms: number): Readings;
}

interface Conditions {
  city: City;
  site: SensorSite;
  /** The same for this sensor for ever, 0 to 1: how its place differs from others. */
  character: number;
  ms: number;
  local: LocalTime;
  traffic: number;
  rainMmH: number;
  wetness: number;
  weather: Weather;
  /** Noise of a metric, standard deviation 1. */
  noise(metric: MetricId): number;
}

export function createSensor(city: City, site: SensorSite, weather: Weather, seed: number): Sensor {
  const wanders = new Map<MetricId, Wander>();
  const character = chanceOf(seed, 'character', site.id);
  let beforeMs: number | undefined;
  return {
    site,
    read(ms) {
      const seconds = beforeMs === undefined ? 0 : (ms - beforeMs) / 1000;
      beforeMs = ms;
      const conditions: Conditions = {
        city,
        site,
        character,
        ms,
        local: localTimeAt(ms, city.facts.timeZone),
        traffic: trafficAt(city, ms),
        rainMmH: weather.rainAt(ms, site.point),
        wetness: weather.wetnessAt(ms, site.point),
        weather,
        noise(metric) {
          let wander = wanders.get(metric);
          if (!wander) {
            wander = createWander(createRandom(seed, site.id, metric), memorySeconds);
            wanders.set(metric, wander);
          }
          return wander.after(seconds);
        },
      };
      return withinRegistry(rules[site.kind](conditions));
    },
  };
}

/** Neighbouring readings resemble each other for about a quarter of an hour. */
const memorySeconds = 900;

const rules: Record<SensorKind, (conditions: Conditions) => Readings> = {
  air: readAir,
  river: readRiver,
  rain: readWeatherStation,
  noise: readNoise,
  water: readWater,
  traffic: readTraffic,
};

/** Instruments stop at their ends, and show one digit more than carries meaning. */
function withinRegistry(readings: Readings): Readings {
  for (const [id, value] of Object.entries(readings) as [MetricId, number][]) {
    const { min, max, digits } = metrics[id];
    readings[id] = Number(Math.min(max, Math.max(min, value)).toFixed(digits + 1));
  }
  return readings;
}

function readAir(conditions: Conditions): Readings {
  const { city, site, character, ms, local, traffic, wetness, weather, noise } = conditions;
  const { pm25MeanByJunctionUgM3, pm25MeanUgM3, hourly } = city.rhythms;
  const mean = pm25MeanByJunctionUgM3[site.junction ?? ''] ?? pm25MeanUgM3 * (0.8 + 0.4 * character);
  const sun = Math.max(0, Math.sin(((local.hour - 6) / 12) * Math.PI));
  const pm25 =
    mean *
    atHour(hourly.pm25Factor, local.hour) *
    weather.hazeAt(ms) *
    (1 - 0.55 * wetness) *
    (0.85 + 0.3 * traffic) *
    Math.exp(0.18 * noise('pm25'));
  return {
    pm25,
    pm10: pm25 * 1.5 + 9 * traffic * (1 - wetness) + 2 * Math.exp(0.3 * noise('pm10')),
    no2: 9 + 26 * traffic * (0.6 + 0.8 * character) + 2 * noise('no2'),
    co: 320 + 900 * traffic * (0.6 + 0.8 * character) + 40 * noise('co'),
    o3: 22 + 58 * sun * (1 - 0.5 * wetness) + 4 * noise('o3'),
    so2: 6 + 5 * character + noise('so2'),
    ...temperatureAndHumidity(conditions),
  };
}

function temperatureAndHumidity({ city, local, character, wetness, noise }: Conditions): Readings {
  const { hourly, monthly } = city.rhythms;
  const yearMean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const monthC = (monthly.maxC[local.month]! + monthly.minC[local.month]!) / 2;
  const shiftC = monthC - (yearMean(monthly.maxC) + yearMean(monthly.minC)) / 2;
  const dayShare = Math.max(0, Math.sin(((local.hour - 6) / 12) * Math.PI));
  const cooledC = wetness * (0.8 + 3.2 * dayShare);
  const temperature =
    atHour(hourly.temperatureC, local.hour) +
    shiftC -
    cooledC +
    (character - 0.5) * 1.2 +
    0.3 * noise('temperature');
  const humidity = atHour(hourly.humidityPct, local.hour) + 3.4 * cooledC + 1.2 * noise('humidity');
  return { temperature, humidity: Math.min(99.5, humidity) };
}

function readRiver({ ms, character, weather, noise }: Conditions): Readings {
  const delayMs = (0.4 + 1.2 * character) * 3_600_000;
  const rise = weather.riverRiseAt(ms, delayMs) * (0.7 + 0.6 * character);
  return {
    riverLevel: 0.55 + 0.5 * character + rise + 0.012 * noise('riverLevel'),
    battery: 3.75 + 0.2 * character + 0.02 * noise('battery'),
  };
}

function readWeatherStation(conditions: Conditions): Readings {
  const { local, character, rainMmH, noise } = conditions;
  // Air pressure has its two tides a day here; the city lies at about 400 m.
  const tide = 1.4 * Math.cos(((local.hour - 10) / 12) * 2 * Math.PI);
  const breeze = 0.6 + 1.6 * Math.max(0, Math.sin(((local.hour - 8) / 12) * Math.PI));
  return {
    rain: rainMmH > 0.05 ? rainMmH * Math.exp(0.25 * noise('rain')) : 0,
    ...temperatureAndHumidity(conditions),
    pressure: 965 + 4 * character + tide + 0.4 * noise('pressure'),
    windSpeed: Math.max(0, breeze + Math.min(6, rainMmH * 0.25) + 0.4 * noise('windSpeed')),
    windDirection: (((60 + 120 * character + 25 * noise('windDirection')) % 360) + 360) % 360,
    battery: 3.8 + 0.2 * character + 0.02 * noise('battery'),
  };
}

function readNoise({ traffic, rainMmH, character, noise }: Conditions): Readings {
  const rain = 3 * Math.min(1, rainMmH / 10);
  return { noise: 47 + 4 * character + 22 * Math.sqrt(traffic) + rain + 1.3 * noise('noise') };
}

function readWater({ city, site, local, character, noise }: Conditions): Readings {
  const demand = atHour(city.rhythms.hourly.waterDemandFactor, local.hour);
  const weak = city.facts.places.weakWaterSubdistricts.includes(site.subdistrict ?? '');
  const stillBar = weak ? 1.1 + 0.3 * character : 2.6 + 1.2 * character;
  return {
    waterPressure: stillBar - (weak ? 0.38 : 0.5) * demand + 0.04 * noise('waterPressure'),
    waterFlow: (8 + 14 * character) * demand * Math.exp(0.06 * noise('waterFlow')),
  };
}

function readTraffic({ city, site, traffic, wetness, character, noise }: Conditions): Readings {
  const jams = city.facts.places.congestedJunctions.includes(site.junction ?? '');
  const load = Math.min(1, traffic * (1 + 0.15 * wetness));
  return {
    vehicleCount: (1500 + 1400 * character) * load * Math.exp(0.07 * noise('vehicleCount')),
    meanSpeed: 9.2 - (jams ? 6.2 : 4.2) * load + 0.4 * noise('meanSpeed'),
    queueLength: Math.max(0, (jams ? 130 : 60) * load ** 2 * Math.exp(0.2 * noise('queueLength')) - 4),
  };
}
