// The whole simulated city behind one door: ask it at a time what it sends. No clock and no network of its own.
import type { City } from '../model/city.ts';
import type { SensorReading, CameraStatus } from '../model/native.ts';
import { createCameraFeed } from './cameras/feed.ts';
import { cameraSites, type CameraSite } from './cameras/sites.ts';
import type { Message } from './message.ts';
import { createSensorFeed } from './sensors/feed.ts';
import { buildStreetGraph, type StreetGraph } from './streets/graph.ts';
import { createVehicleFeed } from './vehicles/feed.ts';
import { createVehicles, type SimulatedVehicle } from './vehicles/fixes.ts';
import { createWeather, type Weather } from './weather.ts';

export interface Simulation {
  /** What everything that is due by now sends. To be asked some ten times a second, with times that only rise. */
  tick(nowMs: number): Message[];
  /** The sensors' readings of the hours before the start; to be asked before the first tick. */
  past(hours: number): Message<SensorReading>[];
  cameraStatuses(nowMs: number): Message<CameraStatus>[];
  /** What the cameras look at. */
  world: World;
}

export interface World {
  city: City;
  seed: number;
  graph: StreetGraph;
  weather: Weather;
  vehicles: SimulatedVehicle[];
  cameras: CameraSite[];
}

export function createWorld(city: City, seed: number, startMs: number): World {
  const graph = buildStreetGraph(city);
  return {
    city,
    seed,
    graph,
    weather: createWeather(city, seed),
    vehicles: createVehicles(city, graph, seed, startMs),
    cameras: cameraSites(city, graph),
  };
}

export function createSimulation(world: World, startMs: number, cameraAddress: string): Simulation {
  const { city, seed, graph, weather, vehicles, cameras } = world;
  const vehicleFeed = createVehicleFeed(city, graph, vehicles, seed);
  const sensorFeed = createSensorFeed(city, graph, weather, seed, startMs);
  const cameraFeed = createCameraFeed(city, graph, cameras, cameraAddress, seed, startMs);
  return {
    world,
    tick: (nowMs) => [...vehicleFeed.tick(nowMs), ...sensorFeed.tick(nowMs), ...cameraFeed.tick(nowMs)],
    past: (hours) => sensorFeed.past(startMs - hours * 3_600_000, startMs),
    cameraStatuses: (nowMs) => cameraFeed.statuses(nowMs),
  };
}
