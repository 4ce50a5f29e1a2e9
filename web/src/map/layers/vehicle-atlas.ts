// All pictures of vehicles on one texture: arrowheads, noses, and a plate a line, each fresh, stale and silent.
import { freshnesses } from '../../../../model/asset.ts';
import {
  drawArrow,
  drawHeadless,
  drawMiniPlate,
  drawNose,
  drawPlate,
  plateWidth,
  type Pen,
} from '../marks.ts';
import type { Palette } from '../palette.ts';
import { packRows, type Rect } from './packing.ts';

/** Sprites before the plates. */
export const sprites = { arrow: 0, headless: 1, nose: 2, none: 3, miniPlate: 4, firstPlate: 5 } as const;
/** Each sprite has three pictures: fresh, stale, silent. */
export const statesPerSprite = 3;

const stripWidth = 512;
/** No larger than what is drawn: where thousands overlap, every empty pixel is drawn thousands of times. */
const sizes = {
  arrow: { width: 14, height: 20 },
  headless: { width: 14, height: 14 },
  nose: { width: 10, height: 6 },
  miniPlate: { width: 12, height: 10 },
} as const;
/** How far before the middle of its vehicle the nose is drawn. */
export const noseAheadPx = 11;
const plateHeight = 18;
/** A longer label would hide the street it is on. */
const longestLabel = 6;

interface Picture {
  width: number;
  height: number;
  draw: (pen: Pen) => void;
}

export class VehicleAtlas {
  /** Rises whenever the picture must be sent to the GPU again. */
  version = 0;
  #labels: string[] = [];
  #sprites = new Map<string, number>();
  #palette: Palette;
  #canvas: OffscreenCanvas | undefined;
  #rects: Rect[] = [];
  #drawnVersion = -1;
  ratio = 1;

  constructor(palette: Palette) {
    this.#palette = palette;
  }

  recolour(palette: Palette): void {
    this.#palette = palette;
    this.version++;
  }

  /** The sprite of a line's plate; a line never seen before gets one. */
  plateOf(line: string): number {
    let sprite = this.#sprites.get(line);
    if (sprite === undefined) {
      sprite = sprites.firstPlate + this.#labels.length;
      this.#sprites.set(line, sprite);
      this.#labels.push(line.length > longestLabel ? `${line.slice(0, longestLabel - 1)}…` : line);
      this.version++;
    }
    return sprite;
  }

  /** The picture, and where each sprite lies on it in its pixels; drawn anew only after a change. */
  draw(ratio: number): { canvas: OffscreenCanvas; rects: readonly Rect[] } {
    if (this.#canvas && this.#drawnVersion === this.version && ratio === this.ratio) {
      return { canvas: this.#canvas, rects: this.#rects };
    }
    this.ratio = ratio;
    this.#drawnVersion = this.version;
    const measure = penOf(new OffscreenCanvas(1, 1));
    const pictures = this.#pictures(measure);
    const scaled = pictures.map(({ width, height }) => ({
      width: even(width * ratio),
      height: even(height * ratio),
    }));
    const { rects, height } = packRows(scaled, Math.ceil(stripWidth * ratio));
    const canvas = new OffscreenCanvas(Math.ceil(stripWidth * ratio), Math.max(1, height));
    const pen = penOf(canvas);
    pictures.forEach(({ draw }, index) => {
      const rect = rects[index]!;
      pen.save();
      pen.translate(rect.x + rect.width / 2, rect.y + rect.height / 2);
      pen.scale(ratio, ratio);
      draw(pen);
      pen.restore();
    });
    this.#canvas = canvas;
    this.#rects = rects;
    return { canvas, rects };
  }

  #pictures(measure: Pen): Picture[] {
    const palette = this.#palette;
    const mark = (name: keyof typeof sizes, draw: (pen: Pen) => void): Picture => ({ ...sizes[name], draw });
    const nothing: Picture = { width: 0, height: 0, draw: () => undefined };
    const nose = mark('nose', (pen) => {
      pen.translate(0, noseAheadPx);
      drawNose(pen, palette);
    });
    const pictures: Picture[] = [
      ...freshnesses.map((state) => mark('arrow', (pen) => drawArrow(pen, state, palette))),
      ...freshnesses.map((state) => mark('headless', (pen) => drawHeadless(pen, state, palette))),
      // A silent vehicle points nowhere: where it heads is no longer known.
      nose,
      nose,
      nothing,
      nothing,
      nothing,
      nothing,
      ...freshnesses.map((state) => mark('miniPlate', (pen) => drawMiniPlate(pen, state, palette))),
    ];
    for (const label of this.#labels) {
      const width = plateWidth(measure, label);
      for (const state of freshnesses) {
        pictures.push({
          width: width + 3,
          height: plateHeight,
          draw: (pen) => drawPlate(pen, state, label, width, palette),
        });
      }
    }
    return pictures;
  }
}

/** Even sides have their middle between pixels, so that a picture lies on whole pixels wherever it is put. */
const even = (side: number): number => 2 * Math.ceil(side / 2);

function penOf(canvas: OffscreenCanvas): OffscreenCanvasRenderingContext2D {
  const pen = canvas.getContext('2d');
  if (pen === null) throw new Error('no 2D canvas');
  return pen;
}
