// How warnings look: a hatch for each severity, so that no colour has to say it, and rings for an earthquake.
import type { WarningSeverity } from '../../../../model/warning.ts';
import { toImage, type Pen } from '../marks.ts';
import type { Palette } from '../palette.ts';

/** Saturated only from severe: the picture is grey until the city is not. */
export const colourOf = (severity: WarningSeverity, palette: Palette): string =>
  severity === 'extreme'
    ? palette.warningExtreme
    : severity === 'severe'
      ? palette.warningSevere
      : palette.warning;

/** Side of a tile, in pixels of the page; all hatches repeat in it without a seam. */
const tile = 16;

interface Hatch {
  /** Lines per tile; 0 for none. */
  lines: 0 | 1 | 2;
  crossed: boolean;
  dotted: boolean;
}

const hatches: Record<WarningSeverity, Hatch> = {
  extreme: { lines: 2, crossed: true, dotted: false },
  severe: { lines: 2, crossed: false, dotted: false },
  moderate: { lines: 1, crossed: false, dotted: false },
  minor: { lines: 0, crossed: false, dotted: true },
  unknown: { lines: 0, crossed: false, dotted: false },
};

function drawHatch(pen: Pen, severity: WarningSeverity, palette: Palette): void {
  const { lines, crossed, dotted } = hatches[severity];
  pen.strokeStyle = pen.fillStyle = colourOf(severity, palette);
  pen.lineWidth = 1;
  const half = tile / 2;
  if (dotted) {
    pen.beginPath();
    pen.arc(0, 0, 1, 0, 2 * Math.PI);
    pen.fill();
  }
  if (lines === 0) return;
  const step = tile / lines;
  pen.beginPath();
  for (let at = -tile; at <= tile; at += step) {
    pen.moveTo(at - half, half);
    pen.lineTo(at + half, -half);
    if (!crossed) continue;
    pen.moveTo(at - half, -half);
    pen.lineTo(at + half, half);
  }
  pen.stroke();
}

export const hatchImage = (severity: WarningSeverity, ratio: number, palette: Palette): ImageData =>
  toImage(tile / 2, ratio, (pen) => drawHatch(pen, severity, palette));

const rings = [5, 11, 17];
export const ringReach = 18;

/** Rings that go outward from the epicentre, each fainter than the last. */
export const quakeImage = (severity: WarningSeverity, ratio: number, palette: Palette): ImageData =>
  toImage(ringReach, ratio, (pen) => {
    for (const colour of [palette.halo, colourOf(severity, palette)]) {
      pen.strokeStyle = pen.fillStyle = colour;
      for (const [n, radius] of rings.entries()) {
        pen.globalAlpha = 1 - n * 0.28;
        pen.lineWidth = colour === palette.halo ? 3.4 : 1.6;
        pen.beginPath();
        pen.arc(0, 0, radius - 1, 0, 2 * Math.PI);
        pen.stroke();
      }
      pen.globalAlpha = 1;
      pen.beginPath();
      pen.arc(0, 0, colour === palette.halo ? 3 : 2, 0, 2 * Math.PI);
      pen.fill();
    }
  });
