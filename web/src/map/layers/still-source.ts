// A GeoJSON source for things that stand still: sends only what looks different, at most once a second.
import type { GeoJSONSource, Map as MapLibreMap } from 'maplibre-gl';
import type { Feature, Point } from 'geojson';

export interface Still {
  lon: number;
  lat: number;
  /** What the style reads; equal ones are not sent again. */
  look: Record<string, string | number | undefined>;
}

export class StillSource {
  readonly id: string;
  #sent = new Map<string, string>();
  #pending = new Map<string, Feature<Point>>();
  #gone = new Set<string>();

  constructor(id: string) {
    this.id = id;
  }

  addTo(map: MapLibreMap): void {
    map.addSource(this.id, {
      type: 'geojson',
      promoteId: 'id',
      data: { type: 'FeatureCollection', features: [] },
    });
  }

  put(id: string, still: Still): void {
    const key = JSON.stringify(still);
    if (this.#sent.get(id) === key) return;
    this.#sent.set(id, key);
    this.#gone.delete(id);
    this.#pending.set(id, {
      type: 'Feature',
      properties: { ...still.look, id },
      geometry: { type: 'Point', coordinates: [still.lon, still.lat] },
    });
  }

  remove(id: string): void {
    if (!this.#sent.delete(id)) return;
    this.#pending.delete(id);
    this.#gone.add(id);
  }

  ids(): IterableIterator<string> {
    return this.#sent.keys();
  }

  flush(map: MapLibreMap): void {
    if (this.#pending.size === 0 && this.#gone.size === 0) return;
    const source = map.getSource<GeoJSONSource>(this.id);
    if (source === undefined) return;
    void source.updateData({ add: [...this.#pending.values()], remove: [...this.#gone] });
    this.#pending.clear();
    this.#gone.clear();
  }
}
