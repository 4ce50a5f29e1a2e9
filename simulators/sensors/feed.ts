// The sensors' readings as they are sent: each every 30 s, evenly spread, now and then at fault; and the past on request.
import type { City } from '../../model/city.ts';
import type { SensorReading } from '../../model/native.ts';
import { createFaultyDevice, faultAt, type FaultyDevice } from '../faults.ts';
import { isoTime, rounded, sensorTopic, type Message } from '../message.ts';
import type { StreetGraph } from '../streets/graph.ts';
import type { Weather } from '../weather.ts';
import { createSensor, type Sensor } from './readings.ts';
import { sensorSites } from './sites.ts';

export interface SensorFeed {
  tick(nowMs: number): Message<SensorReading>[];
  /** What the sensors measured from a time on, oldest first, without faults; to be asked before the first tick. */
  past(fromMs: number, toMs: number): Message<SensorReading>[];
}

const everyMs = 30_000;
const pastEveryMs = 5 * 60_000;
/** Longer than a vehicle's: only after ten minutes is a sensor silent. */
const faultWindowMs = 40 * 60_000;

interface Station {
  sensor: Sensor;
  device: FaultyDevice<SensorReading>;
  nextMs: number;
}

export function createSensorFeed(
  city: City,
  graph: StreetGraph,
  weather: Weather,
  seed: number,
  startMs: number,
): SensorFeed {
  const sites = sensorSites(city, graph);
  const stations = sites.map((site, at): Station => ({
    sensor: createSensor(city, site, weather, seed),
    device: createFaultyDevice<SensorReading>(),
    nextMs: startMs + Math.floor((at * everyMs) / sites.length),
  }));
  const messageOf = ({ sensor }: Station, ms: number): Message<SensorReading> => {
    const [lon, lat] = graph.plane.toPosition(sensor.site.point);
    const payload = {
      observedAt: isoTime(ms),
      lat: rounded(lat, 6),
      lon: rounded(lon, 6),
      readings: sensor.read(ms),
    };
    return { topic: sensorTopic(sensor.site.id), payload, qos: 1, retain: false };
  };
  return {
    tick(nowMs) {
      const messages: Message<SensorReading>[] = [];
      for (const station of stations) {
        if (station.nextMs > nowMs) continue;
        station.nextMs = Math.max(station.nextMs + everyMs, nowMs - everyMs);
        const fault = faultAt(seed, station.sensor.site.id, nowMs, faultWindowMs);
        messages.push(...station.device.pass(messageOf(station, nowMs), fault));
      }
      return messages;
    },
    past(fromMs, toMs) {
      const messages: Message<SensorReading>[] = [];
      const firstMs = Math.ceil(fromMs / pastEveryMs) * pastEveryMs;
      for (let ms = firstMs; ms < toMs; ms += pastEveryMs) {
        for (const station of stations) messages.push(messageOf(station, ms));
      }
      return messages;
    },
  };
}
