// What is drawn by hand over the map: an area, a path being drawn, a measured path with its metres.
import type { Feature, FeatureCollection } from 'geojson';
import type { GeoJSONSource, LayerSpecification, Map as MapLibreMap } from 'maplibre-gl';
import { language } from '../../words/language.svelte.ts';
import { lengthWords } from '../../words/say.ts';
import { distancesAlong, ringOf, type Area, type Position } from '../area.ts';
import type { Palette } from '../palette.ts';

export interface Sketch {
  area: Area | undefined;
  path: readonly Position[];
  /** Whether the points of the path bear how far they are from its beginning. */
  measured?: boolean;
}

export class SketchLayer {
  readonly layerIds = ['sketch-area', 'sketch-line', 'sketch-point', 'sketch-text'] as const;
  readonly #source = 'sketch';

  addTo(map: MapLibreMap, palette: Palette): void {
    map.addSource(this.#source, { type: 'geojson', data: featuresOf({ area: undefined, path: [] }) });
    for (const layer of this.layers(palette)) map.addLayer(layer);
  }

  show(map: MapLibreMap, sketch: Sketch): void {
    void map.getSource<GeoJSONSource>(this.#source)?.setData(featuresOf(sketch));
  }

  layers(palette: Palette): LayerSpecification[] {
    const source = this.#source;
    return [
      {
        id: 'sketch-area',
        type: 'fill',
        source,
        filter: ['==', ['geometry-type'], 'Polygon'],
        paint: { 'fill-color': palette.accent, 'fill-opacity': 0.07 },
      },
      {
        id: 'sketch-line',
        type: 'line',
        source,
        filter: ['!=', ['geometry-type'], 'Point'],
        layout: { 'line-join': 'round', 'line-cap': 'round' },
        paint: { 'line-color': palette.accent, 'line-width': 2 },
      },
      {
        id: 'sketch-point',
        type: 'circle',
        source,
        filter: ['==', ['geometry-type'], 'Point'],
        paint: {
          'circle-radius': 3.5,
          'circle-color': palette.surface,
          'circle-stroke-color': palette.accent,
          'circle-stroke-width': 2,
        },
      },
      {
        id: 'sketch-text',
        type: 'symbol',
        source,
        filter: ['has', 'text'],
        layout: {
          'text-field': ['get', 'text'],
          'text-font': ['Inter Medium'],
          'text-size': 12,
          'text-anchor': 'left',
          'text-offset': [0.8, 0],
          'text-allow-overlap': true,
        },
        paint: { 'text-color': palette.text, 'text-halo-color': palette.halo, 'text-halo-width': 2 },
      },
    ];
  }
}

function featuresOf({ area, path, measured }: Sketch): FeatureCollection {
  const features: Feature[] = [];
  const add = (geometry: Feature['geometry'], properties: Record<string, string> = {}): void =>
    void features.push({ type: 'Feature', geometry, properties });
  if (area) add({ type: 'Polygon', coordinates: [ringOf(area)] });
  if (path.length > 1) add({ type: 'LineString', coordinates: [...path] });
  const along = measured ? distancesAlong(path) : [];
  for (const [n, position] of path.entries()) {
    const text = measured && n > 0 ? { text: lengthWords(along[n]!, language.words.locale) } : undefined;
    add({ type: 'Point', coordinates: position }, text);
  }
  return { type: 'FeatureCollection', features };
}
