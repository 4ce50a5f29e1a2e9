// Warnings on the map, under all things: outlined and hatched areas, rings at the epicentres of earthquakes.
import {
  LngLatBounds,
  type ExpressionSpecification,
  type GeoJSONSource,
  type LayerSpecification,
  type Map as MapLibreMap,
  type MapGeoJSONFeature,
} from 'maplibre-gl';
import type { Feature, GeoJSON, Position } from 'geojson';
import { pointsOf, type WarningGeometry } from '../../../../model/warning-geometry.ts';
import {
  rankOfSeverity,
  warningSeverities,
  type WarningFeature,
  type WarningSeverity,
} from '../../../../model/warning.ts';
import { numberWords } from '../../words/say.ts';
import type { Palette } from '../palette.ts';
import { colourOf, hatchImage, quakeImage } from './warning-marks.ts';

const sourceId = 'warnings';
const hatchOf = (severity: WarningSeverity): string => `warning-hatch-${severity}`;
const quakeOf = (severity: WarningSeverity): string => `warning-quake-${severity}`;
const isArea: ExpressionSpecification = ['==', ['geometry-type'], 'Polygon'];
const isSelected: ExpressionSpecification = ['get', 'selected'];
/** Round an epicentre, which has no extent of its own. */
const quakeSightDegrees = 1;

export class WarningLayer {
  readonly layerIds = ['warning-hatches', 'warning-outlines', 'warning-dashes', 'warning-quakes'] as const;
  #key = '';
  #features: readonly WarningFeature[] = [];

  addTo(map: MapLibreMap, palette: Palette): void {
    map.addSource(sourceId, { type: 'geojson', data: { type: 'FeatureCollection', features: [] } });
    this.addImages(map, palette);
    for (const layer of this.layers(palette)) map.addLayer(layer);
  }

  addImages(map: MapLibreMap, palette: Palette): void {
    const ratio = Math.max(2, Math.ceil(window.devicePixelRatio));
    for (const severity of warningSeverities) {
      for (const [name, image] of [
        [hatchOf(severity), hatchImage(severity, ratio, palette)],
        [quakeOf(severity), quakeImage(severity, ratio, palette)],
      ] as const) {
        if (map.hasImage(name)) map.updateImage(name, image);
        else map.addImage(name, image, { pixelRatio: ratio });
      }
    }
  }

  /** Those and no others; nothing is sent while nothing looks different. */
  show(
    map: MapLibreMap,
    features: readonly WarningFeature[],
    selected: string | undefined,
    locale: string,
  ): void {
    const key = [
      ...features.map(({ id, properties }) => `${id} ${properties.version}`),
      selected,
      locale,
    ].join();
    if (key === this.#key) return;
    this.#key = key;
    this.#features = features;
    const drawn = features
      .map((feature) => toDrawn(feature, selected, locale))
      .filter((each) => each !== undefined);
    map
      .getSource<GeoJSONSource>(sourceId)
      ?.setData({ type: 'FeatureCollection', features: drawn } as GeoJSON);
  }

  /** Warnings at a point, the uppermost first, each once. */
  at(map: MapLibreMap, { x, y }: { x: number; y: number }): string[] {
    const layers = this.layerIds.filter((id) => map.getLayer(id));
    const found = map.queryRenderedFeatures([x, y], { layers });
    return [...new Set(found.map((feature: MapGeoJSONFeature) => String(feature.properties['id'])))];
  }

  /** What must be in sight to see the whole of a warning; undefined where nothing says where. */
  boundsOf(id: string): LngLatBounds | undefined {
    const feature = this.#features.find((each) => each.id === id);
    const positions = positionsOf((feature?.geometry ?? null) as WarningGeometry | null);
    if (positions.length === 0) return undefined;
    const bounds = new LngLatBounds();
    for (const [lon, lat] of positions) bounds.extend([lon!, lat!]);
    if (bounds.getNorth() > bounds.getSouth() || bounds.getEast() > bounds.getWest()) return bounds;
    const { lng, lat } = bounds.getCenter();
    return new LngLatBounds(
      [lng - quakeSightDegrees, lat - quakeSightDegrees],
      [lng + quakeSightDegrees, lat + quakeSightDegrees],
    );
  }

  layers(palette: Palette): LayerSpecification[] {
    const colour = [
      'match',
      ['get', 'severity'],
      ...warningSeverities.slice(0, -1).flatMap((severity) => [severity, colourOf(severity, palette)]),
      colourOf('unknown', palette),
    ] as unknown as ExpressionSpecification;
    return [
      {
        id: 'warning-hatches',
        type: 'fill',
        source: sourceId,
        filter: isArea,
        layout: { 'fill-sort-key': ['get', 'order'] },
        paint: { 'fill-pattern': ['get', 'hatch'], 'fill-opacity': ['case', isSelected, 0.75, 0.4] },
      },
      {
        id: 'warning-outlines',
        type: 'line',
        source: sourceId,
        filter: ['all', isArea, ['!=', ['get', 'severity'], 'unknown']],
        layout: { 'line-join': 'round' },
        paint: { 'line-color': colour, 'line-width': ['case', isSelected, 3, 1.4], 'line-opacity': 0.9 },
      },
      {
        id: 'warning-dashes',
        type: 'line',
        source: sourceId,
        filter: ['all', isArea, ['==', ['get', 'severity'], 'unknown']],
        paint: {
          'line-color': colour,
          'line-width': ['case', isSelected, 3, 1.4],
          'line-dasharray': [3, 2],
        },
      },
      {
        id: 'warning-quakes',
        type: 'symbol',
        source: sourceId,
        filter: ['==', ['geometry-type'], 'Point'],
        layout: {
          'icon-image': ['get', 'rings'],
          'icon-size': ['interpolate', ['linear'], ['get', 'magnitude'], 2, 0.6, 7, 1.6],
          'icon-allow-overlap': true,
          'symbol-sort-key': ['get', 'order'],
          'text-field': ['get', 'label'],
          'text-font': ['Inter Bold'],
          'text-size': 11,
          'text-offset': [0, 2.2],
          'text-optional': true,
        },
        paint: { 'text-color': colour, 'text-halo-color': palette.halo, 'text-halo-width': 1.6 },
      },
    ];
  }
}

function toDrawn(
  { id, geometry, properties }: WarningFeature,
  selected: string | undefined,
  locale: string,
): Feature | undefined {
  if (geometry === null) return undefined;
  const { severity, magnitude } = properties;
  return {
    type: 'Feature',
    geometry: geometry as Feature['geometry'],
    properties: {
      id,
      severity,
      hatch: hatchOf(severity),
      rings: quakeOf(severity),
      magnitude: magnitude ?? 4,
      label: magnitude === undefined ? '' : `M ${numberWords(magnitude, locale, 1)}`,
      selected: id === selected,
      order: -rankOfSeverity(severity),
    },
  };
}

function positionsOf(geometry: WarningGeometry | null): Position[] {
  if (geometry === null) return [];
  if (geometry.type === 'GeometryCollection') return geometry.geometries.flatMap(positionsOf);
  return geometry.type === 'MultiPolygon' ? geometry.coordinates.flat(2) : pointsOf(geometry);
}
