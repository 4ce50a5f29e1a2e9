// What of the assets is drawn by itself, what is joined into clusters and what a filter leaves out; looked at once a second.
import type { Map as MapLibreMap } from 'maplibre-gl';
import type { PictureAsset } from '../../../model/picture.ts';
import { latOfMercator, lonOfMercator, mercatorX, mercatorY } from '../city/geography.ts';
import { clock } from '../live/clock.svelte.ts';
import type { Desk } from '../live/desk.svelte.ts';
import { groupOf, shownFreshness } from '../live/picture.ts';
import { language } from '../words/language.svelte.ts';
import type { CameraLayer } from './layers/cameras.ts';
import { ClusterGrid, clustersUntilZoom, gridZoom, type Cluster } from './layers/cluster-grid.ts';
import { ClusterLayer } from './layers/clusters.ts';
import type { SensorLayer } from './layers/sensors.ts';
import type { VehicleLayer } from './layers/vehicles.ts';
import type { Palette } from './palette.ts';
import { screenOf } from './picking.ts';
import { view } from './view.svelte.ts';

export interface Layers {
  vehicles: VehicleLayer;
  sensors: SensorLayer;
  cameras: CameraLayer;
}

const boxReach = { x: 18, y: 12 };

export class Clustering {
  readonly layer = new ClusterLayer();
  /** Ids of what is not drawn by itself: joined, or left out by the filter. */
  hidden: ReadonlySet<string> = new Set();
  #grid = new ClusterGrid();
  #map: MapLibreMap;
  #desk: Desk;
  #layers: Layers;
  #zoom = NaN;
  /** What somebody filters by; undefined where nothing is left out. */
  passes: ((asset: PictureAsset) => boolean) | undefined;
  /** What speaks for itself and is never joined: air that is bad. */
  #standsOut: (asset: PictureAsset) => boolean;

  constructor(map: MapLibreMap, desk: Desk, layers: Layers, standsOut: (asset: PictureAsset) => boolean) {
    this.#map = map;
    this.#desk = desk;
    this.#layers = layers;
    this.#standsOut = standsOut;
  }

  get count(): number {
    return this.#grid.clusters.size;
  }

  addTo(palette: Palette): void {
    this.layer.addTo(this.#map, palette);
  }

  /** Looks again when the zoom has come to another grid. */
  zoomed(): void {
    if (gridZoom(this.#map.getZoom()) !== this.#zoom) this.update();
  }

  /** Counts all marks anew, and hides and shows what changed. Some milliseconds at 20,000 assets. */
  update(): void {
    const zoom = this.#map.getZoom();
    this.#zoom = gridZoom(zoom);
    const grid = this.#grid;
    const now = clock.now;
    const hidden = new Set<string>();
    grid.begin(zoom);
    for (const asset of this.#desk.picture.assets.values()) {
      const { id, lat, lon } = asset;
      if (lat === undefined || lon === undefined) continue;
      if (this.passes !== undefined && !this.passes(asset)) hidden.add(id);
      else if (zoom < clustersUntilZoom && view.shown[groupOf(asset)] && !this.#alone(asset))
        grid.add(id, mercatorX(lon), mercatorY(lat), shownFreshness(asset, now));
    }
    grid.end();
    for (const id of grid.joined) hidden.add(id);
    this.#hide(hidden);
    this.layer.show(this.#map, grid.clusters, language.words.locale);
  }

  #alone(asset: PictureAsset): boolean {
    return asset.id === view.selected || this.#standsOut(asset);
  }

  #hide(hidden: ReadonlySet<string>): void {
    const { vehicles, sensors, cameras } = this.#layers;
    const set = (id: string, hide: boolean): void => {
      if (id.startsWith('vehicle:')) vehicles.setHidden(id, hide);
      else (id.startsWith('sensor:') ? sensors : cameras).source.setHidden(id, hide);
    };
    for (const id of this.hidden) if (!hidden.has(id)) set(id, false);
    // Those hidden before too: a vehicle that changed its group is a new mark.
    for (const id of hidden) set(id, true);
    this.hidden = hidden;
    sensors.source.flush(this.#map);
    cameras.source.flush(this.#map);
  }

  /** The cluster drawn under a point of the map. */
  at(point: { x: number; y: number }): Cluster | undefined {
    const toScreen = screenOf(this.#map);
    const seen = { x: 0, y: 0 };
    for (const cluster of this.#grid.clusters.values()) {
      toScreen(cluster, seen);
      const near = Math.abs(seen.x - point.x) <= boxReach.x && Math.abs(seen.y - point.y) <= boxReach.y;
      if (near) return cluster;
    }
    return undefined;
  }

  /** The cluster nearest to the middle of what is seen, for keys. */
  nearest(): Cluster | undefined {
    const { lng, lat } = this.#map.getCenter();
    const [x, y] = [mercatorX(lng), mercatorY(lat)];
    const distance = (cluster: Cluster): number => Math.hypot(cluster.x - x, cluster.y - y);
    let nearest: Cluster | undefined;
    for (const cluster of this.#grid.clusters.values()) {
      if (nearest === undefined || distance(cluster) < distance(nearest)) nearest = cluster;
    }
    return nearest;
  }

  /** Goes near enough to see the members of a cluster apart. */
  open(cluster: Cluster, durationMs: number): void {
    const zoom = Math.min(clustersUntilZoom, this.#map.getZoom() + 1.5);
    this.#map.easeTo({
      center: [lonOfMercator(cluster.x), latOfMercator(cluster.y)],
      zoom,
      duration: durationMs,
    });
  }
}
