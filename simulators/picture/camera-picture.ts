// Draws the frames of a camera's segment: the still part once, then what moves, the rain and the lettering.
import { drawBody } from './bodies.ts';
import { drawBox } from './box.ts';
import { chanceAt, numberOf } from './chance.ts';
import { paintHouses } from './houses.ts';
import { letter, letteringHeight, letteringWidth } from './lettering.ts';
import { lightOf, type Light } from './light.ts';
import { createRaster, restore, touchedBoxes, type Colour, type Raster } from './raster.ts';
import { picture, type Scene, type SceneArm } from './scene.ts';
import { paintSky } from './sky.ts';
import { alongArm, paintStreets, roadWidthM, stretchesOf } from './street.ts';
import { bodiesAt } from './traffic.ts';
import { createView, type View } from './view.ts';
import { createYuv, develop, type Yuv } from './yuv.ts';

const { width, height, framesPerSecond, segmentSeconds } = picture;

/** The part of a camera's picture that stands still, as it looked in one minute. */
interface Still {
  minute: string;
  raster: Raster;
  yuv: Yuv;
}

/** The memory that drawing needs, used again for every segment. */
export interface Studio {
  /** By camera, the one used longest ago first. */
  stills: Map<string, Still>;
  moving: Raster;
  frame: Yuv;
}

/** Each takes 4 MB. */
const mostStills = 10;

export const createStudio = (): Studio => ({
  stills: new Map(),
  moving: createRaster(width * 2, height * 2),
  frame: createYuv(width, height),
});

/** The still part of a camera's picture, drawn anew each minute. */
function stillOf(studio: Studio, scene: Scene, light: Light, seed: number): Still {
  const still = takeStill(studio, scene.cameraId);
  const minute = `${Math.floor(scene.fromMs / 60_000)} ${Math.round(scene.wetness * 8)}`;
  if (still.minute === minute) return still;
  still.minute = minute;
  const { raster, yuv } = still;
  const view = createView(raster, scene.bearingDeg, scene.fieldOfViewDeg);
  paintSky(raster, light, view.horizonY, seed);
  paintStreets(view, light, scene.arms, scene.wetness);
  paintHouses(view, light, scene.arms, seed);
  develop(raster, yuv, { left: 0, top: 0, right: raster.width - 1, bottom: raster.height - 1 });
  return still;
}

function takeStill({ stills }: Studio, cameraId: string): Still {
  const held = stills.get(cameraId);
  const [oldestId] = stills.keys();
  const reused = held ?? (stills.size >= mostStills ? stills.get(oldestId!) : undefined);
  const still = reused ?? createStill();
  stills.delete(held ? cameraId : reused ? oldestId! : '');
  if (!held) still.minute = '';
  stills.set(cameraId, still);
  return still;
}

const createStill = (): Still => ({
  minute: '',
  raster: createRaster(width * 2, height * 2),
  yuv: createYuv(width, height),
});

/** One frame after another, in the studio's memory: each is to be used before the next is asked for. */
export function* drawSegment(studio: Studio, scene: Scene): Generator<Uint8Array> {
  const frames = framesPerSecond * segmentSeconds;
  if (scene.fault === 'black') {
    const frame = createYuv(width, height).bytes;
    frame.fill(16, 0, width * height).fill(128, width * height);
    for (let no = 0; no < frames; no++) yield frame;
    return;
  }
  const { moving, frame } = studio;
  const seed = numberOf(scene.cameraId);
  const light = lightOf(scene);
  const still = stillOf(studio, scene, light, seed);
  moving.pixels.set(still.raster.pixels);
  moving.nearness.set(still.raster.nearness);
  moving.touched.fill(0);

  const view = createView(moving, scene.bearingDeg, scene.fieldOfViewDeg);
  for (let no = 0; no < frames; no++) {
    const ms = scene.fault === 'frozen' ? scene.fromMs : scene.fromMs + (no * 1000) / framesPerSecond;
    frame.bytes.set(still.yuv.bytes);
    drawMoving(view, light, scene, ms, seed);
    for (const box of touchedBoxes(moving)) develop(moving, frame, box);
    restore(moving, still.raster);
    drawRain(frame, scene.rainMmH, no, seed);
    letterFrame(frame, scene, ms);
    yield frame.bytes;
  }
}

function drawMoving(view: View, light: Light, scene: Scene, ms: number, seed: number): void {
  for (const arm of scene.arms) drawTrafficLight(view, light, arm, ms);
  const bodies = bodiesAt(scene, ms, seed).filter((body) => view.sees({ ...body, up: 1 }, 7));
  // The farthest first: lamps only add light, and must not shine through whoever stands before them.
  const away = new Map(bodies.map((body) => [body, view.aheadM({ ...body, up: 1 })]));
  for (const body of bodies.sort((one, other) => away.get(other)! - away.get(one)!)) {
    if (away.get(body)! < 150) drawBody(view, light, body, scene.wetness);
  }
}

const lampColours: [Colour, Colour, Colour] = [
  [255, 40, 30],
  [255, 190, 40],
  [40, 240, 120],
];

/** A mast at the stop line of an arm; its lamps face who arrives, so we see those of the arms across. */
function drawTrafficLight(view: View, light: Light, arm: SceneArm, ms: number): void {
  if (!arm.light) return;
  const halfM = roadWidthM[arm.streetClass] / 2;
  const foot = alongArm(stretchesOf(arm.points), halfM * 1.8 + 4, -(halfM + 0.8));
  if (view.aheadM({ ...foot, up: 2 }) < 5) return;
  const around = (size: number) =>
    [45, -45, -135, 135].map((turn) => {
      const radians = ((foot.headingDeg - turn) * Math.PI) / 180;
      return { east: foot.east + size * Math.sin(radians), north: foot.north + size * Math.cos(radians) };
    });
  drawBox(view, light, around(0.09), [0, 3.4], [70, 72, 74]);
  drawBox(view, light, around(0.26), [2.5, 3.6], [30, 32, 34]);
  const { cycleMs, greenFromMs, yellowToMs } = arm.light;
  const into = ms % cycleMs;
  const lamp = into < greenFromMs || into >= yellowToMs ? 0 : into >= yellowToMs - 3000 ? 1 : 2;
  view.light({ ...foot, up: 3.35 - lamp * 0.32 }, 0.38, lampColours[lamp], 4);
}

/** Short bright streaks, other ones in each frame. */
function drawRain({ bytes }: Yuv, rainMmH: number, frameNo: number, seed: number): void {
  const streaks = Math.min(240, Math.round(rainMmH * 16));
  for (let no = 0; no < streaks; no++) {
    const x = Math.floor(chanceAt(seed, frameNo, no, 1) * (width - 4));
    const top = Math.floor(chanceAt(seed, frameNo, no, 2) * (height - 16));
    const length = 6 + Math.floor(chanceAt(seed, frameNo, no, 3) * 9);
    for (let step = 0; step < length; step++) {
      const at = (top + step) * width + x + (step >> 2);
      bytes[at] = Math.min(235, bytes[at]! + 26);
    }
  }
}

function letterFrame({ bytes }: Yuv, { cameraId, utcOffsetMs, timeZoneLabel }: Scene, ms: number): void {
  const local = new Date(ms + utcOffsetMs).toISOString();
  const date = `${local.slice(8, 10)}-${local.slice(5, 7)}-${local.slice(0, 4)}`;
  letter(bytes, width, cameraId.toUpperCase().slice(0, 38), 8, 8);
  letter(bytes, width, `${date} ${local.slice(11, 19)} ${timeZoneLabel}`, 8, height - 8 - letteringHeight);
  letter(bytes, width, 'SIMULASI', width - 8 - letteringWidth('SIMULASI'), height - 8 - letteringHeight);
}
