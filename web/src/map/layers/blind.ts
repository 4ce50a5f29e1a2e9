// The blind map, under all things: hatched grey over the ground that nothing fresh reaches, and a mark at each blind junction.
import type { GeoJSONSource, LayerSpecification, Map as MapLibreMap } from 'maplibre-gl';
import type { Feature, FeatureCollection } from 'geojson';
import { isBlind, type Sight } from '../../../../model/blindness.ts';
import type { BlindGround } from '../../live/blind.svelte.ts';
import { smallFromAfar, toImage, type Pen } from '../marks.ts';
import type { Palette } from '../palette.ts';

const groundId = 'blind-ground';
const junctionsId = 'blind-junctions';
const hatch = 'blind-hatch';
const markOf = { blind: 'blind-junction', doubt: 'blind-junction-doubt' } as const;
/** Side of the hatch's tile, in pixels of the page. */
const tile = 10;
const reach = 8;

export class BlindLayer {
  readonly layerIds = [groundId, `${groundId}-edge`, junctionsId] as const;
  #ground: BlindGround | undefined;
  #key = '';

  addTo(map: MapLibreMap, palette: Palette): void {
    for (const id of [groundId, junctionsId]) map.addSource(id, { type: 'geojson', data: collection([]) });
    this.addImages(map, palette);
    for (const layer of this.layers(palette)) map.addLayer(layer);
  }

  addImages(map: MapLibreMap, palette: Palette): void {
    const ratio = Math.max(2, Math.ceil(window.devicePixelRatio));
    for (const [name, image] of [
      [hatch, toImage(tile / 2, ratio, (pen) => drawHatch(pen, palette))],
      [markOf.blind, toImage(reach, ratio, (pen) => drawJunction(pen, palette, false))],
      [markOf.doubt, toImage(reach, ratio, (pen) => drawJunction(pen, palette, true))],
    ] as const) {
      if (map.hasImage(name)) map.updateImage(name, image);
      else map.addImage(name, image, { pixelRatio: ratio });
    }
  }

  /** Draws what is blind, or nothing; nothing is sent while nothing looks different. */
  show(map: MapLibreMap, ground: BlindGround | undefined, sights: readonly Sight[]): void {
    if (ground !== this.#ground) {
      this.#ground = ground;
      const coordinates = (ground?.polygons ?? []) as Feature<never>['geometry'][][];
      const areas = { type: 'MultiPolygon', coordinates } as unknown as Feature['geometry'];
      map
        .getSource<GeoJSONSource>(groundId)
        ?.setData(collection(ground ? [{ type: 'Feature', properties: {}, geometry: areas }] : []));
    }
    const drawn = sights.flatMap((sight) => {
      const image = isBlind(sight) ? markOf.blind : sight.inDoubt ? markOf.doubt : undefined;
      return image === undefined ? [] : [toFeature(sight, image)];
    });
    const key = drawn.map(({ properties }) => `${properties!['id']} ${properties!['image']}`).join();
    if (key === this.#key) return;
    this.#key = key;
    map.getSource<GeoJSONSource>(junctionsId)?.setData(collection(drawn));
  }

  layers(palette: Palette): LayerSpecification[] {
    return [
      {
        id: groundId,
        type: 'fill',
        source: groundId,
        paint: { 'fill-pattern': hatch, 'fill-antialias': false },
      },
      {
        id: `${groundId}-edge`,
        type: 'line',
        source: groundId,
        layout: { 'line-join': 'round' },
        paint: { 'line-color': palette.edge, 'line-width': 1, 'line-opacity': 0.7 },
      },
      {
        id: junctionsId,
        type: 'symbol',
        source: junctionsId,
        layout: {
          'icon-image': ['get', 'image'],
          'icon-size': smallFromAfar,
          'icon-allow-overlap': true,
          'icon-ignore-placement': true,
        },
      },
    ];
  }
}

const collection = (features: Feature[]): FeatureCollection => ({ type: 'FeatureCollection', features });

const toFeature = ({ id, lon, lat }: Sight, image: string): Feature => ({
  type: 'Feature',
  properties: { id, image },
  geometry: { type: 'Point', coordinates: [lon, lat] },
});

/** The other way round than warnings are hatched. */
function drawHatch(pen: Pen, palette: Palette): void {
  pen.strokeStyle = palette.hatch;
  pen.lineWidth = 1.2;
  pen.beginPath();
  for (const at of [-tile, 0, tile]) {
    pen.moveTo(at - tile, -tile);
    pen.lineTo(at + tile, tile);
  }
  pen.stroke();
}

/** A junction that nothing sees: hatched, dashed as what is silent; one that nobody knows yet is dotted and empty. */
function drawJunction(pen: Pen, palette: Palette, inDoubt: boolean): void {
  const circle = (): void => {
    pen.beginPath();
    pen.arc(0, 0, reach - 1.5, 0, 2 * Math.PI);
  };
  pen.fillStyle = palette.halo;
  circle();
  pen.fill();
  pen.strokeStyle = palette.silent;
  if (!inDoubt) {
    pen.save();
    circle();
    pen.clip();
    pen.lineWidth = 1.2;
    pen.beginPath();
    for (const at of [-8, -4, 0, 4, 8]) {
      pen.moveTo(at - reach, -reach);
      pen.lineTo(at + reach, reach);
    }
    pen.stroke();
    pen.restore();
  }
  pen.lineWidth = 1.4;
  if (inDoubt) pen.setLineDash([1.2, 2.2]);
  circle();
  pen.stroke();
  pen.setLineDash([]);
}
