// The rows of the table of stops: filtered by what is typed, by name. Pure.
import type { StopCollection } from '../../../model/transit.ts';

type StopFeature = StopCollection['features'][number];

const collator = new Intl.Collator('id', { numeric: true });

export function searchStops(stops: readonly StopFeature[], text: string): StopFeature[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return stops
    .filter(({ properties: { stopId, name, code, lines } }) => {
      const said = `${stopId} ${name} ${code ?? ''} ${lines.join(' ')}`.toLowerCase();
      return words.every((word) => said.includes(word));
    })
    .sort((a, b) => collator.compare(a.properties.name, b.properties.name));
}
