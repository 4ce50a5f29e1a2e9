// Reads a city's own decoders: each file of a folder exports one as its default.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Decoded, Decoder, Measured } from './decoder.ts';

export interface LoadedDecoders {
  decoders: Decoder[];
  /** One sentence for each file that cannot be used, with its name. */
  faults: string[];
}

const isPlugIn = (name: string): boolean => /\.m?js$/.test(name) && !name.startsWith('.');

/**
 * The decoders in the `*.js` and `*.mjs` files of a folder, in the order of their names. They run with the rights of
 * ingest. A faulty file is reported and the rest still serve; no folder is no fault. What a decoder throws or makes up
 * becomes an undefined, so that the next one is asked.
 */
export async function loadDecoders(folder: string): Promise<LoadedDecoders> {
  const loaded: LoadedDecoders = { decoders: [], faults: [] };
  for (const name of await plugInsIn(folder, loaded.faults)) {
    const decoder = await loadOne(join(folder, name));
    if (typeof decoder === 'string') loaded.faults.push(`${name}: ${decoder}`);
    else if (loaded.decoders.some(({ id }) => id === decoder.id)) {
      loaded.faults.push(`${name}: another file already has the id ${JSON.stringify(decoder.id)}`);
    } else loaded.decoders.push(decoder);
  }
  return loaded;
}

async function plugInsIn(folder: string, faults: string[]): Promise<string[]> {
  try {
    return (await readdir(folder)).filter(isPlugIn).sort();
  } catch (error) {
    if ((error as { code?: string }).code !== 'ENOENT') faults.push(`${folder}: ${(error as Error).message}`);
    return [];
  }
}

async function loadOne(file: string): Promise<Decoder | string> {
  try {
    const module = (await import(pathToFileURL(file).href)) as { default?: unknown };
    const found = module.default as Partial<Decoder> | null | undefined;
    if (typeof found !== 'object' || found === null) return 'expected a decoder as default export';
    const { id } = found;
    if (typeof id !== 'string' || !/^[a-z0-9][a-z0-9.-]{0,63}$/.test(id)) {
      return 'id: expected 1 to 64 of a-z 0-9 . -';
    }
    if (typeof found.matches !== 'function') return 'matches: expected a function';
    if (typeof found.decode !== 'function') return 'decode: expected a function';
    return guarded(found as Decoder);
  } catch (error) {
    return String(error);
  }
}

const guarded = (decoder: Decoder): Decoder => ({
  id: decoder.id,
  matches: (device) => {
    try {
      return decoder.matches(device) === true;
    } catch {
      return false;
    }
  },
  decode: (bytes, fPort, device) => {
    try {
      return asDecoded(decoder.decode(bytes, fPort, device));
    } catch {
      return undefined;
    }
  },
});

/** Only what has the right form of what a plug-in gave. */
function asDecoded(given: unknown): Decoded | undefined {
  const { measured, lat, lon } = (given ?? {}) as { measured?: unknown; lat?: unknown; lon?: unknown };
  if (!Array.isArray(measured)) return undefined;
  const decoded: Decoded = { measured: (measured as unknown[]).filter(isMeasured) };
  if (typeof lat === 'number' && typeof lon === 'number') Object.assign(decoded, { lat, lon });
  return decoded;
}

function isMeasured(given: unknown): given is Measured {
  const { name, value, unit } = (given ?? {}) as { name?: unknown; value?: unknown; unit?: unknown };
  return (
    typeof name === 'string' && typeof value === 'number' && (unit === undefined || typeof unit === 'string')
  );
}
