// How long a position takes to be seen live: from its publishing to the bus, or to a browser's socket.
import mqtt from 'mqtt';
import { io, type Socket } from 'socket.io-client';
import { busTopics, type Change, type ClientToServer, type ServerToClient } from '../../model/live.ts';
import type { FaultCity } from './fault-city.ts';

export interface LiveWatch {
  /** Of the delays so far, in ms; null when nothing was seen. */
  percentile(share: number): number | null;
  seen(): number;
  stop(): Promise<void>;
}

/** The vehicles of a fleet whose `observedAt` is when they were published. */
function listenFor(fleet: string): { hear: (changes: Change[]) => void } & Omit<LiveWatch, 'stop'> {
  const delays: number[] = [];
  return {
    hear: (changes) => {
      const now = Date.now();
      for (const { id, observedAt } of changes)
        if (id.startsWith(`vehicle:${fleet}`) && observedAt !== undefined)
          delays.push(now - Date.parse(observedAt));
    },
    seen: () => delays.length,
    percentile: (share) => delays.sort((a, b) => a - b)[Math.floor(delays.length * share)] ?? null,
  };
}

/** On the bus, which is closed to strangers in the embedded broker. */
export async function watchBus(
  access: { url: string; username?: string; password?: string },
  fleet: string,
): Promise<LiveWatch> {
  const { hear, ...watch } = listenFor(fleet);
  const client = await mqtt.connectAsync(access.url, access);
  client.on('error', () => undefined);
  client.on('message', (_topic, payload) => hear(JSON.parse(payload.toString()) as Change[]));
  await client.subscribeAsync(busTopics.changes('vehicle'));
  return { ...watch, stop: () => client.endAsync(true) };
}

/** At a browser's end, joined frames included. */
export async function watchSocket(city: FaultCity, fleet: string): Promise<LiveWatch> {
  const { hear, ...watch } = listenFor(fleet);
  const socket: Socket<ServerToClient, ClientToServer> = io(city.client.address, {
    transports: ['websocket'],
    extraHeaders: { cookie: await city.client.cookie() },
  });
  socket.on('changes', hear);
  await new Promise<void>((resolve) => socket.once('connect', resolve));
  await socket.emitWithAck('watch', { layers: ['vehicle'] });
  return { ...watch, stop: async () => void socket.close() };
}
