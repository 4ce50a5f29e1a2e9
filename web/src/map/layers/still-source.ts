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
  #sent = new Map<string, { key: string; still: Still }>();
  #pending = new Map<string, Feature<Point>>();
  #gone = new Set<string>();
  /** What is known and not drawn now, as it would be drawn. */
  #hidden = new Map<string, Still | undefined>();

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
    if (this.#hidden.has(id)) this.#hidden.set(id, still);
    else this.#draw(id, still);
  }

  /** Leaves something undrawn until it is shown again; what it looks like is kept up to date meanwhile. */
  setHidden(id: string, hidden: boolean): void {
    if (hidden === this.#hidden.has(id)) return;
    if (hidden) {
      this.#hidden.set(id, this.#sent.get(id)?.still);
      this.#erase(id);
      return;
    }
    const still = this.#hidden.get(id);
    this.#hidden.delete(id);
    if (still) this.#draw(id, still);
  }

  #draw(id: string, still: Still): void {
    const key = JSON.stringify(still);
    if (this.#sent.get(id)?.key === key) return;
    this.#sent.set(id, { key, still });
    this.#gone.delete(id);
    this.#pending.set(id, {
      type: 'Feature',
      properties: { ...still.look, id },
      geometry: { type: 'Point', coordinates: [still.lon, still.lat] },
    });
  }

  remove(id: string): void {
    if (this.#hidden.has(id)) this.#hidden.set(id, undefined);
    this.#erase(id);
  }

  #erase(id: string): void {
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
