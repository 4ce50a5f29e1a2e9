// The lines of the timetable under everything that moves: in their colours, muted, beside one another on a shared street.
import type {
  ExpressionSpecification,
  GeoJSONSource,
  LayerSpecification,
  Map as MapLibreMap,
} from 'maplibre-gl';
import type { LineCollection } from '../../../../model/transit.ts';
import { isHexColour, muted } from '../muted.ts';
import type { Palette } from '../palette.ts';

type LineFeature = LineCollection['features'][number];

/** Beside one another up to so many; then again in the same place. */
const slots = 5;

const offset = (pixels: number): ExpressionSpecification =>
  ['*', ['get', 'slot'], pixels] as unknown as ExpressionSpecification;

export class LineLayer {
  readonly layerIds = ['transit-lines', 'transit-line-names'] as const;
  readonly #source = 'transit-lines';
  #features: readonly LineFeature[] = [];

  addTo(map: MapLibreMap, palette: Palette): void {
    map.addSource(this.#source, {
      type: 'geojson',
      data: { type: 'FeatureCollection', features: [] },
      tolerance: 0.3,
    });
    // Over the streets they run on, under every name.
    const under = map.getLayer('district-line') ? 'district-line' : undefined;
    const [lines, ...names] = this.layers(palette);
    map.addLayer(lines!, under);
    for (const layer of names) map.addLayer(layer);
  }

  show(map: MapLibreMap, features: readonly LineFeature[], palette: Palette): void {
    this.#features = features;
    this.recolour(map, palette);
  }

  recolour(map: MapLibreMap, palette: Palette): void {
    void map.getSource<GeoJSONSource>(this.#source)?.setData({
      type: 'FeatureCollection',
      features: this.#features.map(({ geometry, properties }, at) => ({
        type: 'Feature',
        geometry,
        properties: {
          name: properties.shortName ?? properties.longName ?? properties.routeId,
          colour:
            properties.color !== null && isHexColour(properties.color)
              ? muted(properties.color, palette.halo)
              : palette.angkot,
          slot: (at % slots) - (slots - 1) / 2,
        },
      })),
    });
  }

  layers(palette: Palette): LayerSpecification[] {
    return [
      {
        id: 'transit-lines',
        type: 'line',
        source: this.#source,
        layout: { 'line-cap': 'round', 'line-join': 'round' },
        paint: {
          'line-color': ['get', 'colour'],
          'line-width': ['interpolate', ['linear'], ['zoom'], 11, 1, 14, 1.8, 17, 3],
          'line-offset': ['interpolate', ['linear'], ['zoom'], 12, 0, 14, offset(2.2), 17, offset(4)],
          'line-opacity': 0.75,
        },
      },
      {
        id: 'transit-line-names',
        type: 'symbol',
        source: this.#source,
        minzoom: 13.6,
        layout: {
          'symbol-placement': 'line',
          'symbol-spacing': 460,
          'text-field': ['get', 'name'],
          'text-font': ['Inter Bold'],
          'text-size': 10,
          'text-max-angle': 30,
          'text-rotation-alignment': 'viewport',
          'text-padding': 6,
        },
        paint: { 'text-color': palette.label, 'text-halo-color': palette.halo, 'text-halo-width': 2 },
      },
    ];
  }
}
