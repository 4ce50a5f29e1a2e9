// One watched camera: its newest segments, and the playlist over them (RFC 8216).
import { picture, type Scene } from '../picture/scene.ts';

export interface Segment {
  sequence: number;
  fromMs: number;
  /** The picture before this one is missing. */
  afterGap: boolean;
  bytes: Uint8Array;
}

export interface Channel {
  /** When somebody last asked for it. */
  askedMs: number;
  /** Encodes what is due. At most one scene is under way. */
  advance(nowMs: number): void;
  /** True as soon as there is enough to play; false when it does not come. */
  ready(): Promise<boolean>;
  playlist(): string;
  segment(sequence: number): Uint8Array | undefined;
}

const segmentMs = picture.segmentSeconds * 1000;
/** Behind the present by a vehicle's step and a little, so that both ends of each movement are known. */
const delayMs = 2300;
const listed = 5;
/** Players are still fetching what has just left the playlist. */
const kept = 8;
const enoughToPlay = 3;
/** Farther behind than this (an overloaded machine) some are left out. */
const mostBehindMs = 12_000;
const retryMs = 2000;

export interface ChannelOptions {
  sceneAt(fromMs: number, atSeconds: number): Scene;
  encode(scene: Scene): Promise<Uint8Array>;
  log(message: string): void;
}

export function openChannel({ sceneAt, encode, log }: ChannelOptions, nowMs: number): Channel {
  const segments: Segment[] = [];
  const beganMs = Math.floor((nowMs - delayMs) / segmentMs - enoughToPlay) * segmentMs;
  let nextMs = beganMs;
  let sequence = beganMs / segmentMs;
  let gapsGone = 0;
  let busy = false;
  let afterGap = false;
  let notBeforeMs = 0;
  const waiting: ((ready: boolean) => void)[] = [];

  const keep = (segment: Segment): void => {
    segments.push(segment);
    // Only tags that have left the playlist count for EXT-X-DISCONTINUITY-SEQUENCE.
    const left = segments[segments.length - 1 - listed];
    if (left?.afterGap) gapsGone++;
    if (segments.length > kept) segments.shift();
    if (segments.length >= enoughToPlay) for (const resolve of waiting.splice(0)) resolve(true);
  };

  const encodeNext = async (now: number): Promise<void> => {
    const fromMs = nextMs;
    try {
      const bytes = await encode(sceneAt(fromMs, (fromMs - beganMs) / 1000));
      keep({ sequence: sequence++, fromMs, afterGap, bytes });
      afterGap = false;
    } catch (error) {
      log(`simulator: no picture: ${error instanceof Error ? error.message : String(error)}`);
      afterGap = true;
      notBeforeMs = now + retryMs;
    }
    nextMs = fromMs + segmentMs;
  };

  return {
    askedMs: nowMs,
    advance(now) {
      const dueMs = now - delayMs - segmentMs;
      if (busy || nextMs > dueMs || now < notBeforeMs) return;
      if (dueMs - nextMs > mostBehindMs) {
        nextMs = Math.floor(dueMs / segmentMs) * segmentMs;
        afterGap = true;
      }
      busy = true;
      void encodeNext(now).finally(() => {
        busy = false;
      });
    },
    ready: () =>
      segments.length >= enoughToPlay
        ? Promise.resolve(true)
        : new Promise((resolve) => {
            waiting.push(resolve);
            setTimeout(resolve, 10_000, false);
          }),
    playlist: () => toPlaylist(segments.slice(-listed), gapsGone),
    segment: (asked) => segments.find((segment) => segment.sequence === asked)?.bytes,
  };
}

export function toPlaylist(segments: readonly Segment[], gapsGone: number): string {
  const lines = [
    '#EXTM3U',
    '#EXT-X-VERSION:3',
    `#EXT-X-TARGETDURATION:${picture.segmentSeconds}`,
    `#EXT-X-MEDIA-SEQUENCE:${segments[0]?.sequence ?? 0}`,
    `#EXT-X-DISCONTINUITY-SEQUENCE:${gapsGone}`,
  ];
  for (const { sequence, fromMs, afterGap } of segments) {
    if (afterGap) lines.push('#EXT-X-DISCONTINUITY');
    lines.push(`#EXT-X-PROGRAM-DATE-TIME:${new Date(fromMs).toISOString()}`);
    lines.push(`#EXTINF:${picture.segmentSeconds.toFixed(3)},`, `${sequence}.ts`);
  }
  return `${lines.join('\n')}\n`;
}
