// Reads the picture from the store for as often as it takes: at the start, after a gap of the bus, at an unknown asset.
import type { Change } from '../model/live.ts';
import type { StoredAsset } from '../store/assets.ts';
import type { LivePicture } from './picture.ts';

const retryMs = 2_000;
/** A stream of parts of an asset that the store does not know yet must not read the store over and over. */
const unknownEveryMs = 5_000;

export interface LoadOptions {
  select: () => Promise<StoredAsset[]>;
  picture: LivePicture;
  /** What is new or newer by this reading. */
  loaded: (changes: Change[]) => void;
  log: (message: string) => void;
}

export class PictureLoader {
  readonly #options: LoadOptions;
  #loading: Promise<void> | undefined;
  #again = false;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(options: LoadOptions) {
    this.#options = options;
  }

  /** Loads now, or once more after what is under way, which may have begun before the reason for this. */
  load(): void {
    if (this.#stopped) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#loading) {
      this.#again = true;
      return;
    }
    this.#loading = this.#loadOnce().then((retryInMs) => {
      this.#loading = undefined;
      if (this.#again) {
        this.#again = false;
        this.#loadIn(retryInMs ?? 0);
      } else if (retryInMs !== undefined) this.#loadIn(retryInMs);
    });
  }

  /** Somebody was heard of whom we know nothing: the store will. */
  loadSoon(): void {
    if (this.#timer === undefined && this.#loading === undefined) this.#loadIn(unknownEveryMs);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#loading;
  }

  #loadIn(ms: number): void {
    if (this.#stopped) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.load(), ms);
  }

  /** @returns after how many milliseconds to try again, when it failed. */
  async #loadOnce(): Promise<number | undefined> {
    const { select, picture, loaded, log } = this.#options;
    // Not before `#loading` is set.
    await Promise.resolve();
    try {
      const stored = await select();
      if (!this.#stopped) loaded(picture.load(stored, Date.now()));
      return undefined;
    } catch (error) {
      log(`the live picture could not be read from the database: ${(error as Error).message}`);
      return retryMs;
    }
  }
}
