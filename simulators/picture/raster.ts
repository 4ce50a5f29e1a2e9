// A small software rasteriser: filled polygons in perspective with depth, at twice the picture's size for soft edges.

export type Colour = readonly [red: number, green: number, blue: number];

export interface Raster {
  width: number;
  height: number;
  /** Red, green and blue in the lower three bytes. */
  pixels: Uint32Array;
  /** 1 / distance; the greater the nearer, 0 for the sky. */
  nearness: Float32Array;
  /** Tiles that were drawn over since the last restore, row by row. */
  touched: Uint8Array;
}

export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** In pixels of the raster, with 1 / distance. */
export interface Corner {
  x: number;
  y: number;
  nearness: number;
}

/** `over` paints whatever lies there (the ground, in order); `solid` hides what is behind; `glow` only adds light. */
export type Ink = 'over' | 'solid' | 'glow';

export const createRaster = (width: number, height: number): Raster => ({
  width,
  height,
  pixels: new Uint32Array(width * height),
  nearness: new Float32Array(width * height),
  touched: new Uint8Array(Math.ceil(width / tile) * Math.ceil(height / tile)),
});

/** Side of a tile in dots; the planes of the picture need a multiple of four. */
const tile = 16;

function touch(raster: Raster, { left, top, right, bottom }: Box): void {
  const across = Math.ceil(raster.width / tile);
  const toRow = Math.floor(bottom / tile);
  const toColumn = Math.floor(right / tile);
  for (let row = Math.floor(top / tile); row <= toRow; row++) {
    raster.touched.fill(1, row * across + Math.floor(left / tile), row * across + toColumn + 1);
  }
}

/** Touched tiles side by side joined into boxes. */
export function* touchedBoxes(raster: Raster): Generator<Box> {
  const across = Math.ceil(raster.width / tile);
  for (let at = 0; at < raster.touched.length; at++) {
    if (!raster.touched[at]) continue;
    const row = Math.floor(at / across);
    const from = at;
    while (raster.touched[at + 1] && at + 1 < (row + 1) * across) at++;
    yield {
      left: (from - row * across) * tile,
      top: row * tile,
      right: Math.min(raster.width, (at - row * across + 1) * tile) - 1,
      bottom: Math.min(raster.height, (row + 1) * tile) - 1,
    };
  }
}

export const packed = ([red, green, blue]: Colour): number =>
  (clampByte(red) | (clampByte(green) << 8) | (clampByte(blue) << 16)) >>> 0;

const clampByte = (value: number): number => (value <= 0 ? 0 : value >= 255 ? 255 : value | 0);

/** Two colours mixed, `share` of the second. */
export const mixed = (one: Colour, other: Colour, share: number): Colour => [
  one[0] + (other[0] - one[0]) * share,
  one[1] + (other[1] - one[1]) * share,
  one[2] + (other[2] - one[2]) * share,
];

export const scaled = (colour: Colour, by: number): Colour => [
  colour[0] * by,
  colour[1] * by,
  colour[2] * by,
];

export function parseColour(hex: string): Colour {
  const value = Number.parseInt(hex.slice(1), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

/**
 * Fills a convex polygon. Nearness is a plane over the screen, so each row needs only its start and slope. This and
 * `glow` are where the time goes: no objects are made in their loops.
 */
export function fillPolygon(raster: Raster, corners: readonly Corner[], colour: Colour, ink: Ink): void {
  const box = boxOf(raster, corners);
  if (!box || corners.length < 3) return;
  const { pixels, nearness: held, width } = raster;
  const { base, perX, perY } = planeOf(corners);
  touch(raster, box);
  const value = packed(colour);
  for (let y = box.top; y <= box.bottom; y++) {
    let fromX = Infinity;
    let toX = -Infinity;
    for (let no = 0, before = corners.length - 1; no < corners.length; before = no++) {
      const one = corners[before]!;
      const other = corners[no]!;
      if (one.y <= y + 0.5 === other.y <= y + 0.5) continue;
      const x = one.x + ((y + 0.5 - one.y) / (other.y - one.y)) * (other.x - one.x);
      if (x < fromX) fromX = x;
      if (x > toX) toX = x;
    }
    const from = Math.max(box.left, Math.ceil(fromX - 0.5));
    const to = Math.min(box.right, Math.ceil(toX - 0.5) - 1);
    let nearness = base + perX * (from + 0.5) + perY * (y + 0.5);
    for (let at = y * width + from, end = y * width + to; at <= end; at++, nearness += perX) {
      if (ink === 'over' || nearness >= held[at]!) {
        if (ink === 'glow') pixels[at] = added(pixels[at]!, value);
        else {
          pixels[at] = value;
          held[at] = nearness;
        }
      }
    }
  }
}

/** The light of both, channel by channel, as far as a channel goes. */
function added(pixel: number, light: number): number {
  const red = (pixel & 0xff) + (light & 0xff);
  const green = (pixel & 0xff00) + (light & 0xff00);
  const blue = (pixel & 0xff0000) + (light & 0xff0000);
  return (red > 0xff ? 0xff : red) | (green > 0xff00 ? 0xff00 : green) | (blue > 0xff0000 ? 0xff0000 : blue);
}

function boxOf(raster: Raster, corners: readonly Corner[]): Box | undefined {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { x, y } of corners) {
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  left = Math.max(0, Math.floor(left));
  top = Math.max(0, Math.floor(top));
  right = Math.min(raster.width - 1, Math.ceil(right));
  bottom = Math.min(raster.height - 1, Math.ceil(bottom));
  return left > right || top > bottom ? undefined : { left, top, right, bottom };
}

function planeOf(corners: readonly Corner[]): { base: number; perX: number; perY: number } {
  // The corner farthest from the first edge gives the steadiest plane.
  const [a, b] = [corners[0]!, corners[1]!];
  let best = 0;
  let perX = 0;
  let perY = 0;
  for (const c of corners.slice(2)) {
    const area = (b.x - a.x) * (c.y - a.y) - (c.x - a.x) * (b.y - a.y);
    if (Math.abs(area) <= Math.abs(best)) continue;
    best = area;
    const [nb, nc] = [b.nearness - a.nearness, c.nearness - a.nearness];
    perX = (nb * (c.y - a.y) - nc * (b.y - a.y)) / area;
    perY = (nc * (b.x - a.x) - nb * (c.x - a.x)) / area;
  }
  return { base: a.nearness - perX * a.x - perY * a.y, perX, perY };
}

/** A soft round light, fading to its edge; hidden when something nearer stands before its middle. */
export function glow(raster: Raster, { x, y, nearness }: Corner, radius: number, colour: Colour): void {
  const middle = Math.floor(y) * raster.width + Math.floor(x);
  if (x < 0 || y < 0 || x >= raster.width || y >= raster.height || nearness < raster.nearness[middle]! * 0.98)
    return;
  const box = {
    left: Math.max(0, Math.floor(x - radius)),
    top: Math.max(0, Math.floor(y - radius)),
    right: Math.min(raster.width - 1, Math.ceil(x + radius)),
    bottom: Math.min(raster.height - 1, Math.ceil(y + radius)),
  };
  touch(raster, box);
  const [red, green, blue] = colour;
  const squared = radius * radius;
  for (let row = box.top; row <= box.bottom; row++) {
    for (let column = box.left; column <= box.right; column++) {
      const right = column + 0.5 - x;
      const below = row + 0.5 - y;
      const share = 1 - (right * right + below * below) / squared;
      if (share <= 0) continue;
      const at = row * raster.width + column;
      const strength = share * share * share;
      const light = (red * strength) | ((green * strength) << 8) | ((blue * strength) << 16);
      raster.pixels[at] = added(raster.pixels[at]!, light);
    }
  }
}

/** Copies the touched tiles back from a raster that holds the still part, and forgets them. */
export function restore(raster: Raster, still: Raster): void {
  for (const { left, top, right, bottom } of touchedBoxes(raster)) {
    for (let y = top; y <= bottom; y++) {
      const end = y * raster.width + right;
      for (let at = y * raster.width + left; at <= end; at++) {
        raster.pixels[at] = still.pixels[at]!;
        raster.nearness[at] = still.nearness[at]!;
      }
    }
  }
  raster.touched.fill(0);
}
