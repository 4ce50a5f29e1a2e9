// The cameras on the map: a square with a lens over its field of view; silent ones show no view.
import type { LayerSpecification, Map as MapLibreMap } from 'maplibre-gl';
import { freshnesses, type Freshness } from '../../../../model/asset.ts';
import type { PictureAsset } from '../../../../model/picture.ts';
import { numberOf, shownFreshness } from '../../live/picture.ts';
import { drawCamera, drawView, smallFromAfar, toImage, viewReach } from '../marks.ts';
import type { Palette } from '../palette.ts';
import { StillSource } from './still-source.ts';

/** Fields of view are drawn in steps of this, so that few pictures serve all cameras. */
const viewStepDeg = 10;

const imageOf = (state: Freshness): string => `camera-${state}`;

export class CameraLayer {
  readonly layerIds = ['camera-views', 'cameras'] as const;
  readonly source = new StillSource('cameras');
  #views = new Map<string, { state: Freshness; deg: number }>();
  #palette: Palette | undefined;
  #map: MapLibreMap | undefined;

  addTo(map: MapLibreMap, palette: Palette): void {
    this.#map = map;
    this.source.addTo(map);
    this.addImages(map, palette);
    for (const layer of this.layers()) map.addLayer(layer);
  }

  addImages(map: MapLibreMap, palette: Palette): void {
    this.#palette = palette;
    for (const state of freshnesses)
      this.#image(map, imageOf(state), 8, (pen) => drawCamera(pen, state, palette));
    for (const [name, view] of this.#views) {
      this.#image(map, name, viewReach, (pen) => drawView(pen, view.state, view.deg, palette));
    }
  }

  #image(map: MapLibreMap, name: string, reach: number, draw: Parameters<typeof toImage>[2]): void {
    const ratio = Math.max(2, window.devicePixelRatio);
    const image = toImage(reach, ratio, draw);
    if (map.hasImage(name)) map.updateImage(name, image);
    else map.addImage(name, image, { pixelRatio: ratio });
  }

  put(asset: PictureAsset, nowMs: number): void {
    if (asset.lat === undefined || asset.lon === undefined) return;
    const state = shownFreshness(asset, nowMs);
    const bearing = numberOf(asset, 'bearingDeg');
    const view =
      bearing === undefined || state === 'silent'
        ? ''
        : this.#viewOf(state, numberOf(asset, 'fieldOfViewDeg') ?? 60);
    this.source.put(asset.id, {
      lon: asset.lon,
      lat: asset.lat,
      look: { image: imageOf(state), view, bearing: bearing ?? 0 },
    });
  }

  #viewOf(state: Freshness, fieldOfViewDeg: number): string {
    const deg = Math.max(viewStepDeg, Math.round(fieldOfViewDeg / viewStepDeg) * viewStepDeg);
    const name = `view-${state}-${deg}`;
    const palette = this.#palette;
    if (!this.#views.has(name) && this.#map && palette) {
      this.#views.set(name, { state, deg });
      this.#image(this.#map, name, viewReach, (pen) => drawView(pen, state, deg, palette));
    }
    return name;
  }

  layers(): LayerSpecification[] {
    const always = { 'icon-allow-overlap': true } as const;
    return [
      {
        id: 'camera-views',
        type: 'symbol',
        source: this.source.id,
        filter: ['!=', ['get', 'view'], ''],
        minzoom: 13,
        layout: {
          ...always,
          'icon-ignore-placement': true,
          'icon-image': ['get', 'view'],
          'icon-rotate': ['get', 'bearing'],
          'icon-rotation-alignment': 'map',
        },
      },
      {
        id: 'cameras',
        type: 'symbol',
        source: this.source.id,
        layout: { ...always, 'icon-image': ['get', 'image'], 'icon-size': smallFromAfar },
      },
    ];
  }
}
