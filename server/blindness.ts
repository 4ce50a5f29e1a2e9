// Counts once a minute which junctions the city cannot see, from the live picture; what is not known is not counted.
import {
  dayIn,
  hearingOf,
  isBlind,
  lookAround,
  toBlindPlaces,
  toEyes,
  type BlindPlaces,
} from '../model/blindness.ts';
import type { CityMap } from '../model/city.ts';
import type { LinkState } from '../model/live.ts';
import type { LivePicture } from '../bus/picture.ts';
import { deleteOldBlindDays, insertBlindMinute, type BlindMinute } from '../store/blindness.ts';
import type { Database } from '../store/connect.ts';

const minuteMs = 60_000;
const lookEveryMs = 5_000;
/** Between two looks of a process that sleeps, nobody heard anything. */
const sleptAfterMs = 30_000;
/** Minutes kept while the database is away: a day. Of more, the oldest go, and are then not counted. */
export const mostWaiting = 1_440;

export interface BlindnessOptions {
  db: Database;
  city: Pick<CityMap, 'facts' | 'streets' | 'districts'>;
  picture: Pick<LivePicture, 'all' | 'loadedAt'>;
  links: () => Pick<LinkState, 'broker' | 'ingest'>;
  log: (message: string) => void;
}

/**
 * A minute stands for how it was at its end. It counts only if the field was heard from its beginning to its end, and if
 * nothing hangs on an asset that had no time to speak since we hear again.
 */
export class BlindnessCount {
  readonly #options: BlindnessOptions;
  readonly #places: BlindPlaces;
  #waiting: BlindMinute[] = [];
  /** The last minute that was decided on, of all since 1970. */
  #decided: number;
  #lookedAt: number;
  /** Since when this process is awake. */
  #awakeSince: number;
  #cleanedDay = '';
  #saving: Promise<void> | undefined;
  #failing = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: BlindnessOptions, nowMs: number) {
    this.#options = options;
    this.#places = toBlindPlaces(options.city);
    this.#awakeSince = this.#lookedAt = nowMs;
    this.#decided = endedMinute(nowMs);
  }

  start(): void {
    this.#timer = setInterval(() => this.look(Date.now()), lookEveryMs);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#saving;
  }

  /** Minutes that wait for the database. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Counts the minute that has ended, if one has; tries to write what waits. */
  look(nowMs: number): void {
    if (Math.abs(nowMs - this.#lookedAt) > sleptAfterMs) this.#awakeSince = nowMs;
    this.#lookedAt = nowMs;
    const ended = endedMinute(nowMs);
    if (ended !== this.#decided) {
      this.#decided = ended;
      this.#count(ended * minuteMs, nowMs);
    }
    this.#saving ??= this.#save(nowMs).finally(() => (this.#saving = undefined));
  }

  /** Resolves once what waited has been written, or has failed. */
  async settled(): Promise<void> {
    await this.#saving;
  }

  #count(beganMs: number, nowMs: number): void {
    const { picture, links, city } = this.#options;
    const hearing = hearingOf(links());
    const heardSince = Math.max(hearing.since, this.#awakeSince);
    if (!hearing.ok || heardSince > beganMs || picture.loadedAt === undefined) return;
    const sights = lookAround(this.#places, toEyes(picture.all(), nowMs, heardSince));
    if (sights.some(({ inDoubt }) => inDoubt)) return;
    this.#waiting.push({
      day: dayIn(beganMs, city.facts.timeZone),
      minuteMs: beganMs,
      blindJunctions: sights.filter(isBlind).map(({ id }) => id),
    });
    if (this.#waiting.length > mostWaiting) this.#waiting.shift();
  }

  async #save(nowMs: number): Promise<void> {
    const { db, city, log } = this.#options;
    try {
      for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
        await insertBlindMinute(db, next);
        if (this.#waiting[0] === next) this.#waiting.shift();
        const day = dayIn(nowMs, city.facts.timeZone);
        if (day !== this.#cleanedDay) await deleteOldBlindDays(db, day);
        this.#cleanedDay = day;
      }
      this.#failing = false;
    } catch (error) {
      if (!this.#failing) log(`minutes of blindness wait to be written: ${(error as Error).message}`);
      this.#failing = true;
    }
  }
}

const endedMinute = (nowMs: number): number => Math.floor(nowMs / minuteMs) - 1;
