// Two seconds of a camera as an MPEG-TS segment: frames through the H.264 encoder, remuxed with timestamps that go on.
import { createRequire } from 'node:module';
import type * as H264 from 'h264-mp4-encoder';
import {
  BufferSource,
  BufferTarget,
  EncodedPacketSink,
  EncodedVideoPacketSource,
  Input,
  MP4,
  MpegTsOutputFormat,
  Output,
} from 'mediabunny';
import { picture } from './scene.ts';

// CommonJS, and its exports cannot be named by an import.
const { createH264MP4Encoder } = createRequire(import.meta.url)('h264-mp4-encoder') as typeof H264;

/** Of 10 to 51: the lower the finer. */
const quantization = 29;
/** Of 0 to 10. */
const speed = 10;

/** An encoder for one segment, so that each begins with a picture of its own. */
export async function encodeSegment(frames: Iterable<Uint8Array>, atSeconds: number): Promise<Uint8Array> {
  const encoder = await createH264MP4Encoder();
  encoder.width = picture.width;
  encoder.height = picture.height;
  encoder.frameRate = picture.framesPerSecond;
  encoder.groupOfPictures = picture.framesPerSecond * picture.segmentSeconds;
  encoder.quantizationParameter = quantization;
  encoder.speed = speed;
  encoder.initialize();
  for (const frame of frames) encoder.addFrameYuv(frame);
  return toTransportStream(finish(encoder), atSeconds);
}

function finish(encoder: H264.H264MP4Encoder): Uint8Array {
  encoder.finalize();
  const mp4 = encoder.FS.readFile(encoder.outputFilename);
  encoder.FS.unlink(encoder.outputFilename);
  encoder.delete();
  return mp4;
}

async function toTransportStream(mp4: Uint8Array, atSeconds: number): Promise<Uint8Array> {
  const input = new Input({ source: new BufferSource(mp4), formats: [MP4] });
  const track = await input.getPrimaryVideoTrack();
  if (!track) throw new Error('The encoder gave no video');
  const decoderConfig = await track.getDecoderConfig();
  const target = new BufferTarget();
  const output = new Output({ format: new MpegTsOutputFormat(), target });
  const video = new EncodedVideoPacketSource('avc');
  output.addVideoTrack(video);
  await output.start();
  for await (const packet of new EncodedPacketSink(track).packets()) {
    const moved = packet.clone({ timestamp: packet.timestamp + atSeconds });
    await video.add(moved, decoderConfig ? { decoderConfig } : undefined);
  }
  await output.finalize();
  input.dispose();
  if (!target.buffer) throw new Error('The segment is empty');
  return new Uint8Array(target.buffer);
}
