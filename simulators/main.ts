// Starts the simulated city: its messages to the broker, its cameras' pictures over HTTP.
import type { City } from '../model/city.ts';
import { startCameraServer } from './cameras/server.ts';
import { createPublisher, type Publisher } from './publisher.ts';
import { defaultSeed } from './random.ts';
import { createSimulation, createWorld, type Simulation } from './simulation.ts';

export interface SimulatorOptions {
  city: City;
  mqttUrl: string;
  username?: string;
  password?: string;
  seed?: number;
  /** The bundled `simulators/camera-encoder.ts`. */
  encoderFile: string;
  /** The sensors first tell of so many hours before, at steps of five minutes; 72 at most, for older is refused. */
  backfillHours?: number;
  log: (message: string) => void;
}

export interface Simulator {
  /** Where the cameras' pictures are: `{cameraAddress}/{camera id}/index.m3u8`. */
  cameraAddress: string;
  stop(): Promise<void>;
}

const tickMs = 100;
const longestBackfillHours = 71;

export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const { city, encoderFile, log, seed = defaultSeed } = options;
  const startMs = Date.now();
  const world = createWorld(city, seed, startMs);
  const cameras = await startCameraServer({ world, encoderFile, log });
  const simulation = createSimulation(world, startMs, cameras.address);
  const past = simulation.past(Math.min(longestBackfillHours, options.backfillHours ?? 0));
  const publisher = createPublisher({
    mqttUrl: options.mqttUrl,
    username: options.username,
    password: options.password,
    log,
    onConnect: () => {
      for (const message of simulation.cameraStatuses(Date.now())) publisher.send(message);
    },
  });
  const timer = setInterval(() => {
    const nowMs = Date.now();
    for (const message of simulation.tick(nowMs)) publisher.send(message);
    cameras.tick(nowMs);
  }, tickMs);
  const backfilled = deliverPast(publisher, past, log);

  return {
    cameraAddress: cameras.address,
    async stop() {
      clearInterval(timer);
      await Promise.all([publisher.close(), cameras.stop()]);
      await backfilled;
    },
  };
}

/** Enough under way to keep the line busy, few enough to leave room for what is new. */
const backfillWorkers = 40;

async function deliverPast(
  publisher: Publisher,
  past: ReturnType<Simulation['past']>,
  log: (message: string) => void,
): Promise<void> {
  if (past.length === 0) return;
  log(`simulator: sending the sensors' past, ${past.length} messages`);
  let taken = 0;
  let delivered = 0;
  const work = async (): Promise<void> => {
    for (let message = past[taken++]; message; message = past[taken++]) {
      if (!(await publisher.deliver(message))) return;
      delivered++;
      const tenth = Math.ceil(past.length / 10);
      if (delivered % tenth === 0) log(`simulator: past ${Math.round((delivered / past.length) * 100)} %`);
    }
  };
  await Promise.all(Array.from({ length: backfillWorkers }, work));
  if (delivered === past.length) log(`simulator: past sent, ${delivered} messages`);
}
