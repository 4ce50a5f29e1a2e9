// The worker thread that draws and encodes cameras' segments: scenes in, MPEG-TS out, one after another.
import { parentPort } from 'node:worker_threads';
import { createStudio, drawSegment } from './picture/camera-picture.ts';
import { encodeSegment } from './picture/segment.ts';
import type { Encoded, Scene } from './picture/scene.ts';

const port = parentPort;
if (!port) throw new Error('camera-encoder runs as a worker thread');

const studio = createStudio();
let last = Promise.resolve();

async function encode(jobNo: number, scene: Scene): Promise<void> {
  let answer: Encoded;
  try {
    answer = { jobNo, segment: await encodeSegment(drawSegment(studio, scene), scene.atSeconds) };
  } catch (error) {
    answer = { jobNo, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
  port!.postMessage(answer, 'segment' in answer ? [answer.segment.buffer as ArrayBuffer] : []);
}

port.on('message', ({ jobNo, scene }: { jobNo: number; scene: Scene }) => {
  // The studio serves one segment at a time.
  last = last.then(() => encode(jobNo, scene));
});
