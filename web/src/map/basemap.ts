// The ground of the map: our own schematic of the city, or tiles under it; no glyphs, so labels use the page's fonts.
import type { FeatureCollection, Feature, Position as GeoPosition } from 'geojson';
import type {
  DataDrivenPropertyValueSpecification,
  ExpressionSpecification,
  LayerSpecification,
  SourceSpecification,
  StyleSpecification,
} from 'maplibre-gl';
import { asPosition, closeRing, type Geography } from '../city/geography.ts';
import type { Basemap } from '../city/city.svelte.ts';
import type { Palette } from './palette.ts';
import { tileLayers, tileSource } from './tiles.ts';

export const groundKeys = [
  'districts',
  'subdistricts',
  'streetNames',
  'junctions',
  'facilities',
  'water',
] as const;
export type GroundKey = (typeof groundKeys)[number];

/** Which layers of the style a switch of the panel shows and hides. */
export const groundLayerIds: Record<GroundKey, readonly string[]> = {
  districts: ['district-line', 'district-name'],
  subdistricts: ['subdistrict-name'],
  streetNames: ['street-name'],
  junctions: ['junction-name'],
  facilities: ['facility-dot', 'facility-name'],
  water: ['river', 'river-name', 'rail'],
};

const regular = ['Inter'];
const medium = ['Inter Medium'];

/** The style of the ground, in the colours of `palette`. */
export async function groundStyle(
  basemap: Basemap,
  geography: Geography,
  palette: Palette,
): Promise<StyleSpecification> {
  const city = { sources: citySources(geography), layers: cityLayers(palette) };
  if (basemap.kind === 'pmtiles') {
    const tiles = await tileSource(basemap.url);
    const under = tileLayers(tiles.layerNames, palette);
    const over = city.layers.filter((layer) => !schematicLayers.has(layer.id));
    return { version: 8, sources: { tiles: tiles.source, ...city.sources }, layers: [...under, ...over] };
  }
  if (basemap.kind === 'style') {
    const given = await readStyle(basemap.url);
    if (given) {
      const over = city.layers.filter((layer) => !schematicLayers.has(layer.id));
      return { ...given, sources: { ...given.sources, ...city.sources }, layers: [...given.layers, ...over] };
    }
  }
  return { version: 8, ...city };
}

/** Drawn only where no tiles give the real thing. */
const schematicLayers = new Set([
  'out',
  'land',
  'river',
  'river-name',
  'rail',
  'street-name',
  'junction-name',
]);
for (const street of ['local', 'collector', 'arterial']) {
  schematicLayers.add(`street-${street}`);
  schematicLayers.add(`street-${street}-casing`);
}

async function readStyle(url: string): Promise<StyleSpecification | undefined> {
  try {
    const response = await fetch(url);
    return response.ok ? ((await response.json()) as StyleSpecification) : undefined;
  } catch {
    return undefined;
  }
}

function citySources(geography: Geography): Record<string, SourceSpecification> {
  const { districts, ground, facilities, streets } = geography.map;
  const source = (features: Feature[]): SourceSpecification => ({
    type: 'geojson',
    data: { type: 'FeatureCollection', features } satisfies FeatureCollection,
    // The city is small: tiles finer than this only cost memory.
    maxzoom: 14,
    tolerance: 0.2,
  });
  return {
    outline: source([polygon(districts.outline.map(asPosition), {})]),
    districts: source(
      districts.districts.map((one) =>
        polygon(one.outline.map(asPosition), { name: one.shortName, code: one.code }),
      ),
    ),
    'district-names': source(
      districts.districts.map((one) =>
        point(asPosition(one.centroid), { name: one.shortName, code: one.code }),
      ),
    ),
    'subdistrict-names': source(
      districts.subdistricts.map((one) => point(asPosition(one.centroid), { name: one.name })),
    ),
    streets: source(
      geography.streets.map((street) => line(street.path, { name: street.name, class: street.class })),
    ),
    ground: source(
      ground.lines.map((one) => line(one.path.map(asPosition), { name: one.name, kind: one.kind })),
    ),
    facilities: source(
      facilities.facilities.map((one) =>
        point(asPosition(one.position), {
          name: one.name.replace(/ \(.*\)$/, ''),
          rank: facilityRank(one.kind),
        }),
      ),
    ),
    junctions: source(
      streets.junctions.map((one) =>
        point(asPosition(one.position), { name: one.name.replace(/ \(.*\)$/, '') }),
      ),
    ),
  };
}

const rankedFacilities = ['hospital', 'gov', 'transport', 'market', 'fire', 'police', 'campus', 'landmark'];
const facilityRank = (kind: string): number => {
  const rank = rankedFacilities.indexOf(kind);
  return rank < 0 ? rankedFacilities.length : rank;
};

const point = (position: GeoPosition, properties: Record<string, unknown>): Feature => ({
  type: 'Feature',
  properties,
  geometry: { type: 'Point', coordinates: position },
});
const line = (path: GeoPosition[], properties: Record<string, unknown>): Feature => ({
  type: 'Feature',
  properties,
  geometry: { type: 'LineString', coordinates: path },
});
const polygon = (ring: [number, number][], properties: Record<string, unknown>): Feature => ({
  type: 'Feature',
  properties,
  geometry: { type: 'Polygon', coordinates: [closeRing(ring)] },
});

/** Grows with the zoom: pairs of zoom and pixels. */
const grow = (...stops: number[]): ExpressionSpecification =>
  ['interpolate', ['exponential', 1.6], ['zoom'], ...stops] as unknown as ExpressionSpecification;

const streetWidths = {
  local: [11, 0.5, 14, 1.8, 16, 5, 18, 13],
  collector: [11, 0.8, 14, 3, 16, 8, 18, 20],
  arterial: [11, 1.4, 14, 4.5, 16, 11, 18, 27],
} as const;

function streetLayers(palette: Palette): LayerSpecification[] {
  const colours = { local: palette.minor, collector: palette.collector, arterial: palette.major };
  const classes = ['local', 'collector', 'arterial'] as const;
  const layout = { 'line-cap': 'round', 'line-join': 'round' } as const;
  const casings = classes.map((name): LayerSpecification => {
    const widths = streetWidths[name].map((value, index) => (index % 2 === 0 ? value : value + 1.6));
    const paint = { 'line-color': palette.casing, 'line-width': grow(...widths) };
    return {
      id: `street-${name}-casing`,
      type: 'line',
      source: 'streets',
      filter: ['==', ['get', 'class'], name],
      layout,
      paint,
    };
  });
  const bodies = classes.map((name): LayerSpecification => {
    const paint = { 'line-color': colours[name], 'line-width': grow(...streetWidths[name]) };
    return {
      id: `street-${name}`,
      type: 'line',
      source: 'streets',
      filter: ['==', ['get', 'class'], name],
      layout,
      paint,
    };
  });
  return [...casings, ...bodies];
}

const halo = (palette: Palette, colour: string, width = 1.4) => ({
  'text-color': colour,
  'text-halo-color': palette.halo,
  'text-halo-width': width,
});

const name: DataDrivenPropertyValueSpecification<string> = ['get', 'name'];

function cityLayers(palette: Palette): LayerSpecification[] {
  const round = { 'line-cap': 'round', 'line-join': 'round' } as const;
  return [
    { id: 'out', type: 'background', paint: { 'background-color': palette.out } },
    { id: 'land', type: 'fill', source: 'outline', paint: { 'fill-color': palette.land } },
    {
      id: 'river',
      type: 'line',
      source: 'ground',
      filter: ['==', ['get', 'kind'], 'river'],
      layout: round,
      paint: { 'line-color': palette.water, 'line-width': grow(11, 1.6, 14, 5, 16, 12, 18, 30) },
    },
    {
      id: 'rail',
      type: 'line',
      source: 'ground',
      filter: ['==', ['get', 'kind'], 'rail'],
      paint: {
        'line-color': palette.rail,
        'line-width': grow(11, 1.6, 14, 2.6, 18, 4),
        'line-dasharray': [0.6, 1.9],
      },
    },
    ...streetLayers(palette),
    {
      id: 'district-line',
      type: 'line',
      source: 'districts',
      layout: { 'line-join': 'round' },
      paint: { 'line-color': palette.line, 'line-width': 1.2, 'line-dasharray': [6, 3, 1, 3] },
    },
    {
      id: 'outline-line',
      type: 'line',
      source: 'outline',
      layout: { 'line-join': 'round' },
      paint: { 'line-color': palette.edge, 'line-width': 1.5, 'line-opacity': 0.8 },
    },
    {
      id: 'facility-dot',
      type: 'circle',
      source: 'facilities',
      minzoom: 13,
      paint: {
        'circle-radius': grow(13, 1.6, 16, 3),
        'circle-color': palette.labelStrong,
        'circle-stroke-color': palette.halo,
        'circle-stroke-width': 1,
      },
    },
    {
      id: 'river-name',
      type: 'symbol',
      source: 'ground',
      minzoom: 13,
      filter: ['==', ['get', 'kind'], 'river'],
      layout: {
        'symbol-placement': 'line',
        'symbol-spacing': 420,
        'text-field': name,
        'text-font': regular,
        'text-size': 10.5,
        'text-letter-spacing': 0.04,
      },
      paint: halo(palette, palette.label, 1.2),
    },
    {
      id: 'street-name',
      type: 'symbol',
      source: 'streets',
      minzoom: 13,
      layout: {
        'symbol-placement': 'line',
        'symbol-spacing': 320,
        'text-field': name,
        'text-font': regular,
        'text-size': 10.5,
        'text-max-angle': 30,
        'symbol-sort-key': ['match', ['get', 'class'], 'arterial', 0, 'collector', 1, 2],
      },
      paint: halo(palette, palette.label, 1.3),
    },
    {
      id: 'junction-name',
      type: 'symbol',
      source: 'junctions',
      minzoom: 15.3,
      layout: {
        'text-field': name,
        'text-font': regular,
        'text-size': 10.5,
        'text-anchor': 'top',
        'text-offset': [0, 0.9],
        'text-max-width': 12,
      },
      paint: halo(palette, palette.label),
    },
    {
      id: 'facility-name',
      type: 'symbol',
      source: 'facilities',
      minzoom: 14,
      layout: {
        'text-field': name,
        'text-font': medium,
        'text-size': 11,
        'text-max-width': 12,
        'text-variable-anchor': ['top', 'bottom', 'left', 'right'],
        'text-radial-offset': 0.5,
        'text-justify': 'auto',
        'symbol-sort-key': ['get', 'rank'],
      },
      paint: halo(palette, palette.labelStrong),
    },
    {
      id: 'subdistrict-name',
      type: 'symbol',
      source: 'subdistrict-names',
      minzoom: 13,
      layout: { 'text-field': name, 'text-font': regular, 'text-size': 11, 'text-letter-spacing': 0.02 },
      paint: halo(palette, palette.label),
    },
    {
      id: 'district-name',
      type: 'symbol',
      source: 'district-names',
      maxzoom: 14.6,
      // Eight names that say where one is: over every mark while the map shows districts, giving way only to each other.
      layout: {
        'text-field': name,
        'text-font': medium,
        'text-size': ['interpolate', ['linear'], ['zoom'], 10.5, 11, 12, 13],
        'text-variable-anchor': ['center', 'top', 'bottom', 'left', 'right'],
      },
      paint: halo(palette, palette.labelStrong, 1.8),
    },
  ];
}
