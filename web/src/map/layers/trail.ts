// The trail of a vehicle: where it was, paler the longer ago, with nothing drawn where nothing was heard.
import type { Feature } from 'geojson';
import type { FilterSpecification, GeoJSONSource, LayerSpecification, Map as MapLibreMap } from 'maplibre-gl';
import type { Palette } from '../palette.ts';
import { bandsOf, type TrackPart } from '../trail-bands.ts';

export class TrailLayer {
  readonly layerIds = ['trail-casing', 'trail', 'trail-ends'] as const;
  readonly #source = 'trail';

  /** @param under the layer it lies beneath. */
  addTo(map: MapLibreMap, palette: Palette, under: string): void {
    map.addSource(this.#source, { type: 'geojson', data: { type: 'FeatureCollection', features: [] } });
    for (const layer of this.layers(palette)) map.addLayer(layer, under);
  }

  /** @param fromMs, toMs the stretch of time that is shown. */
  show(map: MapLibreMap, parts: readonly TrackPart[], fromMs: number, toMs: number): void {
    const lines = bandsOf(parts, fromMs, toMs).map(({ age, path }): Feature => ({
      type: 'Feature',
      properties: { age },
      geometry: { type: 'LineString', coordinates: path },
    }));
    const ends = parts
      .flatMap((part) => [part[0], part.at(-1)])
      .flatMap((fix): Feature[] =>
        fix === undefined
          ? []
          : [{ type: 'Feature', properties: {}, geometry: { type: 'Point', coordinates: [fix[2], fix[1]] } }],
      );
    const features = [...lines, ...ends];
    void map.getSource<GeoJSONSource>(this.#source)?.setData({ type: 'FeatureCollection', features });
  }

  layers(palette: Palette): LayerSpecification[] {
    const source = this.#source;
    // An end has no age to be pale by.
    const isLine: FilterSpecification = ['==', ['geometry-type'], 'LineString'];
    const layout = { 'line-join': 'round', 'line-cap': 'butt' } as const;
    return [
      {
        id: 'trail-casing',
        type: 'line',
        source,
        filter: isLine,
        layout,
        paint: { 'line-color': palette.halo, 'line-width': 6, 'line-opacity': 0.8 },
      },
      {
        id: 'trail',
        type: 'line',
        source,
        filter: isLine,
        layout,
        paint: {
          'line-color': palette.text,
          'line-width': 3,
          'line-opacity': ['interpolate', ['linear'], ['get', 'age'], 0, 0.95, 1, 0.3],
        },
      },
      {
        id: 'trail-ends',
        type: 'circle',
        source,
        filter: ['==', ['geometry-type'], 'Point'],
        paint: {
          'circle-radius': 2.5,
          'circle-color': palette.halo,
          'circle-stroke-color': palette.text,
          'circle-stroke-width': 1.2,
        },
      },
    ];
  }
}
