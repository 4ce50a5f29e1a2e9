// A trail cut into pieces by age, so that each can be drawn in its own grey. Pure.

/** Fixes of a line: time in ISO 8601, latitude, longitude. */
export type TrackPart = readonly (readonly [time: string, lat: number, lon: number])[];

export interface Band {
  /** 0 is now, 1 the oldest that is shown. */
  age: number;
  path: [lon: number, lat: number][];
}

const steps = 8;

/** Neighbouring pieces share their end, so that no gap is seen where there was none. */
export function bandsOf(parts: readonly TrackPart[], fromMs: number, toMs: number): Band[] {
  const span = Math.max(1, toMs - fromMs);
  const bands: Band[] = [];
  for (const part of parts) {
    let band: Band | undefined;
    for (const [n, [time, lat, lon]] of part.entries()) {
      const passed = Math.min(1, Math.max(0, (toMs - Date.parse(time)) / span));
      const age = Math.min(steps - 1, Math.floor(passed * steps)) / (steps - 1);
      if (n > 0) band!.path.push([lon, lat]);
      if (band === undefined || band.age !== age) {
        band = { age, path: [[lon, lat]] };
        bands.push(band);
      }
    }
  }
  return bands.filter(({ path }) => path.length > 1);
}
