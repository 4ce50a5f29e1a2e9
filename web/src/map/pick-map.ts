// The small map of one place: our ground, a click that tells where.
import { LngLatBounds, Map as MapLibreMap, setWorkerUrl } from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import type { Basemap } from '../city/city.svelte.ts';
import { asPosition, type Geography } from '../city/geography.ts';
import { groundStyle } from './basemap.ts';
import { readPalette } from './palette.ts';

setWorkerUrl(workerUrl);

type LonLat = [lon: number, lat: number];

export interface PickMapOptions {
  geography: Geography;
  basemap: Basemap;
  place: LonLat | undefined;
  label: string;
}

export class PickMap {
  onclick: (place: LonLat) => void = () => undefined;
  onmove: () => void = () => undefined;
  #map: MapLibreMap;
  #options: PickMapOptions;

  /** @throws when the browser cannot draw it. */
  static async make(container: HTMLElement, options: PickMapOptions): Promise<PickMap> {
    const { geography, basemap, place, label } = options;
    const map = new MapLibreMap({
      container,
      style: await groundStyle(basemap, geography, readPalette()),
      center: place ?? asPosition(geography.map.facts.centre),
      zoom: place ? 14 : 12,
      minZoom: 8,
      maxZoom: 19,
      maxPitch: 0,
      pitchWithRotate: false,
      dragRotate: false,
      renderWorldCopies: false,
      fadeDuration: 0,
      localIdeographFontFamily: false,
      attributionControl: basemap.kind === 'city' ? false : { compact: true },
      locale: { 'Map.Title': label },
    });
    if (!place) {
      const [west, south, east, north] = geography.map.facts.bounds as [number, number, number, number];
      map.fitBounds(new LngLatBounds([west, south], [east, north]), { animate: false, padding: 8 });
    }
    await new Promise<void>((resolve) => map.once('style.load', () => resolve()));
    return new PickMap(map, options);
  }

  private constructor(map: MapLibreMap, options: PickMapOptions) {
    this.#map = map;
    this.#options = options;
    map.on('click', ({ lngLat }) => this.onclick([lngLat.lng, lngLat.lat]));
    map.on('move', () => this.onmove());
    map.getCanvas().addEventListener('keydown', (event) => {
      if (event.key !== 'Enter') return;
      event.preventDefault();
      event.stopPropagation();
      const { lng, lat } = map.getCenter();
      this.onclick([lng, lat]);
    });
  }

  /** Moves an element of the page to where the place is seen. */
  put(element: HTMLElement, place: LonLat): void {
    const { x, y } = this.#map.project(place);
    element.style.transform = `translate(${Math.round(x)}px, ${Math.round(y)}px)`;
  }

  /** Takes the colours anew from the tokens. */
  recolour(): void {
    const { basemap, geography } = this.#options;
    void groundStyle(basemap, geography, readPalette()).then((style) => this.#map.setStyle(style));
  }

  remove(): void {
    this.#map.remove();
  }
}
