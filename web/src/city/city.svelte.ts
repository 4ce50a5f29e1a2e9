// The city this page is of: read once from the server, the same for everyone.
import type { CityMap } from '../../../model/city.ts';
import { Geography } from './geography.ts';

export type Basemap = { kind: 'city' } | { kind: 'pmtiles'; url: string } | { kind: 'style'; url: string };

/** What the screens need before the city is known. */
const beforeKnown = { timeZone: 'Asia/Jakarta', timeZoneLabel: 'WIB' };

class City {
  geography = $state.raw<Geography | undefined>();
  basemap = $state.raw<Basemap>({ kind: 'city' });
  failed = $state(false);

  facts = $derived(this.geography?.map.facts);
  timeZone = $derived(this.facts?.timeZone ?? beforeKnown.timeZone);
  timeZoneLabel = $derived(this.facts?.timeZoneLabel ?? beforeKnown.timeZoneLabel);

  async load(): Promise<void> {
    try {
      const [map, basemap] = await Promise.all([readJson<CityMap>('/city.json'), readBasemap()]);
      this.basemap = basemap;
      this.geography = new Geography(map);
      this.failed = false;
    } catch {
      this.failed = true;
    }
  }
}

async function readJson<T>(path: string): Promise<T> {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  return (await response.json()) as T;
}

/** Without an answer the city's own map is drawn: it needs nothing further. */
async function readBasemap(): Promise<Basemap> {
  try {
    return await readJson<Basemap>('/basemap.json');
  } catch {
    return { kind: 'city' };
  }
}

export const city = new City();
