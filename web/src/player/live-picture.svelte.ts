// One camera's picture through hls.js: started, watched for standing still, started again after a fault.
import Hls, { type ErrorData } from 'hls.js';
import { clock } from '../live/clock.svelte.ts';

/** A picture that has not moved for this long is said to stand still. */
const stalledAfterMs = 2500;
const lookEveryMs = 500;
const retryAfterMs = 5000;
/** A stream that does not start is retried, however it fails. */
const startWithinMs = 20_000;

export type PictureFault = 'none' | 'busy' | 'upstream' | 'lost' | 'unsupported';

export class LivePicture {
  state = $state<'loading' | 'live' | 'stalled' | 'failed'>('loading');
  fault = $state<PictureFault | undefined>();
  /** When what is seen was filmed, by the stream's own clock. */
  shownAt = $state<number | undefined>();
  stalledAt = $state<number | undefined>();
  retryAt = $state<number | undefined>();
  #url: string;
  #video: HTMLVideoElement;
  #hls: Hls | undefined;
  #position = 0;
  #movedAt = 0;
  #startedAt = 0;
  #look: ReturnType<typeof setInterval>;

  constructor(id: string, video: HTMLVideoElement) {
    this.#url = `/api/cameras/${encodeURIComponent(id)}/live/index.m3u8`;
    this.#video = video;
    this.#start();
    this.#look = setInterval(() => this.#watch(), lookEveryMs);
  }

  end(): void {
    clearInterval(this.#look);
    this.#hls?.destroy();
  }

  #start(): void {
    this.#hls?.destroy();
    this.retryAt = undefined;
    this.#position = 0;
    this.#startedAt = Date.now();
    this.#movedAt = Date.now();
    if (!Hls.isSupported()) return this.#fail('unsupported');
    if (this.state === 'failed') this.state = 'loading';
    // The pictures are small: no worker, which a strict CSP would have to allow as a blob, and a short buffer.
    const hls = new Hls({
      enableWorker: false,
      lowLatencyMode: false,
      liveSyncDuration: 3,
      liveMaxLatencyDuration: 12,
      maxLiveSyncPlaybackRate: 1.2,
      maxBufferLength: 8,
      backBufferLength: 4,
      manifestLoadingMaxRetry: 0,
      levelLoadingMaxRetry: 1,
      fragLoadingMaxRetry: 1,
    });
    this.#hls = hls;
    hls.on(Hls.Events.ERROR, (_event, data) => this.#erred(data));
    hls.on(Hls.Events.MANIFEST_PARSED, () => void this.#video.play().catch(() => undefined));
    hls.loadSource(this.#url);
    hls.attachMedia(this.#video);
  }

  #erred(data: ErrorData): void {
    if (!data.fatal) return;
    const status = data.response?.code;
    if (status === 401 || status === 403 || status === 404) this.#fail('none');
    else if (status === 503) this.#fail('busy');
    else if (status === 502 || status === 504) this.#fail('upstream');
    else if (data.details === Hls.ErrorDetails.BUFFER_INCOMPATIBLE_CODECS_ERROR) this.#fail('unsupported');
    else this.#fail('lost');
  }

  #fail(fault: PictureFault): void {
    this.#hls?.destroy();
    this.#hls = undefined;
    this.fault = fault;
    this.state = 'failed';
    this.retryAt = fault === 'unsupported' ? undefined : clock.read() + retryAfterMs;
  }

  #watch(): void {
    if (this.state === 'failed') {
      if (this.retryAt !== undefined && clock.read() >= this.retryAt) this.#start();
      return;
    }
    const { currentTime } = this.#video;
    const filmedAt = this.#hls?.playingDate?.getTime();
    if (filmedAt !== undefined) this.shownAt = filmedAt;
    const now = Date.now();
    if (currentTime !== this.#position) {
      this.#position = currentTime;
      this.#movedAt = now;
      if (this.#video.readyState >= 2) {
        this.state = 'live';
        this.fault = undefined;
        this.stalledAt = undefined;
      }
    } else if (now - this.#movedAt >= stalledAfterMs && this.state === 'live') {
      this.state = 'stalled';
      this.stalledAt = clock.read() - (now - this.#movedAt);
    } else if (this.state === 'loading' && now - this.#startedAt > startWithinMs) this.#fail('lost');
    else if (this.state === 'stalled' && now - this.#movedAt > startWithinMs) this.#fail('lost');
  }
}
