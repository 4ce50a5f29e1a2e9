// Fast repeatable chance from integers, for what stands and moves in a picture.

/** 0 up to 1, the same for the same numbers. */
export function chanceAt(...numbers: number[]): number {
  let state = 0x9e3779b9;
  for (const number of numbers) {
    state = Math.imul(state ^ (number | 0), 0x85ebca6b);
    state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35);
    state ^= state >>> 16;
  }
  return (state >>> 0) / 2 ** 32;
}

/** A number for a name. */
export function numberOf(name: string): number {
  let state = 0;
  for (let at = 0; at < name.length; at++) state = (Math.imul(state, 31) + name.charCodeAt(at)) | 0;
  return state;
}
