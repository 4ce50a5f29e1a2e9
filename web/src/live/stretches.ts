// Which stretches of the past a film is cut into, and the shelf that keeps the last ones. Pure.

export const speeds = [1, 5, 20, 60] as const;
export type Speed = (typeof speeds)[number];
export type Direction = 1 | -1;

export interface Stretch {
  /** Epoch milliseconds. */
  fromMs: number;
  toMs: number;
  /** Between the fixes of a vehicle that are asked for; 0: every one. */
  stepSeconds: number;
}

const minuteMs = 60_000;

/** Each lasts half a minute or more at its speed, so that the next is there in time, and stays well under what a slice holds. */
const cuts: Record<Speed, { spanMs: number; stepSeconds: number }> = {
  1: { spanMs: 2 * minuteMs, stepSeconds: 0 },
  5: { spanMs: 5 * minuteMs, stepSeconds: 0 },
  20: { spanMs: 15 * minuteMs, stepSeconds: 5 },
  60: { spanMs: 30 * minuteMs, stepSeconds: 15 },
};

/**
 * The stretch that a film passes through at `ms`. At an edge it is the one that lies ahead.
 * @param nowMs nothing is asked for that is not past yet.
 */
export function stretchAt(ms: number, speed: Speed, direction: Direction, nowMs: number): Stretch {
  const { spanMs, stepSeconds } = cuts[speed];
  const place = direction === 1 ? Math.floor(ms / spanMs) : Math.ceil(ms / spanMs) - 1;
  return { fromMs: place * spanMs, toMs: Math.min((place + 1) * spanMs, nowMs), stepSeconds };
}

/** Whether a film in this direction can go on from `ms` within a piece. */
export const leadsOn = (
  piece: { fromMs: number; toMs: number },
  ms: number,
  direction: Direction,
): boolean =>
  direction === 1 ? ms >= piece.fromMs && ms < piece.toMs : ms > piece.fromMs && ms <= piece.toMs;

/** Keeps the pieces last used, so that going to and fro asks for nothing. */
export class Shelf<P extends { fromMs: number; toMs: number }> {
  readonly #most: number;
  #pieces: P[] = [];

  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#pieces.length;
  }

  put(piece: P): void {
    this.#pieces = [piece, ...this.#pieces.filter((each) => each !== piece)].slice(0, this.#most);
  }

  /** The piece on which a film goes on from `ms`; it is the last to be let go. */
  find(ms: number, direction: Direction): P | undefined {
    const piece = this.peek(ms, direction);
    if (piece) this.put(piece);
    return piece;
  }

  /** The same, without using it. */
  peek(ms: number, direction: Direction): P | undefined {
    return this.#pieces.find((each) => leadsOn(each, ms, direction));
  }

  clear(): void {
    this.#pieces = [];
  }
}
