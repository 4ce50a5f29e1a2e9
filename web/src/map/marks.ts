// How each thing looks on the map, drawn on a canvas around (0, 0) in CSS pixels, after the sheet of marks.
import type { ExpressionSpecification } from 'maplibre-gl';
import type { Freshness } from '../../../model/asset.ts';
import type { Palette } from './palette.ts';

export type Pen = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;
const strokeWidth = 1.4;
const dashes = [2.5, 2];

/** Fills and strokes the current path: full when fresh, hollow when stale, dashed grey when silent. */
function finish(pen: Pen, state: Freshness, colour: string, palette: Palette): void {
  pen.lineWidth = strokeWidth;
  pen.lineJoin = 'round';
  pen.setLineDash(state === 'silent' ? dashes : []);
  pen.fillStyle = state === 'fresh' ? colour : palette.halo;
  pen.strokeStyle = state === 'fresh' ? palette.halo : state === 'stale' ? colour : palette.silent;
  pen.fill();
  pen.stroke();
  pen.setLineDash([]);
}

function strike(pen: Pen, palette: Palette, reach: number): void {
  pen.strokeStyle = palette.silent;
  pen.lineWidth = strokeWidth;
  pen.beginPath();
  pen.moveTo(-reach, reach);
  pen.lineTo(reach, -reach);
  pen.stroke();
}

export function drawArrow(pen: Pen, state: Freshness, palette: Palette): void {
  pen.beginPath();
  pen.moveTo(0, -8);
  pen.lineTo(5.5, 6);
  pen.lineTo(0, 3);
  pen.lineTo(-5.5, 6);
  pen.closePath();
  finish(pen, state, palette.vehicle, palette);
}

/** A vehicle whose heading nobody knows: no arrow that would invent one. */
export function drawHeadless(pen: Pen, state: Freshness, palette: Palette): void {
  pen.beginPath();
  pen.arc(0, 0, 5, 0, 2 * Math.PI);
  finish(pen, state, palette.vehicle, palette);
}

export function drawNose(pen: Pen, palette: Palette): void {
  pen.beginPath();
  pen.moveTo(0, -13);
  pen.lineTo(4, -8.5);
  pen.lineTo(-4, -8.5);
  pen.closePath();
  pen.fillStyle = palette.angkot;
  pen.fill();
}

/** A plate seen from afar: its place without its number. */
export function drawMiniPlate(pen: Pen, state: Freshness, palette: Palette): void {
  pen.beginPath();
  pen.roundRect(-4.5, -3.5, 9, 7, 1.5);
  finish(pen, state, palette.angkot, palette);
}

const plateFont = "700 10px 'Inter'";

export function plateWidth(pen: Pen, label: string): number {
  pen.font = plateFont;
  return Math.max(20, Math.ceil(pen.measureText(label).width) + 8);
}

export function drawPlate(pen: Pen, state: Freshness, label: string, width: number, palette: Palette): void {
  pen.beginPath();
  pen.roundRect(-width / 2, -7, width, 14, 3);
  finish(pen, state, palette.angkot, palette);
  pen.font = plateFont;
  pen.textAlign = 'center';
  pen.fillStyle = state === 'fresh' ? palette.ink : state === 'stale' ? palette.angkot : palette.silent;
  pen.fillText(label, 0, 3.7);
  if (state === 'silent') strike(pen, palette, 7);
}

export type DiscClass = 'plain' | 'tidak' | 'sangat' | 'bahaya';
export const discClasses: readonly DiscClass[] = ['plain', 'tidak', 'sangat', 'bahaya'];

export function drawDisc(pen: Pen, state: Freshness, disc: DiscClass, palette: Palette): void {
  pen.beginPath();
  pen.arc(0, 0, 11, 0, 2 * Math.PI);
  finish(pen, state, palette.sensor, palette);
  if (disc !== 'plain' && state === 'fresh') {
    pen.fillStyle = palette[disc];
    pen.strokeStyle = palette.ispuEdge;
    pen.fill();
    pen.stroke();
  }
  if (state === 'silent') strike(pen, palette, 8);
}

export function drawCamera(pen: Pen, state: Freshness, palette: Palette): void {
  pen.beginPath();
  pen.rect(-6.5, -6.5, 13, 13);
  finish(pen, state, palette.camera, palette);
  if (state === 'silent') return strike(pen, palette, 6.5);
  pen.beginPath();
  // A larger lens would make a full square look hollow from afar.
  pen.arc(0, 0, state === 'fresh' ? 2.2 : 2.8, 0, 2 * Math.PI);
  pen.fillStyle = state === 'fresh' ? palette.ink : palette.camera;
  pen.fill();
}

export const viewReach = 36;

/** The field of view, looking north; the layer turns it. */
export function drawView(pen: Pen, state: Freshness, fieldOfViewDeg: number, palette: Palette): void {
  const half = (Math.min(fieldOfViewDeg, 360) / 2) * (Math.PI / 180);
  pen.beginPath();
  pen.moveTo(0, 0);
  pen.arc(0, 0, viewReach - 1, -Math.PI / 2 - half, -Math.PI / 2 + half);
  pen.closePath();
  pen.globalAlpha = state === 'fresh' ? 0.17 : 0.1;
  pen.fillStyle = palette.camera;
  pen.fill();
  pen.globalAlpha = 1;
}

/** Seen from afar a mark says only that it is there, and leaves the city to be seen. */
export const smallFromAfar: ExpressionSpecification = [
  'interpolate',
  ['linear'],
  ['zoom'],
  11.2,
  0.35,
  12.4,
  0.55,
  13.5,
  1,
];
/** The same from 12.4 on, as a number. */
export const sizeFromAfar = (zoom: number): number => Math.min(1, 0.55 + ((zoom - 12.4) / 1.1) * 0.45);

/** A square picture of `reach` pixels to each side, for the map's own icons. */
export function toImage(reach: number, ratio: number, draw: (pen: Pen) => void): ImageData {
  const side = Math.ceil(2 * reach * ratio);
  const canvas = new OffscreenCanvas(side, side);
  const pen = canvas.getContext('2d', { willReadFrequently: true });
  if (pen === null) throw new Error('no 2D canvas');
  pen.scale(ratio, ratio);
  pen.translate(reach, reach);
  draw(pen);
  return pen.getImageData(0, 0, side, side);
}
