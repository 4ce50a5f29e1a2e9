// Which marks are joined into one box because they would lie on each other: a grid over the world, one a zoom. Pure.
import type { Freshness } from '../../../../model/asset.ts';
import { numberWords } from '../../words/say.ts';
import { sizeFromAfar } from '../marks.ts';

export interface Cluster {
  /** Its cell; stays the same while the zoom does. */
  key: number;
  /** Web Mercator, 0 to 1. */
  x: number;
  y: number;
  fresh: number;
  stale: number;
  silent: number;
  ids: readonly string[];
}

/** Side of a cell, in pixels, at the zoom the grid is made for. */
export const cellPx = 64;
/** From this zoom on everything is drawn by itself: what still lies on another thing is picked by clicking again. */
export const clustersUntilZoom = 17;
/** A grid serves half a step of zoom. */
const stepsPerZoom = 2;
/** Pixels from the middle of a cluster to the edge of its cell, so that the boxes of neighbours never meet. */
const marginPx = 18;
/** How far the middle of its members must go before a box follows, so that it stands still while they move. */
const followsPx = 14;
const markPx = 20;
/** Share of a cell that marks cover when they are joined; they part again at `partsAt` of that. */
const coverMax = 0.5;
const partsAt = 0.6;
const fewest = 4;

/** How many marks a cell holds before they are joined, by how large marks are drawn at the zoom. */
export function joinsFrom(zoom: number): number {
  const size = Math.max(0.35, sizeFromAfar(zoom)) * markPx;
  return Math.max(fewest, Math.ceil((coverMax * cellPx * cellPx) / (size * size)));
}

interface Cell {
  x: number;
  y: number;
  fresh: number;
  stale: number;
  silent: number;
  ids: string[];
}

const columns = 2 ** 21;

/** The step of zoom whose grid is used. */
export const gridZoom = (zoom: number): number => Math.floor(zoom * stepsPerZoom) / stepsPerZoom;

export class ClusterGrid {
  /** Of the last count. */
  clusters: ReadonlyMap<number, Cluster> = new Map();
  /** Ids of everything that is joined. */
  joined: ReadonlySet<string> = new Set();
  #zoom = NaN;
  #cells = new Map<number, Cell>();
  #across = 0;

  /** Begins a count at `zoom`; then `add` every mark, then `end`. */
  begin(zoom: number): void {
    const step = gridZoom(zoom);
    if (step !== this.#zoom) this.clusters = new Map();
    this.#zoom = step;
    this.#across = (512 * 2 ** step) / cellPx;
    this.#cells.clear();
  }

  /** @param x, y Web Mercator, 0 to 1. */
  add(id: string, x: number, y: number, freshness: Freshness): void {
    const key = Math.floor(x * this.#across) * columns + Math.floor(y * this.#across);
    let cell = this.#cells.get(key);
    if (cell === undefined) {
      cell = { x: 0, y: 0, fresh: 0, stale: 0, silent: 0, ids: [] };
      this.#cells.set(key, cell);
    }
    cell.x += x;
    cell.y += y;
    cell[freshness]++;
    cell.ids.push(id);
  }

  end(): void {
    const from = joinsFrom(this.#zoom);
    const clusters = new Map<number, Cluster>();
    const joined = new Set<string>();
    for (const [key, cell] of this.#zoom < clustersUntilZoom ? this.#cells : []) {
      const before = this.clusters.get(key);
      // What is joined parts only when clearly fewer are left, so that nothing flickers at the border.
      if (cell.ids.length < (before === undefined ? from : Math.max(2, from * partsAt))) continue;
      const { fresh, stale, silent, ids } = cell;
      clusters.set(key, { key, ...this.#standAt(key, cell, before), fresh, stale, silent, ids });
      for (const id of ids) joined.add(id);
    }
    this.clusters = clusters;
    this.joined = joined;
  }

  #standAt(key: number, cell: Cell, before: Cluster | undefined): { x: number; y: number } {
    const perPx = 1 / (this.#across * cellPx);
    const within = (at: number, index: number): number =>
      Math.min(
        (index + 1) / this.#across - marginPx * perPx,
        Math.max(index / this.#across + marginPx * perPx, at),
      );
    const x = within(cell.x / cell.ids.length, Math.floor(key / columns));
    const y = within(cell.y / cell.ids.length, key % columns);
    const follows = before === undefined || Math.hypot(x - before.x, y - before.y) > followsPx * perPx;
    return follows ? { x, y } : { x: before.x, y: before.y };
  }
}

/** `9`, `128`, `1,2k`: at most four signs in a box. */
export function countWords(count: number, locale: string): string {
  if (count < 1000) return String(count);
  return `${numberWords(count / 1000, locale, count < 9950 ? 1 : 0)}k`;
}
