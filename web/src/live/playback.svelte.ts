// The screen's time as people turn it: live, at a moment of the past, or playing through it, forward and back.
import type { Alarm } from '../../../model/alarm.ts';
import type { Event } from '../../../model/live.ts';
import type { Known, Moment, Resolution } from '../../../model/moment.ts';
import { foldChange, fromFeature, type PictureAsset } from '../../../model/picture.ts';
import type { WarningFeature } from '../../../model/warning.ts';
import { clock } from './clock.svelte.ts';
import { Film } from './film.ts';
import { alarmsAfter, askMoment, type Piece } from './past-source.ts';
import type { Place } from './picture.ts';
import type { Direction, Speed } from './stretches.ts';

/** Who shows what the playback finds. */
export interface Stage {
  /** The whole city of another time. */
  show(assets: Iterable<PictureAsset>): void;
  /** What changed since, and where gliding vehicles are seen. */
  move(
    changed: Set<PictureAsset>,
    gone: readonly PictureAsset[],
    film: (asset: PictureAsset) => Place | undefined,
  ): void;
  /** What stood then, and what had happened by then, newest first. */
  tell(stood: {
    events: readonly Event[];
    warnings: readonly WarningFeature[];
    alarms: readonly Alarm[];
  }): void;
  live(): void;
  registered(id: string): PictureAsset | undefined;
}

/** So near to now the screen is live. */
const liveWithinMs = 2_000;
/** What was received so long ago is stored. */
const justNowMs = 3_000;
/** How often a film tells everything that redraws with the time. */
const saidEveryMs = 500;
const stepsMs: Record<Speed, number> = { 1: 10_000, 5: 60_000, 20: 300_000, 60: 900_000 };
const retryMs = 5_000;
/** Whoever stays so long at a moment may want to play on from it. */
const settledMs = 600;

export class Playback {
  playing = $state(false);
  direction = $state<Direction>(1);
  speed = $state<Speed>(1);
  known = $state<Known>('was');
  /** Where the screen is to go, until it is there. */
  target = $state<number | undefined>();
  /** The film waits for its next piece. */
  waiting = $state(false);
  /** Since when the past cannot be read, by the room's clock; and why, where the server said so. */
  failedAt = $state<number | undefined>();
  refused = $state<string | undefined>();
  resolution = $state<Resolution>('fix');
  completeness = $state.raw<Moment['completeness'] | undefined>();
  #stage: Stage;
  #film: Film;
  #abort: AbortController | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #frame = 0;
  #framedAt = 0;
  #saidAt = 0;
  #piece: Piece | undefined;

  constructor(stage: Stage) {
    this.#stage = stage;
    this.#film = new Film((id) => stage.registered(id));
  }

  get past(): boolean {
    return clock.past;
  }

  /** Shows the city as it was at `ms`; the clock moves when the picture does. */
  async goTo(ms: number): Promise<void> {
    clearTimeout(this.#retry);
    this.#abort?.abort();
    if (ms >= clock.read() - liveWithinMs) return this.goLive();
    this.target = ms;
    const piece = this.#film.find(ms, this.direction);
    if (piece?.exact) {
      this.#arrive(ms);
      return this.#showPiece(piece, ms);
    }
    const { signal } = (this.#abort = new AbortController());
    const answer = await askMoment(ms, this.known, signal);
    if (signal.aborted) return;
    if (!answer.ok) return this.#failed(answer.status, answer.problem.detail, () => void this.goTo(ms));
    this.#arrive(ms);
    this.#piece = undefined;
    const { features, events, warnings, alarms } = answer.value;
    this.#note(answer.value);
    this.#stage.show(features.flatMap((feature) => foldChange(undefined, fromFeature(feature)) ?? []));
    this.#stage.tell({ events, warnings, alarms });
    this.#readAhead(ms);
  }

  goLive(): void {
    clearTimeout(this.#retry);
    this.#abort?.abort();
    this.#stop();
    this.target = this.failedAt = this.refused = undefined;
    this.direction = 1;
    if (!clock.past) return;
    clock.release();
    this.#stage.live();
    clock.turn();
    // What was read of the last minutes may lack what came late.
    this.#film.clear();
    this.#piece = undefined;
  }

  /** Plays and pauses; what is live it stops where it is. */
  play(): void {
    if (!clock.past) return void this.goTo(clock.read() - justNowMs);
    if (this.playing) this.pause();
    else this.#start();
  }

  /** Plays the other way; from now there is only the way back. */
  async reverse(): Promise<void> {
    if (!clock.past) {
      this.direction = -1;
      await this.goTo(clock.read() - justNowMs);
      if (clock.past) this.#start();
      return;
    }
    this.direction = this.direction === 1 ? -1 : 1;
    if (!this.playing) this.#start();
  }

  pause(): void {
    this.#stop();
    if (!clock.past) return;
    clock.hold(clock.readNow());
    // A quick film left fixes out.
    if (this.#piece?.exact === false) void this.goTo(clock.readNow());
  }

  /** One step of the size that goes with the speed. */
  step(direction: Direction): void {
    this.pause();
    void this.goTo((this.target ?? clock.readNow()) + direction * stepsMs[this.speed]);
  }

  choose(speed: Speed): void {
    this.speed = speed;
    this.#film.speed = speed;
  }

  /** As it was, or as it was known then: what is shown of the same moment changes. */
  chooseKnown(known: Known): void {
    this.known = known;
    this.#film.known = known;
    this.#piece = undefined;
    if (clock.past) void this.goTo(clock.readNow());
  }

  close(): void {
    this.#abort?.abort();
    clearTimeout(this.#retry);
    this.#stop();
    clock.release();
  }

  #start(): void {
    // A jump that is under way, or is to be tried again, would pull the film away.
    clearTimeout(this.#retry);
    this.#abort?.abort();
    this.playing = true;
    this.target = this.failedAt = this.refused = undefined;
    this.#framedAt = performance.now();
    this.#frame = requestAnimationFrame(this.#next);
  }

  #stop(): void {
    this.playing = this.waiting = false;
    cancelAnimationFrame(this.#frame);
    this.#film.stop();
  }

  /** The piece round a moment that somebody stays at: steps within it ask for nothing, and a film begins at once. */
  #readAhead(ms: number): void {
    this.#retry = setTimeout(() => {
      if (!this.playing) this.#film.ahead(ms, this.direction, clock.read(), () => undefined);
    }, settledMs);
  }

  #arrive(ms: number): void {
    this.target = this.failedAt = this.refused = undefined;
    clock.hold(ms);
    clock.turn();
  }

  #failed(status: number, detail: string | undefined, again: () => void): void {
    this.failedAt ??= clock.read();
    // What the server refuses it will refuse again.
    this.refused = status === 400 ? (detail ?? String(status)) : undefined;
    if (status === 400) {
      this.target = undefined;
      this.#stop();
    } else this.#retry = setTimeout(again, retryMs);
  }

  #next = (nowMs: number): void => {
    if (!this.playing) return;
    this.#frame = requestAnimationFrame(this.#next);
    const passed = Math.min(1_000, Math.max(0, nowMs - this.#framedAt));
    this.#framedAt = nowMs;
    const fromMs = clock.readNow();
    const piece = this.#film.ahead(fromMs, this.direction, clock.read(), (status, detail) =>
      this.#failed(status, detail, () => undefined),
    );
    this.waiting = piece === undefined;
    if (piece === undefined) return;
    const wanted = fromMs + this.direction * this.speed * passed;
    if (wanted >= clock.read() - liveWithinMs) return this.goLive();
    this.failedAt = undefined;
    this.#show(piece, Math.min(piece.toMs, Math.max(piece.fromMs, wanted)), nowMs);
  };

  #show(piece: Piece, ms: number, nowMs: number): void {
    const said = nowMs - this.#saidAt >= saidEveryMs || !clock.past;
    clock.hold(ms, said);
    if (piece !== this.#piece) return this.#showPiece(piece, ms);
    const moved = piece.reel.moveTo(ms);
    this.#stage.move(this.#film.gliding(piece.reel, moved.changed), moved.gone, this.#film.seen);
    if (!said) return;
    this.#saidAt = nowMs;
    this.#tell(piece, ms);
  }

  #showPiece(piece: Piece, ms: number): void {
    this.#piece = piece;
    piece.reel.moveTo(ms);
    this.#note(piece.moment);
    this.#stage.show(piece.reel.assets.values());
    this.#tell(piece, ms);
  }

  #tell({ reel, moment }: Piece, ms: number): void {
    const events = reel.eventsUpTo(ms);
    this.#stage.tell({
      events: [...events.toReversed(), ...moment.events],
      warnings: moment.warnings,
      alarms: alarmsAfter(moment.alarms, events),
    });
  }

  #note({ resolution, completeness }: Moment): void {
    this.resolution = resolution;
    this.completeness = completeness;
  }
}
