// The simulated city's assets, as they are registered: so that nothing of it appears as unconfirmed.
import type { AssetRegistration } from '../model/asset.ts';
import type { City } from '../model/city.ts';
import { cameraSites } from './cameras/sites.ts';
import { defaultSeed } from './random.ts';
import { sensorSites } from './sensors/sites.ts';
import { buildStreetGraph } from './streets/graph.ts';
import { createVehicles } from './vehicles/fixes.ts';
import { spotAt } from './streets/route.ts';

/** How often each kind is expected; the simulator itself is about twice as quick, so that one lost message is nothing. */
const expectedEverySeconds = { vehicle: 10, sensor: 60, camera: 60 };

/** Where vehicles stand at first matters little; noon has them spread over their lines. */
const registeredAtMs = Date.UTC(2026, 0, 1, 5);

/** Every vehicle, sensor and camera that the simulated city has with this seed. */
export function simulatedAssets(city: City, seed: number = defaultSeed): AssetRegistration[] {
  const graph = buildStreetGraph(city);
  const place = (point: { east: number; north: number }): { lat: number; lon: number } => {
    const [lon, lat] = graph.plane.toPosition(point);
    return { lat: Number(lat.toFixed(6)), lon: Number(lon.toFixed(6)) };
  };
  const vehicles = createVehicles(city, graph, seed, registeredAtMs).map(
    ({ id, name, trip }): AssetRegistration => ({
      kind: 'vehicle',
      sourceId: id,
      name,
      simulated: true,
      ...place(spotAt(trip.motion.route, trip.motion.atM).point),
      expectedEverySeconds: expectedEverySeconds.vehicle,
    }),
  );
  const still = (
    kind: 'sensor' | 'camera',
    sites: { id: string; name: string; point: { east: number; north: number } }[],
  ) =>
    sites.map(({ id, name, point }): AssetRegistration => ({
      kind,
      sourceId: id,
      name,
      simulated: true,
      ...place(point),
      expectedEverySeconds: expectedEverySeconds[kind],
    }));
  return [
    ...vehicles,
    ...still('sensor', sensorSites(city, graph)),
    ...still('camera', cameraSites(city, graph)),
  ];
}
