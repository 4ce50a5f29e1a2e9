// One record a vehicle, as the GPU reads it: where it glides from and to, when, and how old its news is. No map, no GL.

/** Bytes of one record; at 20,000 vehicles 800 kB. */
export const bytesPerVehicle = 40;
const floatsPerVehicle = bytesPerVehicle / 4;
const shortsPerVehicle = bytesPerVehicle / 2;

/** Where each field of a record starts, in bytes. */
export const offsets = { path: 0, times: 16, heading: 32, sprite: 36 } as const;

/** Records are sent to the GPU in pages of this many, so that scattered changes stay few calls. */
const pageSize = 64;
/** A call costs more than sending this many pages that did not change. */
const joinedPages = 8;

const longestGlideS = 5;
const shortestGlideS = 0.2;
/** Faster than this between two fixes is a correction, not a journey: it jumps. */
const fastestGlideMps = 60;
const metresPerWorld = 40_075_016.686;
/** Seconds are kept as 32-bit floats: after four hours the epoch moves, so that they stay exact to a millisecond. */
const epochLastsMs = 4 * 3600 * 1000;
const neverObserved = -1e9;

/** Flags of a record. */
export const headingKnown = 1;
export const notDrawn = 2;

export interface Fix {
  /** Web Mercator, less the origin. */
  x: number;
  y: number;
  headingDeg: number | undefined;
  observedAtMs: number | undefined;
  expectedEverySeconds: number;
  sprite: number;
}

export class VehicleInstances {
  epochMs: number;
  count = 0;
  /** Until when something glides, epoch milliseconds. */
  movingUntilMs = 0;
  #bytes: ArrayBuffer;
  #floats: Float32Array;
  #shorts: Uint16Array;
  #dirtyPages: Uint8Array;
  #slots = new Map<string, number>();
  #ids: string[] = [];

  constructor(nowMs: number, capacity = 1024) {
    this.epochMs = nowMs;
    this.#bytes = new ArrayBuffer(capacity * bytesPerVehicle);
    this.#floats = new Float32Array(this.#bytes);
    this.#shorts = new Uint16Array(this.#bytes);
    this.#dirtyPages = new Uint8Array(Math.ceil(capacity / pageSize));
  }

  get bytes(): ArrayBuffer {
    return this.#bytes;
  }

  get capacity(): number {
    return this.#bytes.byteLength / bytesPerVehicle;
  }

  idAt(slot: number): string | undefined {
    return this.#ids[slot];
  }

  has(id: string): boolean {
    return this.#slots.has(id);
  }

  /** Takes a fix in. A known vehicle glides to it from where it is now seen, over the time between its fixes. */
  set(id: string, fix: Fix, nowMs: number, glide: boolean): void {
    // The screen's time also goes back.
    if (Math.abs(nowMs - this.epochMs) > epochLastsMs) this.#moveEpoch(nowMs);
    const nowS = (nowMs - this.epochMs) / 1000;
    const known = this.#slots.get(id);
    const slot = known ?? this.#append(id);
    const f = slot * floatsPerVehicle;
    const s = slot * shortsPerVehicle;
    const observedS =
      fix.observedAtMs === undefined ? neverObserved : (fix.observedAtMs - this.epochMs) / 1000;
    let seconds = 0;
    if (known !== undefined) {
      const along = this.#along(f, nowS);
      const x = mix(this.#floats[f]!, this.#floats[f + 2]!, along);
      const y = mix(this.#floats[f + 1]!, this.#floats[f + 3]!, along);
      if (glide) seconds = glideSeconds(observedS - this.#floats[f + 6]!, Math.hypot(fix.x - x, fix.y - y));
      this.#floats[f] = seconds > 0 ? x : fix.x;
      this.#floats[f + 1] = seconds > 0 ? y : fix.y;
      this.#shorts[s + 16] = turned(this.#shorts[s + 16]!, this.#shorts[s + 17]!, along);
    } else {
      this.#floats[f] = fix.x;
      this.#floats[f + 1] = fix.y;
    }
    this.#floats[f + 2] = fix.x;
    this.#floats[f + 3] = fix.y;
    this.#floats[f + 4] = nowS;
    this.#floats[f + 5] = nowS + seconds;
    this.#floats[f + 6] = observedS;
    this.#floats[f + 7] = fix.expectedEverySeconds;
    if (fix.headingDeg !== undefined)
      this.#shorts[s + 17] = Math.round((fix.headingDeg / 360) * 65536) & 0xffff;
    const unturned = known === undefined || (this.#shorts[s + 19]! & headingKnown) === 0 || seconds === 0;
    if (unturned) this.#shorts[s + 16] = this.#shorts[s + 17]!;
    this.#shorts[s + 18] = fix.sprite;
    if (fix.headingDeg !== undefined) this.#shorts[s + 19]! |= headingKnown;
    else if (known === undefined) this.#shorts[s + 19] = 0;
    if (seconds > 0) this.movingUntilMs = Math.max(this.movingUntilMs, nowMs + seconds * 1000);
    this.#dirtyPages[Math.floor(slot / pageSize)] = 1;
  }

  /** Leaves a vehicle undrawn, or draws it again; it goes on gliding either way. */
  setHidden(id: string, hidden: boolean): void {
    const slot = this.#slots.get(id);
    if (slot === undefined) return;
    const s = slot * shortsPerVehicle + 19;
    const flags = hidden ? this.#shorts[s]! | notDrawn : this.#shorts[s]! & ~notDrawn;
    if (flags === this.#shorts[s]) return;
    this.#shorts[s] = flags;
    this.#dirtyPages[Math.floor(slot / pageSize)] = 1;
  }

  /** The last record takes the place of a removed one, so that they stay without holes. */
  remove(id: string): void {
    const slot = this.#slots.get(id);
    if (slot === undefined) return;
    const last = --this.count;
    this.#slots.delete(id);
    const moved = this.#ids.pop()!;
    if (slot === last) return;
    new Uint8Array(this.#bytes).copyWithin(
      slot * bytesPerVehicle,
      last * bytesPerVehicle,
      (last + 1) * bytesPerVehicle,
    );
    this.#ids[slot] = moved;
    this.#slots.set(moved, slot);
    this.#dirtyPages[Math.floor(slot / pageSize)] = 1;
  }

  /** Where a vehicle is seen at `nowMs`, less the origin; written into `into`. */
  seenAt(slot: number, nowMs: number, into: { x: number; y: number }): void {
    const f = slot * floatsPerVehicle;
    const along = this.#along(f, (nowMs - this.epochMs) / 1000);
    into.x = mix(this.#floats[f]!, this.#floats[f + 2]!, along);
    into.y = mix(this.#floats[f + 1]!, this.#floats[f + 3]!, along);
  }

  /** How many of those drawn are going to a place within these bounds, less the origin. */
  countWithin(west: number, north: number, east: number, south: number): number {
    let within = 0;
    for (let slot = 0; slot < this.count; slot++) {
      if ((this.#shorts[slot * shortsPerVehicle + 19]! & notDrawn) !== 0) continue;
      const f = slot * floatsPerVehicle;
      const x = this.#floats[f + 2]!;
      const y = this.#floats[f + 3]!;
      if (x >= west && x <= east && y >= north && y <= south) within++;
    }
    return within;
  }

  slotOf(id: string): number | undefined {
    return this.#slots.get(id);
  }

  /** Calls `send` with each stretch of bytes changed since the last call; near stretches are joined into one. */
  takeDirty(send: (firstByte: number, bytes: number) => void): void {
    const pages = Math.ceil(this.count / pageSize);
    let from = -1;
    let to = -1;
    for (let page = 0; page < pages; page++) {
      if (this.#dirtyPages[page] === 0) continue;
      if (from >= 0 && page - to > joinedPages) {
        this.#sendPages(from, to, send);
        from = -1;
      }
      if (from < 0) from = page;
      to = page;
    }
    if (from >= 0) this.#sendPages(from, to, send);
    this.#dirtyPages.fill(0);
  }

  #sendPages(from: number, to: number, send: (firstByte: number, bytes: number) => void): void {
    const end = Math.min((to + 1) * pageSize, this.count);
    send(from * pageSize * bytesPerVehicle, (end - from * pageSize) * bytesPerVehicle);
  }

  markAllDirty(): void {
    this.#dirtyPages.fill(1);
  }

  #along(f: number, nowS: number): number {
    const start = this.#floats[f + 4]!;
    const end = this.#floats[f + 5]!;
    return end > start ? Math.min(1, Math.max(0, (nowS - start) / (end - start))) : 1;
  }

  #append(id: string): number {
    if (this.count === this.capacity) this.#growTo(this.capacity * 2);
    const slot = this.count++;
    this.#slots.set(id, slot);
    this.#ids.push(id);
    this.#shorts.fill(0, slot * shortsPerVehicle, (slot + 1) * shortsPerVehicle);
    return slot;
  }

  #growTo(capacity: number): void {
    const bytes = new ArrayBuffer(capacity * bytesPerVehicle);
    new Uint8Array(bytes).set(new Uint8Array(this.#bytes));
    this.#bytes = bytes;
    this.#floats = new Float32Array(bytes);
    this.#shorts = new Uint16Array(bytes);
    this.#dirtyPages = new Uint8Array(Math.ceil(capacity / pageSize)).fill(1);
  }

  #moveEpoch(nowMs: number): void {
    const seconds = (nowMs - this.epochMs) / 1000;
    this.epochMs = nowMs;
    for (let slot = 0; slot < this.count; slot++) {
      const f = slot * floatsPerVehicle;
      for (const field of [4, 5, 6]) this.#floats[f + field]! -= seconds;
    }
    this.markAllDirty();
  }
}

const mix = (from: number, to: number, along: number): number => from + (to - from) * along;

/** Over what time a vehicle glides `distance` of the world, its fixes being `betweenS` apart; 0 jumps. */
function glideSeconds(betweenS: number, distance: number): number {
  if (distance === 0 || !(betweenS > 0)) return 0;
  const seconds = Math.min(longestGlideS, Math.max(shortestGlideS, betweenS));
  return (distance * metresPerWorld) / Math.max(betweenS, shortestGlideS) > fastestGlideMps ? 0 : seconds;
}

/** Heading between two, in 65536ths of a turn, by the shorter way. */
export function turned(from: number, to: number, along: number): number {
  const difference = ((to - from + 98304) & 0xffff) - 32768;
  return Math.round(from + difference * along) & 0xffff;
}
