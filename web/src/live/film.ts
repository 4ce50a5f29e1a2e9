// The pieces of a film: the one in hand, the next asked for before it is needed, the last ones kept; and which vehicles glide.
import type { Known } from '../../../model/moment.ts';
import type { PictureAsset } from '../../../model/picture.ts';
import { askPiece, type Piece } from './past-source.ts';
import type { Place } from './picture.ts';
import type { Reel, Registered } from './reel.ts';
import { Shelf, stretchAt, type Direction, type Speed, type Stretch } from './stretches.ts';

/** Live, a vehicle glides at most so long between fixes; a quicker film glides on, so that it does not stutter. */
const glideMs = 5_000;
const keptPieces = 8;
/** Of the room's time: so long before a piece ends the next is asked for. */
const askedAheadMs = 15_000;
const retryMs = 3_000;

type Failed = (status: number, detail: string | undefined) => void;

export class Film {
  #speed: Speed = 1;
  #known: Known = 'was';
  #registered: Registered;
  #shelf = new Shelf<Piece>(keptPieces);
  #asking: { stretch: Stretch; abort: AbortController } | undefined;
  #failedAt = Number.NEGATIVE_INFINITY;
  #glides = new Map<PictureAsset, Place>();

  constructor(registered: Registered) {
    this.#registered = registered;
  }

  /** What was read for a quicker film is too coarse for a slower one. */
  set speed(speed: Speed) {
    if (speed < this.#speed) this.clear();
    this.#speed = speed;
  }

  set known(known: Known) {
    this.#known = known;
    this.clear();
  }

  /** The piece on which a film can go on from `ms`, if it is there. */
  find(ms: number, direction: Direction): Piece | undefined {
    return this.#shelf.find(ms, direction);
  }

  /** The same; and what is missing, now or soon, is asked for. */
  ahead(ms: number, direction: Direction, nowMs: number, failed: Failed): Piece | undefined {
    const piece = this.#shelf.find(ms, direction);
    const edge = piece === undefined ? ms : direction === 1 ? piece.toMs : piece.fromMs;
    const soon = Math.abs(edge - ms) <= askedAheadMs * this.#speed;
    if (soon && this.#shelf.peek(edge, direction) === undefined)
      this.#ask(this.#missing(edge, direction, nowMs), failed);
    return piece;
  }

  /** Those that changed, those that glide, and those that glided in the frame before. */
  gliding(reel: Reel, changed: Set<PictureAsset>): Set<PictureAsset> {
    const touched = new Set([...changed, ...this.#glides.keys()]);
    this.#glides.clear();
    for (const { asset } of reel.heard) {
      const place = reel.glideOf(asset.id, glideMs * this.#speed);
      if (place === undefined) continue;
      this.#glides.set(asset, place);
      touched.add(asset);
    }
    for (const asset of touched) if (reel.assets.get(asset.id) !== asset) touched.delete(asset);
    return touched;
  }

  /** Where a gliding vehicle is seen. */
  readonly seen = (asset: PictureAsset): Place | undefined => this.#glides.get(asset);

  stop(): void {
    this.#asking?.abort.abort();
    this.#asking = undefined;
    this.#glides.clear();
  }

  clear(): void {
    this.stop();
    this.#shelf.clear();
  }

  /** What is missing at `ms`: of a stretch whose beginning is there already, cut short, only the rest. */
  #missing(ms: number, direction: Direction, nowMs: number): Stretch {
    const stretch = stretchAt(ms, this.#speed, direction, nowMs);
    for (;;) {
      const begun = this.#shelf.peek(stretch.fromMs, 1);
      if (begun === undefined || begun.toMs > ms) return stretch;
      stretch.fromMs = begun.toMs;
    }
  }

  #ask(stretch: Stretch, failed: Failed): void {
    const now = performance.now();
    if (now - this.#failedAt < retryMs || stretch.toMs <= stretch.fromMs) return;
    const under = this.#asking?.stretch;
    if (under?.fromMs === stretch.fromMs && under.stepSeconds === stretch.stepSeconds) return;
    this.#asking?.abort.abort();
    const abort = new AbortController();
    this.#asking = { stretch, abort };
    void askPiece(stretch, this.#known, this.#registered, abort.signal).then((answer) => {
      if (abort.signal.aborted) return;
      this.#asking = undefined;
      if (answer.ok) return this.#shelf.put(answer.value);
      this.#failedAt = performance.now();
      failed(answer.status, answer.problem.detail);
    });
  }
}
