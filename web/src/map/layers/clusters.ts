// The clusters on the map: a boxed count over a bar that says how much of it is fresh, stale, silent.
import type { LayerSpecification, Map as MapLibreMap } from 'maplibre-gl';
import { latOfMercator, lonOfMercator } from '../../city/geography.ts';
import { toImage, type Pen } from '../marks.ts';
import type { Palette } from '../palette.ts';
import { countWords, type Cluster } from './cluster-grid.ts';
import { StillSource } from './still-source.ts';

/** The bar is drawn in steps of this share, so that few pictures serve all clusters. */
const barSteps = 10;
const boxHeight = 22;
const widths = [26, 32, 38] as const;
const reach = 21;

interface Box {
  width: number;
  fresh: number;
  stale: number;
}

export class ClusterLayer {
  readonly layerIds = ['clusters'] as const;
  readonly source = new StillSource('clusters');
  #boxes = new Map<string, Box>();
  #palette: Palette | undefined;

  addTo(map: MapLibreMap, palette: Palette): void {
    this.#palette = palette;
    this.source.addTo(map);
    for (const layer of this.layers(palette)) map.addLayer(layer);
  }

  recolour(map: MapLibreMap, palette: Palette): void {
    this.#palette = palette;
    for (const [name, box] of this.#boxes) map.updateImage(name, imageOf(box, palette));
  }

  show(map: MapLibreMap, clusters: ReadonlyMap<number, Cluster>, locale: string): void {
    for (const cluster of clusters.values()) {
      const text = countWords(cluster.ids.length, locale);
      this.source.put(`cluster:${cluster.key}`, {
        lon: lonOfMercator(cluster.x),
        lat: latOfMercator(cluster.y),
        look: { text, image: this.#imageOf(map, cluster, text) },
      });
    }
    for (const id of [...this.source.ids()]) {
      if (!clusters.has(Number(id.slice('cluster:'.length)))) this.source.remove(id);
    }
    this.source.flush(map);
  }

  #imageOf(map: MapLibreMap, { fresh, stale, silent }: Cluster, text: string): string {
    const all = fresh + stale + silent;
    const box = {
      width: widths[Math.min(2, Math.max(0, text.length - 2))]!,
      fresh: share(fresh, all),
      stale: share(stale, all),
    };
    const name = `cluster-${box.width}-${box.fresh}-${box.stale}`;
    if (!this.#boxes.has(name) && this.#palette) {
      this.#boxes.set(name, box);
      if (!map.hasImage(name)) {
        map.addImage(name, imageOf(box, this.#palette), { pixelRatio: Math.max(2, window.devicePixelRatio) });
      }
    }
    return name;
  }

  layers(palette: Palette): LayerSpecification[] {
    return [
      {
        id: 'clusters',
        type: 'symbol',
        source: this.source.id,
        layout: {
          'icon-image': ['get', 'image'],
          'icon-allow-overlap': true,
          'text-field': ['get', 'text'],
          'text-font': ['Inter Bold'],
          'text-size': 12,
          'text-offset': [0, -0.16],
          'text-allow-overlap': true,
          'text-ignore-placement': true,
        },
        paint: { 'text-color': palette.text },
      },
    ];
  }
}

/** What there is shows, however little: one silent thing among hundreds is a step of the bar. */
function share(count: number, all: number): number {
  if (count === 0) return 0;
  if (count === all) return barSteps;
  return Math.min(barSteps - 1, Math.max(1, Math.round((count / all) * barSteps)));
}

const imageOf = (box: Box, palette: Palette): ImageData =>
  toImage(reach, Math.max(2, window.devicePixelRatio), (pen) => drawBox(pen, box, palette));

/** The count is written over it by the map; under it runs the bar, silent where it is neither fresh nor stale. */
function drawBox(pen: Pen, { width, fresh, stale }: Box, palette: Palette): void {
  pen.beginPath();
  pen.roundRect(-width / 2, -boxHeight / 2, width, boxHeight, 2);
  pen.fillStyle = palette.surface;
  pen.strokeStyle = palette.edge;
  pen.lineWidth = 1;
  pen.fill();
  pen.stroke();
  const step = (width - 6) / barSteps;
  const barAt = (from: number, steps: number, colour: string, height: number): void => {
    pen.fillStyle = colour;
    pen.fillRect(-width / 2 + 3 + from * step, boxHeight / 2 - 2 - height, steps * step, height);
  };
  // Told apart without colour too: the fresh part is thick, the stale one half of it, the silent one a line.
  barAt(0, fresh, palette.fresh, 4);
  barAt(fresh, stale, palette.stale, 2);
  barAt(fresh + stale, Math.max(0, barSteps - fresh - stale), palette.silent, 1);
}
