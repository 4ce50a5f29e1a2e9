// What the city cannot see, looked at in the picture that the screen shows; the minutes of today are asked of the server.
import { blindShares, toBlindField, toGround, type Ground } from '../../../model/blind-ground.ts';
import type { Blindness } from '../../../model/blindness-http.ts';
import {
  lookAround,
  toBlindPlaces,
  toEyes,
  type BlindPlaces,
  type Eye,
  type Sight,
} from '../../../model/blindness.ts';
import type { CityMap } from '../../../model/city.ts';
import type { PictureAsset } from '../../../model/picture.ts';
import { toBlindShape, type Ring } from '../map/blind-shape.ts';
import { ask } from './ask.ts';
import { answered, begun, failed, neverAsked } from './asked.ts';
import { clock } from './clock.svelte.ts';

/** The server counts once a minute, some seconds after its end. */
const askEveryMs = 20_000;
const retryMs = 5_000;
const groundEveryMs = 1_500;

export interface BlindGround {
  polygons: readonly Ring[][];
  /** Of each kecamatan, 0 to 1, in the order of the city's file. */
  shares: readonly (number | null)[];
}

/** One look around. */
export interface Look {
  /** Of which moment, epoch milliseconds. */
  atMs: number;
  sights: readonly Sight[];
  /** Fresh ones, by which was looked. */
  cameras: number;
  sensors: number;
}

export class Blind {
  /** undefined before the first look. */
  seen = $state.raw<Look | undefined>();
  /** Changes only when some eye opens or shuts. */
  ground = $state.raw<BlindGround | undefined>();
  places = $state.raw<BlindPlaces | undefined>();
  /** As last answered; of the day it names. */
  minutes = $state.raw<Blindness | undefined>();
  asked = $state.raw(neverAsked);
  /** Whether anybody looks at it: else nothing is asked. */
  wanted = false;
  #city: CityMap | undefined;
  #grid: Ground | undefined;
  #eyes = '';
  /** By the page's own stopwatch. */
  #groundAt = 0;
  #askedAt = 0;
  #asking = false;

  /** @param heardSinceMs since when the field is heard; undefined where that does not matter, as in the past. */
  look(city: CityMap, assets: Iterable<PictureAsset>, atMs: number, heardSinceMs: number | undefined): void {
    if (city !== this.#city) {
      this.#city = city;
      this.places = toBlindPlaces(city);
      this.#grid = undefined;
    }
    const eyes = toEyes(assets, atMs, heardSinceMs);
    const fresh = eyes.filter(({ inDoubt }) => !inDoubt);
    const cameras = fresh.filter(({ kind }) => kind === 'camera').length;
    const sights = lookAround(this.places!, eyes);
    this.seen = { atMs, sights, cameras, sensors: fresh.length - cameras };
    this.#lookAtGround(city, eyes);
  }

  /** Milliseconds to tens of them: only when it would look different, and of many changes not each. */
  #lookAtGround(city: CityMap, eyes: readonly Eye[]): void {
    const key = eyes
      .map(
        ({ lat, lon, reachM, view }) => `${lat},${lon},${reachM},${view?.bearingDeg},${view?.fieldOfViewDeg}`,
      )
      .sort()
      .join(' ');
    const now = performance.now();
    if (this.#grid !== undefined && (key === this.#eyes || now - this.#groundAt < groundEveryMs)) return;
    this.#eyes = key;
    this.#groundAt = now;
    this.#grid ??= toGround(city.districts);
    const field = toBlindField(this.#grid, eyes);
    this.ground = {
      polygons: toBlindShape(this.#grid, field),
      shares: blindShares(this.#grid, field, city.districts.districts.length),
    };
  }

  /** Called each second while the server is heard. */
  tick(nowMs: number): void {
    if (!this.wanted) return;
    const everyMs = this.asked.failedAt === undefined ? askEveryMs : retryMs;
    if (Math.abs(nowMs - this.#askedAt) >= everyMs) void this.ask();
  }

  async ask(): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    this.#askedAt = clock.read();
    this.asked = begun(this.asked, this.#askedAt);
    const answer = await ask<Blindness>('GET', '/api/blindness');
    this.#asking = false;
    if (answer.ok) this.minutes = answer.value;
    this.asked = answer.ok ? answered(clock.read()) : failed(this.asked, clock.read());
  }
}
