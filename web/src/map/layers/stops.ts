// The stops of the timetable on the map: small, from near only, a ring with a bar, so that no sensor is taken for one.
import type { GeoJSONSource, LayerSpecification, Map as MapLibreMap } from 'maplibre-gl';
import type { StopCollection } from '../../../../model/transit.ts';
import { toImage, type Pen } from '../marks.ts';
import type { Palette } from '../palette.ts';

export type StopFeature = StopCollection['features'][number];

/** Farther away there would be more stops than city. */
export const stopsFromZoom = 13.4;
const namesFromZoom = 15.2;
const image = 'transit-stop';
const reach = 8;

function drawStop(pen: Pen, palette: Palette): void {
  const bar = (height: number): void => {
    pen.beginPath();
    pen.moveTo(-6, 0);
    pen.lineTo(6, 0);
    pen.lineWidth = height;
    pen.stroke();
  };
  pen.beginPath();
  pen.arc(0, 0, 3.6, 0, 2 * Math.PI);
  pen.fillStyle = palette.halo;
  pen.fill();
  pen.strokeStyle = palette.halo;
  pen.lineWidth = 3.6;
  pen.stroke();
  bar(4);
  pen.strokeStyle = palette.labelStrong;
  pen.lineWidth = 1.4;
  pen.stroke();
  pen.beginPath();
  pen.arc(0, 0, 3.6, 0, 2 * Math.PI);
  pen.stroke();
  bar(1.8);
}

export class StopLayer {
  readonly layerIds = ['transit-stops'] as const;
  readonly #source = 'transit-stops';
  /** Those that are drawn: a platform is its station's. */
  drawn: readonly StopFeature[] = [];

  addTo(map: MapLibreMap, palette: Palette): void {
    map.addSource(this.#source, { type: 'geojson', data: { type: 'FeatureCollection', features: [] } });
    this.addImages(map, palette);
    for (const layer of this.layers(palette)) map.addLayer(layer);
  }

  addImages(map: MapLibreMap, palette: Palette): void {
    const ratio = Math.max(2, window.devicePixelRatio);
    const picture = toImage(reach, ratio, (pen) => drawStop(pen, palette));
    if (map.hasImage(image)) map.updateImage(image, picture);
    else map.addImage(image, picture, { pixelRatio: ratio });
  }

  show(map: MapLibreMap, features: readonly StopFeature[]): void {
    this.drawn = features.filter(({ properties }) => properties.parentStopId === null);
    void map.getSource<GeoJSONSource>(this.#source)?.setData({
      type: 'FeatureCollection',
      features: this.drawn.map(({ geometry, properties }) => ({
        type: 'Feature',
        geometry,
        properties: { name: properties.name },
      })),
    });
  }

  layers(palette: Palette): LayerSpecification[] {
    return [
      {
        id: 'transit-stops',
        type: 'symbol',
        source: this.#source,
        minzoom: stopsFromZoom,
        layout: {
          'icon-image': image,
          'icon-size': ['interpolate', ['linear'], ['zoom'], stopsFromZoom, 0.7, 15, 1],
          'icon-allow-overlap': true,
          'icon-ignore-placement': true,
          'text-field': ['step', ['zoom'], '', namesFromZoom, ['get', 'name']],
          'text-font': ['Inter'],
          'text-size': 10.5,
          'text-anchor': 'top',
          'text-offset': [0, 0.7],
          'text-max-width': 12,
          'text-optional': true,
        },
        paint: { 'text-color': palette.label, 'text-halo-color': palette.halo, 'text-halo-width': 1.4 },
      },
    ];
  }
}
