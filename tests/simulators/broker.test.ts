// The simulator against a real broker: what arrives, the past, and a broker that goes away and comes back.
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { join } from 'node:path';
import { Aedes } from 'aedes';
import { afterEach, expect, test } from 'vitest';
import { startSimulator, type Simulator } from '../../simulators/main.ts';
import { eventually } from '../eventually.ts';
import { distFolder } from '../places.ts';
import { city } from './city-of-tests.ts';

interface Arrived {
  topic: string;
  payload: Record<string, unknown>;
  qos: number;
  retain: boolean;
}

interface Broker {
  port: number;
  arrived: Arrived[];
  stop(): Promise<void>;
}

async function startBroker(port = 0): Promise<Broker> {
  const aedes = await Aedes.createBroker();
  const arrived: Arrived[] = [];
  aedes.on('publish', ({ topic, payload, qos, retain }, client) => {
    if (client)
      arrived.push({ topic, payload: JSON.parse(String(payload)) as Arrived['payload'], qos, retain });
  });
  const server: Server = createServer((socket) => aedes.handle(socket)).listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    arrived,
    async stop() {
      server.close();
      await new Promise<void>((resolve) => {
        aedes.close(resolve);
      });
    },
  };
}

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function start(port: number, backfillHours = 0, log: string[] = []): Promise<Simulator> {
  const simulator = await startSimulator({
    city,
    mqttUrl: `mqtt://127.0.0.1:${port}`,
    seed: 7,
    encoderFile: join(distFolder, 'simulators/camera-encoder.js'),
    backfillHours,
    log: (message) => log.push(message),
  });
  stops.push(() => simulator.stop());
  return simulator;
}

async function newBroker(port = 0): Promise<Broker> {
  const broker = await startBroker(port);
  stops.push(() => broker.stop());
  return broker;
}

test('everything stands under sim/, positions at QoS 0, camera states retained at QoS 1', async () => {
  const broker = await newBroker();
  const { cameraAddress } = await start(broker.port);
  await eventually(() => {
    const kinds = new Set(broker.arrived.map(({ topic }) => topic.replace(/sim-[^/]+/, '+')));
    expect(kinds).toContain('sim/city/vehicle/+/position');
    expect(kinds).toContain('sim/city/sensor/+/reading');
    expect(kinds).toContain('sim/city/camera/+/status');
    expect(broker.arrived.length).toBeGreaterThan(300);
  });
  for (const { topic, qos, retain, payload } of broker.arrived) {
    expect(topic).toMatch(
      /^sim\/city\/(vehicle|sensor|camera)\/sim-[a-z0-9-]+\/(position|reading|status|event)$/,
    );
    if (topic.endsWith('/position')) expect([qos, retain]).toEqual([0, false]);
    if (topic.endsWith('/status')) {
      expect([qos, retain]).toEqual([1, true]);
      expect(payload.streamUrl).toBe(`${cameraAddress}/${topic.split('/')[3]}/index.m3u8`);
    }
  }
});

test('on request the sensors first tell of the hours before, with progress', async () => {
  const broker = await newBroker();
  const log: string[] = [];
  await start(broker.port, 1, log);
  await eventually(() => expect(log.at(-1)).toMatch(/past sent, 720 messages/));
  const readings = broker.arrived.filter(({ topic }) => topic.endsWith('/reading'));
  expect(
    new Set(readings.map(({ topic, payload }) => `${topic} ${String(payload.observedAt)}`)).size,
  ).toBeGreaterThanOrEqual(720);
  expect(readings.every(({ qos }) => qos === 1)).toBe(true);
  expect(log.some((line) => line.includes('50 %'))).toBe(true);
});

test('a broker that comes back gets all camera states again, and positions go on', async () => {
  const before = await startBroker();
  const log: string[] = [];
  await start(before.port, 0, log);
  await eventually(() => expect(before.arrived.length).toBeGreaterThan(100));
  await before.stop();
  await eventually(() => expect(log.join()).toMatch(/ECONNREFUSED/));
  const after = await newBroker(before.port);
  await eventually(() => {
    const states = after.arrived.filter(({ topic }) => topic.endsWith('/status'));
    expect(new Set(states.map(({ topic }) => topic)).size).toBe(51);
    expect(after.arrived.some(({ topic }) => topic.endsWith('/position'))).toBe(true);
  });
});

test('a start without a broker waits for it, and stops at once', async () => {
  const gone = await startBroker();
  await gone.stop();
  const simulator = await start(gone.port, 1);
  await simulator.stop();
});
