// From the double-sized raster to the planes that the encoder takes (4:2:0, BT.601), for a whole picture or some boxes.
import type { Box, Raster } from './raster.ts';

export interface Yuv {
  width: number;
  height: number;
  /** Brightness, then the two quarter-sized colour planes. */
  bytes: Uint8Array;
}

export const createYuv = (width: number, height: number): Yuv => ({
  width,
  height,
  bytes: new Uint8Array((width * height * 3) / 2),
});

/** Averages the raster's dots into the picture within a box, given in dots of the raster. */
export function develop(raster: Raster, yuv: Yuv, box: Box): void {
  const { width, height, bytes } = yuv;
  const quarter = (width >> 1) * (height >> 1);
  const blueAt = width * height;
  const fromColumn = box.left >> 2;
  const toColumn = Math.min((width >> 1) - 1, box.right >> 2);
  const toRow = Math.min((height >> 1) - 1, box.bottom >> 2);
  for (let row = box.top >> 2; row <= toRow; row++) {
    for (let column = fromColumn; column <= toColumn; column++) {
      let [red, green, blue] = [0, 0, 0];
      for (let dot = 0; dot < 4; dot++) {
        const x = column * 2 + (dot & 1);
        const y = row * 2 + (dot >> 1);
        const from = y * 2 * raster.width + x * 2;
        const [a, b] = [raster.pixels[from]!, raster.pixels[from + 1]!];
        const [c, d] = [raster.pixels[from + raster.width]!, raster.pixels[from + raster.width + 1]!];
        const r = (a & 255) + (b & 255) + (c & 255) + (d & 255);
        const g = ((a >> 8) & 255) + ((b >> 8) & 255) + ((c >> 8) & 255) + ((d >> 8) & 255);
        const s = ((a >> 16) & 255) + ((b >> 16) & 255) + ((c >> 16) & 255) + ((d >> 16) & 255);
        // Of four dots: sums are four times as large, so the shift by 8 becomes one by 10.
        bytes[y * width + x] = 16 + ((66 * r + 129 * g + 25 * s + 512) >> 10);
        red += r;
        green += g;
        blue += s;
      }
      // Of sixteen dots.
      const at = blueAt + row * (width >> 1) + column;
      bytes[at] = 128 + ((-38 * red - 74 * green + 112 * blue + 2048) >> 12);
      bytes[at + quarter] = 128 + ((112 * red - 94 * green - 18 * blue + 2048) >> 12);
    }
  }
}
