// Which vehicles the simulated city has: the angkot of every line, and the city's own.
import type { City } from '../../model/city.ts';

export type VehicleKind = 'angkot' | 'fire' | 'ambulance' | 'police' | 'waste' | 'bus';

export interface FleetVehicle {
  id: string;
  name: string;
  kind: VehicleKind;
  /** As seen by a camera. */
  colour: string;
  /** Of an angkot: its line, its number on it from 0, and how many share the line. */
  line?: { id: string; no: number; of: number };
}

interface CityVehicles {
  kind: VehicleKind;
  name: string;
  count: number;
  colour: string;
}

const cityVehicles: CityVehicles[] = [
  { kind: 'fire', name: 'Damkar', count: 5, colour: '#c8201c' },
  { kind: 'ambulance', name: 'Ambulans', count: 6, colour: '#f0f0ea' },
  { kind: 'police', name: 'Patroli', count: 8, colour: '#5b6770' },
  { kind: 'waste', name: 'Truk sampah', count: 8, colour: '#d8a31a' },
  { kind: 'bus', name: 'Bus antarkota', count: 7, colour: '#2c6fb3' },
];

const twoDigits = (no: number): string => String(no).padStart(2, '0');

export function simulatedFleet(city: City): FleetVehicle[] {
  const angkot = city.lines.lines.flatMap((line) =>
    Array.from({ length: line.vehicles }, (_, no): FleetVehicle => ({
      id: `sim-angkot-${line.id}-${twoDigits(no + 1)}`,
      name: `Angkot ${line.id} · ${twoDigits(no + 1)}`,
      kind: 'angkot',
      colour: line.colour,
      line: { id: line.id, no, of: line.vehicles },
    })),
  );
  const others = cityVehicles.flatMap(({ kind, name, count, colour }) =>
    Array.from({ length: count }, (_, no): FleetVehicle => ({
      id: `sim-${kind}-${no + 1}`,
      name: `${name} ${no + 1}`,
      kind,
      colour,
    })),
  );
  return [...angkot, ...others];
}
