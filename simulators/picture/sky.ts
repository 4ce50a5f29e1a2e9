// Sky, far hills and bare ground: what lies behind everything else of a picture.
import { chanceAt } from './chance.ts';
import type { Light } from './light.ts';
import { mixed, packed, scaled, type Colour, type Raster } from './raster.ts';

const grass: Colour = [112, 116, 88];

export function paintSky(raster: Raster, light: Light, horizonY: number, seed: number): void {
  const { width, height, pixels, nearness } = raster;
  nearness.fill(0);
  for (let y = 0; y < height; y++) {
    const row = y * width;
    if (y < horizonY) {
      const share = Math.max(0, y / Math.max(1, horizonY));
      pixels.fill(packed(mixed(light.zenith, light.horizon, share ** 1.5)), row, row + width);
    } else {
      const awayM = Math.min(400, 2200 / Math.max(1, y - horizonY));
      pixels.fill(packed(light.shade(grass, 1, awayM)), row, row + width);
    }
  }
  paintHills(raster, light, horizonY, seed);
}

/** Two ridges, the nearer one darker. */
function paintHills({ width, height, pixels }: Raster, light: Light, horizonY: number, seed: number): void {
  for (const [ridge, away] of [
    [1, 0.8],
    [2, 0.62],
  ] as const) {
    const colour = packed(mixed(light.shade([64, 84, 74], 0.5, 0), scaled(light.horizon, 0.92), away));
    for (let x = 0; x < width; x++) {
      const heightPx =
        (ridge === 1 ? 34 : 17) *
        (0.35 + wave(seed + ridge, x / 150) * 0.7 + wave(seed - ridge, x / 41) * 0.2);
      const from = Math.max(0, Math.round(horizonY - heightPx));
      for (let y = from; y < Math.min(height, horizonY); y++) pixels[y * width + x] = colour;
    }
  }
}

/** Smooth noise, 0 to 1. */
function wave(seed: number, at: number): number {
  const from = Math.floor(at);
  const share = at - from;
  const soft = share * share * (3 - 2 * share);
  return chanceAt(seed, from) * (1 - soft) + chanceAt(seed, from + 1) * soft;
}
