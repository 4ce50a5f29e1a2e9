// The cameras' own messages: their state every 30 s, retained, and now and then something they saw.
import type { CameraEvent, CameraStatus } from '../../model/native.ts';
import type { City } from '../../model/city.ts';
import { pictureFaultsAt } from '../faults.ts';
import { cameraEventTopic, cameraStatusTopic, isoTime, rounded, type Message } from '../message.ts';
import { createRandom, type Random } from '../random.ts';
import { trafficAt } from '../rhythm.ts';
import type { StreetGraph } from '../streets/graph.ts';
import type { CameraSite } from './sites.ts';

export interface CameraFeed {
  tick(nowMs: number): Message<CameraStatus | CameraEvent>[];
  /** The state of all of them at once: a broker that comes back may have forgotten what it retained. */
  statuses(nowMs: number): Message<CameraStatus>[];
}

const everyMs = 30_000;
const meanEventMinutes = 12;

export function createCameraFeed(
  city: City,
  graph: StreetGraph,
  sites: CameraSite[],
  cameraAddress: string,
  seed: number,
  startMs: number,
): CameraFeed {
  const ids = sites.map((site) => site.id);
  const random = createRandom(seed, 'camera events', startMs);
  const pauseMs = (): number => -Math.log(1 - random.unit()) * meanEventMinutes * 60_000;
  const clocks = sites.map((_, at) => ({
    statusMs: startMs + Math.floor((at * everyMs) / sites.length),
    eventMs: startMs + pauseMs(),
  }));

  const statusOf = (site: CameraSite, nowMs: number): Message<CameraStatus> => {
    const [lon, lat] = graph.plane.toPosition(site.point);
    return {
      topic: cameraStatusTopic(site.id),
      payload: {
        observedAt: isoTime(nowMs),
        state: pictureFaultsAt(seed, ids, nowMs).get(site.id) === 'offline' ? 'offline' : 'online',
        lat: rounded(lat, 6),
        lon: rounded(lon, 6),
        bearingDeg: site.bearingDeg,
        fieldOfViewDeg: site.fieldOfViewDeg,
        streamUrl: `${cameraAddress}/${site.id}/index.m3u8`,
      },
      qos: 1,
      retain: true,
    };
  };

  return {
    statuses: (nowMs) => sites.map((site) => statusOf(site, nowMs)),
    tick(nowMs) {
      const messages: Message<CameraStatus | CameraEvent>[] = [];
      for (const [at, site] of sites.entries()) {
        const clock = clocks[at]!;
        if (clock.statusMs <= nowMs) {
          clock.statusMs = Math.max(clock.statusMs + everyMs, nowMs - everyMs);
          messages.push(statusOf(site, nowMs));
        }
        if (clock.eventMs > nowMs) continue;
        clock.eventMs = nowMs + pauseMs();
        if (pictureFaultsAt(seed, ids, nowMs).has(site.id)) continue;
        messages.push(eventOf(site, trafficAt(city, nowMs), random, nowMs));
      }
      return messages;
    },
  };
}

function eventOf(site: CameraSite, traffic: number, random: Random, ms: number): Message<CameraEvent> {
  const seen = random.pick<Pick<CameraEvent, 'type' | 'label' | 'count'>>([
    { type: 'count', label: 'motorcycle', count: Math.round(random.between(8, 60) * traffic) },
    { type: 'count', label: 'car', count: Math.round(random.between(4, 30) * traffic) },
    { type: 'count', label: 'person', count: Math.round(random.between(0, 40) * traffic) },
    { type: 'queue', label: 'car', count: Math.round(random.between(2, 14) * traffic) },
    { type: 'stopped', label: random.pick(['car', 'truck', 'motorcycle']), count: 1 },
  ]);
  return {
    topic: cameraEventTopic(site.id),
    payload: {
      observedAt: isoTime(ms),
      eventId: `${site.id}-${ms}`,
      ...seen,
      score: rounded(random.between(0.62, 0.97), 2),
    },
    qos: 1,
    retain: false,
  };
}
