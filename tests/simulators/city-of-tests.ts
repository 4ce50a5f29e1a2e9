// The simulated city as tests need it: at an hour of their choice, without a clock or a network.
import { readCity } from '../../cities/read-city.ts';
import type { Message } from '../../simulators/message.ts';
import { createSimulation, createWorld, type Simulation } from '../../simulators/simulation.ts';
import { citiesFolder } from '../places.ts';

export const city = await readCity('pematangsiantar', citiesFolder);

/** A Tuesday, by the clocks of the city. */
export const tuesdayAt = (clock: string): number => Date.parse(`2026-11-24T${clock}:00+07:00`);

export function simulationAt(startMs: number, seed = 7): Simulation {
  return createSimulation(createWorld(city, seed, startMs), startMs, 'http://127.0.0.1:9');
}

/** Everything that is sent in so many seconds. */
export function run(simulation: Simulation, startMs: number, seconds: number): Message[] {
  const messages: Message[] = [];
  for (let ms = startMs; ms < startMs + seconds * 1000; ms += 100) messages.push(...simulation.tick(ms));
  return messages;
}

/** `sim-angkot-03-07` of `sim/city/vehicle/sim-angkot-03-07/position`. */
export const idOf = (message: Message): string => message.topic.split('/')[3]!;
