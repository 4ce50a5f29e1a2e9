// The vehicles on the map: a custom layer that draws each as one point, gliding between its fixes on the GPU.
import type { CustomLayerInterface, CustomRenderMethodInput, Map as MapLibreMap } from 'maplibre-gl';
import { mercatorX, mercatorY } from '../../city/geography.ts';
import { groupOf, lineOf, numberOf, type Batch } from '../../live/picture.ts';
import type { PictureAsset } from '../../../../model/picture.ts';
import { crowdOf, type Crowd } from './crowd.ts';
import { sprites, type VehicleAtlas } from './vehicle-atlas.ts';
import { VehicleGpu, type Frame } from './vehicle-gpu.ts';
import { VehicleInstances } from './vehicle-instances.ts';
import type { Part } from './vehicle-shader.ts';

type VehicleGroup = 'service' | 'angkot';
const vehicleGroups: readonly VehicleGroup[] = ['service', 'angkot'];
/** What is drawn of each group, one pass each, where there is room for plates and where there is not. */
const passes: Record<VehicleGroup, { roomy: readonly Part[]; crowded: readonly Part[] }> = {
  service: { roomy: ['arrow'], crowded: ['arrow'] },
  angkot: { roomy: ['nose', 'plate'], crowded: ['miniPlate'] },
};

/** A quick vehicle; with the scale of the map it says how often a glide must be drawn to look smooth. */
const quickMps = 20;
const pixelsPerFrame = 0.3;

/** How often the vehicles in sight are counted again. */
const countEveryMs = 500;

export class VehicleLayer implements CustomLayerInterface {
  readonly id = 'vehicles';
  readonly type = 'custom' as const;
  readonly renderingMode = '2d' as const;
  readonly shown: Record<VehicleGroup, boolean> = { service: true, angkot: true };
  readonly instances: Record<VehicleGroup, VehicleInstances>;
  /** Vehicles drawn in the last frame. */
  drawn = 0;
  /** Jump instead of gliding, for whoever asked the system for less motion. */
  still = false;
  #now: () => number;
  #origin: { x: number; y: number };
  #atlas: VehicleAtlas;
  #map: MapLibreMap | undefined;
  #gpu: VehicleGpu | undefined;
  #matrix = new Float32Array(16);
  #crowd: Crowd = { plates: true, scale: 1 };
  #countedAt = 0;
  /** Written anew each frame, so that a frame allocates nothing. */
  #frame: Frame = { matrix: this.#matrix, bearingDeg: 0, scale: 1, ratio: 1 };
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(origin: [lon: number, lat: number], atlas: VehicleAtlas, now: () => number) {
    this.#origin = { x: mercatorX(origin[0]), y: mercatorY(origin[1]) };
    this.#atlas = atlas;
    this.#now = now;
    this.instances = { service: new VehicleInstances(now()), angkot: new VehicleInstances(now()) };
  }

  take(batch: Batch): void {
    const now = this.#now();
    for (const asset of batch.changed) if (asset.kind === 'vehicle') this.#set(asset, now, batch.film);
    for (const { id, kind } of batch.gone) {
      if (kind === 'vehicle') for (const group of vehicleGroups) this.instances[group].remove(id);
    }
    // A film says itself how often it moves.
    if (batch.film) this.repaint();
    else if (this.#map) this.#drawSoon(this.#map);
  }

  setHidden(id: string, hidden: boolean): void {
    for (const group of vehicleGroups) this.instances[group].setHidden(id, hidden);
  }

  repaint(): void {
    this.#map?.triggerRepaint();
  }

  /** Where a vehicle is seen now, in Web Mercator; undefined when it is not drawn. */
  seenAt(id: string, into: { x: number; y: number }): boolean {
    for (const group of vehicleGroups) {
      const slot = this.instances[group].slotOf(id);
      if (slot === undefined) continue;
      this.#seen(this.instances[group], slot, into);
      return true;
    }
    return false;
  }

  /** Visits every shown vehicle with where it is seen now; `at` is reused. */
  visit(visitor: (id: string, at: { x: number; y: number }) => void): void {
    const at = { x: 0, y: 0 };
    for (const group of vehicleGroups) {
      if (!this.shown[group]) continue;
      const instances = this.instances[group];
      for (let slot = 0; slot < instances.count; slot++) {
        this.#seen(instances, slot, at);
        visitor(instances.idAt(slot)!, at);
      }
    }
  }

  #seen(instances: VehicleInstances, slot: number, into: { x: number; y: number }): void {
    instances.seenAt(slot, this.#now(), into);
    into.x += this.#origin.x;
    into.y += this.#origin.y;
  }

  #set(asset: PictureAsset, now: number, film: Batch['film']): void {
    const { lat, lon } = film?.(asset) ?? asset;
    if (lat === undefined || lon === undefined) return;
    const line = lineOf(asset);
    const group = groupOf(asset) as VehicleGroup;
    const other = group === 'angkot' ? 'service' : 'angkot';
    if (this.instances[other].has(asset.id)) this.instances[other].remove(asset.id);
    this.instances[group].set(
      asset.id,
      {
        x: mercatorX(lon) - this.#origin.x,
        y: mercatorY(lat) - this.#origin.y,
        headingDeg: numberOf(asset, 'headingDeg'),
        observedAtMs: asset.observedAt,
        expectedEverySeconds: asset.expectedEverySeconds,
        sprite: line === undefined ? sprites.arrow : this.#atlas.plateOf(line),
      },
      now,
      !this.still && film === undefined,
    );
  }

  onAdd(map: MapLibreMap, gl: WebGL2RenderingContext): void {
    this.#map = map;
    this.#gpu = new VehicleGpu(gl, [this.instances.service, this.instances.angkot]);
  }

  onRemove(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#gpu?.delete();
    this.#gpu = undefined;
    this.#map = undefined;
  }

  /** Sends what changed before the frame is begun: within it a sending would cut the frame in two. */
  prerender(): void {
    this.#gpu?.sendAtlas(this.#atlas, window.devicePixelRatio);
    for (const group of vehicleGroups) if (this.shown[group]) this.#gpu?.send(this.instances[group]);
  }

  render(_gl: WebGL2RenderingContext, { defaultProjectionData }: CustomRenderMethodInput): void {
    const gpu = this.#gpu;
    const map = this.#map;
    if (gpu === undefined || map === undefined) return;
    this.#measureCrowd(map);
    this.#aroundOrigin(defaultProjectionData.mainMatrix);
    const frame = this.#frame;
    frame.bearingDeg = map.getBearing();
    frame.scale = this.#crowd.scale;
    frame.ratio = window.devicePixelRatio;
    gpu.begin(frame);
    const now = this.#now();
    this.drawn = 0;
    let movingUntilMs = 0;
    for (const group of vehicleGroups) {
      if (!this.shown[group]) continue;
      const instances = this.instances[group];
      gpu.draw(instances, passes[group][this.#crowd.plates ? 'roomy' : 'crowded'], now);
      this.drawn += instances.count;
      movingUntilMs = Math.max(movingUntilMs, instances.movingUntilMs);
    }
    if (now < movingUntilMs) this.#drawSoon(map);
  }

  /** Counts those in sight, by where they are going: near enough, and quick. */
  #measureCrowd(map: MapLibreMap): void {
    const now = performance.now();
    if (now - this.#countedAt < countEveryMs) return;
    this.#countedAt = now;
    const bounds = map.getBounds();
    const west = mercatorX(bounds.getWest()) - this.#origin.x;
    const east = mercatorX(bounds.getEast()) - this.#origin.x;
    const north = mercatorY(bounds.getNorth()) - this.#origin.y;
    const south = mercatorY(bounds.getSouth()) - this.#origin.y;
    let inView = 0;
    for (const group of vehicleGroups) {
      if (this.shown[group]) inView += this.instances[group].countWithin(west, north, east, south);
    }
    const { clientWidth, clientHeight } = map.getContainer();
    this.#crowd = crowdOf(inView, clientWidth * clientHeight, map.getZoom(), this.#crowd);
  }

  /** Draws again only as soon as the eye can tell at this scale: seen from afar a quick vehicle moves a pixel a second. */
  #drawSoon(map: MapLibreMap): void {
    if (this.#timer !== undefined) return;
    const metresPerPixel =
      (40_075_016.686 * Math.cos((map.getCenter().lat * Math.PI) / 180)) / (512 * 2 ** map.getZoom());
    const waitMs = Math.min(250, (1000 * pixelsPerFrame * metresPerPixel) / quickMps);
    if (waitMs <= 17) return map.triggerRepaint();
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      map.triggerRepaint();
    }, waitMs - 8);
  }

  /** Positions are kept relative to the city, the matrix is joined in 64 bits: nothing jitters at any zoom. */
  #aroundOrigin(matrix: ArrayLike<number>): void {
    const { x, y } = this.#origin;
    for (let row = 0; row < 4; row++) {
      this.#matrix[row] = matrix[row]!;
      this.#matrix[4 + row] = matrix[4 + row]!;
      this.#matrix[8 + row] = matrix[8 + row]!;
      this.#matrix[12 + row] = matrix[row]! * x + matrix[4 + row]! * y + matrix[12 + row]!;
    }
  }
}
