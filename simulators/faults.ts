// Faults on purpose, for real feeds have them: late, repeated, frozen, absurd, silent; drawn by seed, device and time.
import type { SensorReading, VehiclePosition } from '../model/native.ts';
import { chanceOf } from './random.ts';
import type { Fault, Message } from './message.ts';

/** Of all devices, how many have it in a window; and for how much of the window. About 2 in 100 at a time. */
const faults: { fault: Fault; share: number; lasts: number }[] = [
  { fault: 'late', share: 0.006, lasts: 0.15 },
  { fault: 'repeated', share: 0.006, lasts: 0.4 },
  { fault: 'frozen', share: 0.005, lasts: 0.8 },
  { fault: 'absurd', share: 0.006, lasts: 0.02 },
  { fault: 'silent', share: 0.009, lasts: 0.7 },
];

type Measured = VehiclePosition | SensorReading;

/** The same answer for the same seed, device and time: whoever asks need not remember. */
export function faultAt(seed: number, deviceId: string, ms: number, windowMs: number): Fault | undefined {
  // Windows begin at a time of each device's own, or faults would come and go all at once.
  const shifted = ms / windowMs + chanceOf(seed, 'window', deviceId);
  const windowNo = Math.floor(shifted);
  let luck = chanceOf(seed, 'fault', deviceId, windowNo);
  for (const { fault, share, lasts } of faults) {
    if (luck < share) return shifted - windowNo < lasts ? fault : undefined;
    luck -= share;
  }
  return undefined;
}

/** A device's messages on their way out, with its fault of the moment applied. */
export interface FaultyDevice<P extends Measured> {
  pass(message: Message<P>, fault: Fault | undefined): Message<P>[];
}

/** A buffer is finite in real devices too. */
const mostHeld = 120;

export function createFaultyDevice<P extends Measured>(): FaultyDevice<P> {
  const held: Message<P>[] = [];
  let frozen: Message<P> | undefined;
  return {
    pass(message, fault) {
      if (fault !== 'frozen') frozen = undefined;
      if (fault === undefined) return [...held.splice(0), message];
      const marked = { ...message, fault };
      switch (fault) {
        case 'late':
          return holdBack(held, marked);
        case 'repeated':
          return [...held.splice(0), marked, marked];
        case 'frozen':
          frozen ??= marked;
          return [freeze(frozen, marked)];
        case 'absurd':
          return [makeAbsurd(marked)];
        case 'silent':
          return [];
      }
    },
  };
}

/** Late: a device without a connection keeps its messages and sends them all when it is back. */
function holdBack<P extends Measured>(held: Message<P>[], message: Message<P>): Message<P>[] {
  held.push(message);
  if (held.length > mostHeld) held.shift();
  return [];
}

/** Frozen: a new time, the old values. */
const freeze = <P extends Measured>(frozen: Message<P>, message: Message<P>): Message<P> => ({
  ...message,
  payload: { ...frozen.payload, observedAt: message.payload.observedAt },
});

/** Absurd: what a broken converter or a lost fix gives; every value outside of what can be. */
function makeAbsurd<P extends Measured>(message: Message<P>): Message<P> {
  const { payload } = message;
  if ('readings' in payload) {
    const readings = Object.fromEntries(Object.keys(payload.readings).map((metric) => [metric, 6_553_500]));
    return { ...message, payload: { ...payload, readings } };
  }
  return { ...message, payload: { ...payload, speedMps: 655.35 } };
}

export type PictureFault = 'offline' | 'frozen' | 'black';

const pictureWindowMs = 30 * 60_000;

/** One or two cameras are offline at any time, and now and then one shows a still or a black picture. */
export function pictureFaultsAt(
  seed: number,
  cameraIds: readonly string[],
  ms: number,
): Map<string, PictureFault> {
  const windowNo = Math.floor(ms / pictureWindowMs);
  const chance = (...names: string[]): number => chanceOf(seed, 'picture', windowNo, ...names);
  const pick = (name: string): string | undefined => cameraIds[Math.floor(chance(name) * cameraIds.length)];
  const found = new Map<string, PictureFault>();
  const add = (id: string | undefined, fault: PictureFault): void => {
    if (id !== undefined) found.set(id, fault);
  };
  if (chance('frozen?') < 0.5) add(pick('frozen'), 'frozen');
  if (chance('black?') < 0.3) add(pick('black'), 'black');
  add(pick('offline'), 'offline');
  if (chance('offline 2?') < 0.5) add(pick('offline 2'), 'offline');
  return found;
}

/** When the picture of a frozen camera stopped. */
export const frozenSinceMs = (ms: number): number => Math.floor(ms / pictureWindowMs) * pictureWindowMs;
