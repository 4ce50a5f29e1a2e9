// Drawing on the map: a circle, a polygon, a measured path; by pointer, by finger, and by keys round the map's middle.
import type { Map as MapLibreMap, MapMouseEvent, MapTouchEvent } from 'maplibre-gl';
import { distanceM } from '../city/geography.ts';
import { largestRadiusM, mostCorners, smallestRadiusM, type Area, type Position } from './area.ts';
import { SketchLayer } from './layers/sketch.ts';
import type { Palette } from './palette.ts';
import { view } from './view.svelte.ts';

export type Tool = 'circle' | 'polygon' | 'measure';

const firstRadiusM = 300;
const growth = 1.25;
/** Less is a click with a hand that shook. */
const dragPx = 6;

export class Drawing {
  tool = $state<Tool | undefined>();
  /** Corners, points of the path; of a circle its centre, once it has been put somewhere. */
  points = $state.raw<readonly Position[]>([]);
  radiusM = $state(firstRadiusM);
  /** The last measured path; it stays until it is cleared. */
  measured = $state.raw<readonly Position[] | undefined>();
  ondone: (area: Area) => void = () => undefined;
  #map: MapLibreMap;
  #layer = new SketchLayer();
  #pressedAt: { x: number; y: number } | undefined;
  #pointer: Position | undefined;

  constructor(map: MapLibreMap, palette: Palette) {
    this.#map = map;
    this.#layer.addTo(map, palette);
    map.on('mousedown', (event) => this.#press(event));
    map.on('touchstart', (event) => event.points.length === 1 && this.#press(event));
    map.on('mousemove', (event) => this.#move(event));
    map.on('touchmove', (event) => this.#move(event));
    map.on('mouseup', (event) => this.#release(event.point));
    map.on('touchend', (event) => this.#release(event.point));
    map.on('touchcancel', (event) => this.#release(event.point));
    map.on('click', (event) => this.#click(event));
    map.on('dblclick', (event) => {
      if (this.tool === undefined) return;
      event.preventDefault();
      this.finish();
    });
    map.on('move', () => this.tool === 'circle' && this.points.length === 0 && this.draw());
  }

  get layer(): SketchLayer {
    return this.#layer;
  }

  begin(tool: Tool): void {
    if (this.tool === tool) return this.cancel();
    this.tool = tool;
    this.points = [];
    this.measured = undefined;
    this.radiusM = firstRadiusM;
    this.#pointer = undefined;
    this.#map.getCanvas().style.cursor = 'crosshair';
    this.#map.getCanvas().focus();
    this.draw();
  }

  cancel(): void {
    this.#end();
    this.draw();
  }

  clearMeasured(): void {
    this.measured = undefined;
    this.draw();
  }

  /** Ends what is drawn, if it is enough to be something. */
  finish(): void {
    const { tool } = this;
    const points = [...this.points];
    if (tool === 'circle') {
      const centre = points[0] ?? this.#middle();
      this.#end();
      this.ondone({ kind: 'circle', centre, radiusM: this.radiusM });
    } else if (tool === 'polygon' && points.length >= 3) {
      this.#end();
      this.ondone({ kind: 'polygon', ring: points });
    } else if (tool === 'measure' && points.length >= 2) {
      this.#end();
      this.measured = points;
    }
    this.draw();
  }

  #end(): void {
    this.tool = undefined;
    this.points = [];
    this.#pressedAt = undefined;
    this.#map.dragPan.enable();
    this.#map.getCanvas().style.cursor = '';
  }

  /** Puts a point where the crosshair in the middle of the map is. */
  addMiddle(): void {
    this.#add(this.#middle());
  }

  undo(): void {
    this.points = this.points.slice(0, -1);
    this.draw();
  }

  grow(steps: number): void {
    this.#setRadius(this.radiusM * growth ** steps);
    this.draw();
  }

  #setRadius(metres: number): void {
    const rounded = metres < 1000 ? Math.round(metres / 10) * 10 : Math.round(metres / 100) * 100;
    this.radiusM = Math.min(largestRadiusM, Math.max(smallestRadiusM, rounded));
  }

  #middle(): Position {
    const { lng, lat } = this.#map.getCenter();
    return [lng, lat];
  }

  #add(position: Position): void {
    if (this.tool === 'circle') this.points = [position];
    else if (this.points.length < mostCorners && !this.#isLast(position))
      this.points = [...this.points, position];
    this.draw();
  }

  /** The second click of a double click is not a second corner. */
  #isLast(position: Position): boolean {
    const last = this.points.at(-1);
    if (last === undefined) return false;
    const [a, b] = [this.#map.project(last), this.#map.project(position)];
    return Math.hypot(a.x - b.x, a.y - b.y) < dragPx;
  }

  #press(event: MapMouseEvent | MapTouchEvent): void {
    if (this.tool !== 'circle') return;
    this.#pressedAt = event.point;
    this.#map.dragPan.disable();
    this.points = [[event.lngLat.lng, event.lngLat.lat]];
    this.draw();
  }

  #move(event: MapMouseEvent | MapTouchEvent): void {
    if (this.tool === undefined) return;
    const { originalEvent } = event;
    // Let go over a panel: the map was not told.
    if (originalEvent instanceof MouseEvent && originalEvent.buttons === 0 && this.#pressedAt !== undefined)
      return this.#release(event.point);
    this.#pointer = [event.lngLat.lng, event.lngLat.lat];
    if (this.tool === 'circle' && this.#isDrag(event.point)) {
      this.#setRadius(distanceM(this.points[0]!, this.#pointer));
    }
    this.draw();
  }

  #isDrag(point: { x: number; y: number }): boolean {
    const from = this.#pressedAt;
    return from !== undefined && Math.hypot(point.x - from.x, point.y - from.y) > dragPx;
  }

  #release(point: { x: number; y: number }): void {
    const dragged = this.#isDrag(point);
    this.#pressedAt = undefined;
    this.#map.dragPan.enable();
    if (this.tool === 'circle' && dragged) this.finish();
  }

  #click({ lngLat }: MapMouseEvent): void {
    if (this.tool === 'polygon' || this.tool === 'measure') this.#add([lngLat.lng, lngLat.lat]);
  }

  /** Draws what is being drawn, else the area that is looked at and the path that was measured. */
  draw(): void {
    const { tool, points } = this;
    if (tool === 'circle') {
      const centre = points[0] ?? this.#middle();
      this.#layer.show(this.#map, { area: { kind: 'circle', centre, radiusM: this.radiusM }, path: [] });
    } else if (tool !== undefined) {
      const ahead = this.#pointer === undefined ? [] : [this.#pointer];
      const path =
        tool === 'polygon' && points.length > 1 ? [...points, ...ahead, points[0]!] : [...points, ...ahead];
      this.#layer.show(this.#map, { area: undefined, path, measured: tool === 'measure' });
    } else {
      this.#layer.show(this.#map, { area: view.area, path: this.measured ?? [], measured: true });
    }
  }
}
