// A ground of vector tiles from a PMTiles file: a quiet style of ours over the usual layer names of both schemas.
import { addProtocol, type LayerSpecification, type SourceSpecification } from 'maplibre-gl';
import type { Palette } from './palette.ts';

/** The source, and the names of the layers its tiles hold. @throws when the file cannot be read. */
export async function tileSource(
  url: string,
): Promise<{ source: SourceSpecification; layerNames: Set<string> }> {
  const { PMTiles, Protocol } = await import('pmtiles');
  const archive = new PMTiles(new URL(url, location.href).href);
  const protocol = new Protocol();
  protocol.add(archive);
  addProtocol('pmtiles', protocol.tile);
  const metadata = (await archive.getMetadata()) as {
    vector_layers?: { id: string }[];
    attribution?: string;
  };
  const names = (metadata.vector_layers ?? []).map((layer) => layer.id);
  const source: SourceSpecification = { type: 'vector', url: `pmtiles://${archive.source.getKey()}` };
  return { source, layerNames: new Set(names) };
}

const roadClass = ['coalesce', ['get', 'kind'], ['get', 'class']];
const arterial = ['highway', 'major_road', 'motorway', 'trunk', 'primary'];
const collector = ['medium_road', 'secondary', 'tertiary'];

const at = (...stops: number[]) => ['interpolate', ['exponential', 1.6], ['zoom'], ...stops];

/** Layers for what the tiles hold, bottom to top; names of OpenMapTiles and of Protomaps. */
export function tileLayers(layerNames: ReadonlySet<string>, palette: Palette): LayerSpecification[] {
  const layers: object[] = [{ id: 'out', type: 'background', paint: { 'background-color': palette.land } }];
  const add = (sourceLayers: string[], layer: { id: string } & Record<string, unknown>): void => {
    for (const sourceLayer of sourceLayers) {
      if (!layerNames.has(sourceLayer)) continue;
      layers.push({
        ...layer,
        id: `tiles-${layer.id}-${sourceLayer}`,
        source: 'tiles',
        'source-layer': sourceLayer,
      });
    }
  };
  add(['landuse', 'landcover', 'park', 'natural'], {
    id: 'green',
    type: 'fill',
    filter: [
      'in',
      roadClass,
      [
        'literal',
        ['park', 'wood', 'forest', 'grass', 'farmland', 'cemetery', 'nature_reserve', 'golf_course', 'pitch'],
      ],
    ],
    paint: { 'fill-color': palette.green },
  });
  add(['water'], {
    id: 'water',
    type: 'fill',
    filter: ['==', ['geometry-type'], 'Polygon'],
    paint: { 'fill-color': palette.water },
  });
  add(['waterway', 'water', 'physical_line'], {
    id: 'river',
    type: 'line',
    filter: ['==', ['geometry-type'], 'LineString'],
    paint: { 'line-color': palette.water, 'line-width': at(10, 0.6, 16, 4) },
  });
  add(['buildings', 'building'], {
    id: 'building',
    type: 'fill',
    minzoom: 14,
    paint: { 'fill-color': palette.minor, 'fill-opacity': 0.4 },
  });
  const roads = ['roads', 'transportation'];
  const layout = { 'line-cap': 'round', 'line-join': 'round' };
  add(roads, {
    id: 'rail',
    type: 'line',
    filter: ['==', roadClass, 'rail'],
    paint: { 'line-color': palette.rail, 'line-width': 2, 'line-dasharray': [0.6, 1.9] },
  });
  add(roads, {
    id: 'road-minor',
    type: 'line',
    minzoom: 12,
    filter: ['!', ['in', roadClass, ['literal', [...arterial, ...collector, 'rail', 'ferry']]]],
    layout,
    paint: { 'line-color': palette.minor, 'line-width': at(12, 0.5, 16, 5, 18, 12) },
  });
  add(roads, {
    id: 'road-collector',
    type: 'line',
    filter: ['in', roadClass, ['literal', collector]],
    layout,
    paint: { 'line-color': palette.collector, 'line-width': at(10, 0.6, 16, 8, 18, 18) },
  });
  add(roads, {
    id: 'road-major',
    type: 'line',
    filter: ['in', roadClass, ['literal', arterial]],
    layout,
    paint: { 'line-color': palette.major, 'line-width': at(8, 0.6, 16, 11, 18, 26) },
  });
  const text = (size: number, font: string) => ({
    'text-field': ['coalesce', ['get', 'name'], ''],
    'text-font': [font],
    'text-size': size,
  });
  add(['roads', 'transportation_name'], {
    id: 'road-name',
    type: 'symbol',
    minzoom: 13,
    layout: { ...text(10.5, 'Inter'), 'symbol-placement': 'line' },
    paint: { 'text-color': palette.label, 'text-halo-color': palette.halo, 'text-halo-width': 1.3 },
  });
  add(['places', 'place'], {
    id: 'place',
    type: 'symbol',
    layout: text(12, 'Inter Medium'),
    paint: { 'text-color': palette.labelStrong, 'text-halo-color': palette.halo, 'text-halo-width': 1.5 },
  });
  return layers as LayerSpecification[];
}
