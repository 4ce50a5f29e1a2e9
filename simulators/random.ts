// All chance of the simulated city: seeded, and split by names so that one device's luck does not move another's.

/** The city everybody sees who names no seed. */
export const defaultSeed = 1272;

/** One stream of chance. */
export interface Random {
  /** 0 up to, not including, 1. */
  unit(): number;
  between(low: number, high: number): number;
  /** `low` to `high`, both included. */
  integer(low: number, high: number): number;
  chance(probability: number): boolean;
  /** Mean 0, standard deviation 1. */
  normal(): number;
  /** @throws {RangeError} for an empty list. */
  pick<T>(list: readonly T[]): T;
}

type Name = string | number;

/** FNV-1a over the names, mixed to the end as in MurmurHash3. */
function hash(seed: number, names: Name[]): number {
  let state = 0x811c9dc5 ^ seed;
  for (const name of names) {
    const text = String(name);
    for (let at = 0; at < text.length; at++) state = Math.imul(state ^ text.charCodeAt(at), 0x01000193);
    state = Math.imul(state ^ 0x7c, 0x01000193);
  }
  state = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35);
  return (state ^ (state >>> 16)) >>> 0;
}

/** The same number, 0 up to 1, for the same seed and names: chance without a state. */
export const chanceOf = (seed: number, ...names: Name[]): number => hash(seed, names) / 2 ** 32;

/** A stream of its own for the seed and names (mulberry32). */
export function createRandom(seed: number, ...names: Name[]): Random {
  let state = hash(seed, names);
  const unit = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    unit,
    between: (low, high) => low + (high - low) * unit(),
    integer: (low, high) => low + Math.floor((high - low + 1) * unit()),
    chance: (probability) => unit() < probability,
    normal: () => Math.sqrt(-2 * Math.log(1 - unit())) * Math.cos(2 * Math.PI * unit()),
    pick: (list) => {
      if (list.length === 0) throw new RangeError('nothing to pick from');
      return list[Math.floor(unit() * list.length)]!;
    },
  };
}

/** Noise that remembers (a first-order autoregression, standard deviation 1), whatever the steps between samples. */
export interface Wander {
  /** The value after `seconds` more. */
  after(seconds: number): number;
}

export function createWander(random: Random, memorySeconds: number): Wander {
  let value = random.normal();
  return {
    after: (seconds) => {
      const kept = Math.exp(-Math.max(0, seconds) / memorySeconds);
      value = kept * value + Math.sqrt(1 - kept * kept) * random.normal();
      return value;
    },
  };
}
