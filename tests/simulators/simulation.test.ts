// The simulated city without a broker: repeatable, on its streets, within what can be.
import { describe, expect, test } from 'vitest';
import { Compile } from 'typebox/compile';
import { parseAssetId, toAssetId } from '../../model/asset.ts';
import { isMetricId, metrics } from '../../model/metrics.ts';
import { CameraEvent, CameraStatus, SensorReading, VehiclePosition } from '../../model/native.ts';
import { routeOf } from '../../ingest/routes.ts';
import { simulatedAssets } from '../../simulators/assets.ts';
import type { Message } from '../../simulators/message.ts';
import { distanceM, type Point } from '../../simulators/streets/plane.ts';
import { city, idOf, run, simulationAt, tuesdayAt } from './city-of-tests.ts';

const isVehicle = (message: Message): message is Message<VehiclePosition> =>
  message.topic.endsWith('/position');
const isSensor = (message: Message): message is Message<SensorReading> => message.topic.endsWith('/reading');

describe('chance', () => {
  const minute = (seed: number): string => {
    const startMs = tuesdayAt('07:30');
    return JSON.stringify(run(simulationAt(startMs, seed), startMs, 60));
  };

  test('one seed gives one city, another seed another', () => {
    const first = minute(7);
    expect(minute(7)).toBe(first);
    expect(minute(8)).not.toBe(first);
  });

  test('the assets of a seed are the ones that publish', () => {
    const startMs = tuesdayAt('09:00');
    const assets = simulatedAssets(city, 7);
    const published = new Set(run(simulationAt(startMs), startMs, 40).map(idOf));
    const registered = new Set(assets.map((asset) => asset.sourceId));
    for (const id of published) expect(registered.has(id), id).toBe(true);
    // Those that do not publish are silent on purpose.
    expect(registered.size - published.size).toBeLessThan(15);
  });
});

describe('assets', () => {
  const assets = simulatedAssets(city);

  test('160 vehicles, 60 sensors, 51 cameras at 34 junctions', () => {
    const count = (kind: string): number => assets.filter((asset) => asset.kind === kind).length;
    expect([count('vehicle'), count('sensor'), count('camera')]).toEqual([160, 60, 51]);
    const places = assets
      .filter((asset) => asset.kind === 'camera')
      .map((asset) => asset.sourceId.replace(/-\d$/, ''));
    expect(new Set(places).size).toBe(34);
  });

  test('are simulated, named and placed', () => {
    const [west, south, east, north] = city.facts.bounds as [number, number, number, number];
    expect(new Set(assets.map((asset) => asset.name)).size).toBe(assets.length);
    for (const { kind, sourceId, simulated, lat, lon } of assets) {
      expect(parseAssetId(toAssetId(kind, sourceId))).toEqual({ kind, sourceId });
      expect(sourceId.startsWith('sim-') && simulated, sourceId).toBe(true);
      expect(lon! > west && lon! < east && lat! > south - 0.001 && lat! < north, sourceId).toBe(true);
    }
  });
});

describe('what is sent', () => {
  const startMs = tuesdayAt('16:50');
  const messages = run(simulationAt(startMs), startMs, 180);
  const schemas = {
    'city-vehicle': Compile(VehiclePosition),
    'city-sensor': Compile(SensorReading),
    'city-camera-status': Compile(CameraStatus),
    'city-camera-event': Compile(CameraEvent),
  };

  test('stands under sim/, with ids of simulators, in the native words', () => {
    const seen = new Set<string>();
    for (const message of messages) {
      const route = routeOf(message.topic);
      expect(route?.simulated && message.topic.startsWith('sim/') && idOf(message).startsWith('sim-')).toBe(
        true,
      );
      const feed = route!.feedId.replace('sim-', '') as keyof typeof schemas;
      seen.add(feed);
      if (message.fault !== 'absurd') expect(schemas[feed].Errors(message.payload)).toEqual([]);
    }
    expect([...seen].sort()).toEqual(Object.keys(schemas).sort());
  });

  test('is within the registry, except where it is absurd on purpose', () => {
    let values = 0;
    for (const { fault, payload } of messages.filter(isSensor)) {
      for (const [id, value] of Object.entries(payload.readings)) {
        expect(isMetricId(id), id).toBe(true);
        if (!isMetricId(id)) continue;
        const within = value >= metrics[id].min && value <= metrics[id].max;
        expect(within, `${id} ${value}`).toBe(fault !== 'absurd');
        values++;
      }
    }
    expect(values).toBeGreaterThan(1000);
  });

  test('is mostly healthy', () => {
    const faulty = messages.filter((message) => message.fault !== undefined).length;
    expect(faulty / messages.length).toBeLessThan(0.04);
  });
});

describe('vehicles', () => {
  test.each(['07:40', '18:45', '02:00'])('keep to the streets at %s', (clock) => {
    const startMs = tuesdayAt(clock);
    const simulation = simulationAt(startMs);
    const { graph } = simulation.world;
    const arms = [...graph.junctions.values()].flatMap((junction) => junction.arms);
    for (const message of run(simulation, startMs, 120).filter(isVehicle)) {
      const { lat, lon, speedMps = 0 } = message.payload;
      const place = graph.plane.toPoint([lon, lat]);
      const offM = Math.min(...arms.map((arm) => distanceToPath(arm.points, place)));
      expect(offM, `${idOf(message)} is off the street`).toBeLessThan(14);
      if (message.fault !== 'absurd') expect(speedMps, idOf(message)).toBeLessThan(17);
    }
  });

  test.each([
    ['12:00', 60, 126],
    ['02:00', 4, 12],
  ])('of the lines that drive at %s: %i to %i', (clock, least, most) => {
    const startMs = tuesdayAt(clock);
    const simulation = simulationAt(startMs);
    run(simulation, startMs, 60);
    const driving = simulation.world.vehicles.filter((each) => each.kind === 'angkot' && !each.trip.parked);
    expect(driving.length).toBeGreaterThanOrEqual(least);
    expect(driving.length).toBeLessThanOrEqual(most);
  });

  test('by day and by night, their places never stand still, but for faults', () => {
    for (const clock of ['13:00', '03:00']) {
      const startMs = tuesdayAt(clock);
      const places = new Map<string, Set<string>>();
      const faulty = new Set<string>();
      for (const message of run(simulationAt(startMs), startMs, 15).filter(isVehicle)) {
        const id = idOf(message);
        if (message.fault) faulty.add(id);
        places.set(id, (places.get(id) ?? new Set()).add(`${message.payload.lat} ${message.payload.lon}`));
      }
      expect(places.size).toBeGreaterThan(150);
      for (const [id, seen] of places) if (!faulty.has(id)) expect(seen.size, id).toBeGreaterThan(1);
    }
  });

  test('angkot bear their line and how full they are, others neither', () => {
    const startMs = tuesdayAt('08:00');
    for (const message of run(simulationAt(startMs), startMs, 4).filter(isVehicle)) {
      const line = /^sim-angkot-(\d\d)-\d\d$/.exec(idOf(message))?.[1];
      expect(message.payload.routeId).toBe(line);
      expect(message.payload.occupancy === undefined).toBe(line === undefined);
    }
  });

  test('a pause of the machine throws nobody off', () => {
    const startMs = tuesdayAt('10:00');
    const simulation = simulationAt(startMs);
    run(simulation, startMs, 10);
    const after = run(simulation, startMs + 3_600_000, 4).filter(isVehicle);
    expect(after.length).toBeGreaterThan(150);
    expect(after.length).toBeLessThan(700);
  });
});

function distanceToPath(points: Point[], place: Point): number {
  let nearest = Infinity;
  for (const [at, to] of points.slice(1).entries()) {
    const from = points[at]!;
    const length2 = (to.east - from.east) ** 2 + (to.north - from.north) ** 2;
    const along =
      ((place.east - from.east) * (to.east - from.east) +
        (place.north - from.north) * (to.north - from.north)) /
      length2;
    const share = Math.min(1, Math.max(0, along));
    const foot = {
      east: from.east + share * (to.east - from.east),
      north: from.north + share * (to.north - from.north),
    };
    nearest = Math.min(nearest, distanceM(foot, place));
  }
  return nearest;
}
