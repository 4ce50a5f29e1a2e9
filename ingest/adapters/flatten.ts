// Turns what a network decoded, nested as its author liked it, into a row of named numbers.
import { isFix, isObject, numberOrUnknown, type Json } from './adapter.ts';
import type { Decoded } from './decoders/decoder.ts';

const maxDepth = 5;
const maxValues = 200;
const numeric = /^-?\d{1,15}(\.\d{1,15})?$/;

/** Numbers, numbers that were written as text, and yes and no as 1 and 0. */
export function asNumber(value: unknown): number | undefined {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'string' && numeric.test(value)) return Number(value);
  return numberOrUnknown(value);
}

/**
 * Objects become dotted names (`air.temperature`), items of a list get their own name or their number (`value_2`), an
 * object with `value` (and `unit`) is one value, and one with latitude and longitude is the place.
 */
export function flatten(payload: unknown): Decoded {
  const decoded: Decoded = { measured: [] };
  walk(payload, '', 0, decoded);
  return decoded;
}

function walk(node: unknown, name: string, depth: number, into: Decoded): void {
  if (depth > maxDepth || into.measured.length >= maxValues) return;
  if (Array.isArray(node)) {
    for (const [n, item] of node.entries()) walk(item, itemName(item, name, n), depth + 1, into);
  } else if (isObject(node)) walkObject(node, name, depth, into);
  else {
    const value = asNumber(node);
    if (value !== undefined && name !== '') into.measured.push({ name, value });
  }
}

function walkObject(node: Json, name: string, depth: number, into: Decoded): void {
  const value = asNumber(node.value);
  if (value !== undefined && name !== '') {
    const { unit } = node;
    into.measured.push({ name, value, unit: typeof unit === 'string' ? unit : undefined });
    return;
  }
  const lat = numberOrUnknown(node.latitude ?? node.lat);
  const lon = numberOrUnknown(node.longitude ?? node.lon ?? node.lng);
  const place = lat !== undefined && lon !== undefined;
  if (place && isFix(lat, lon) && into.lat === undefined) Object.assign(into, { lat, lon });
  for (const [key, child] of Object.entries(node)) {
    if (place && placeKeys.has(key)) continue;
    walk(child, name === '' ? key : `${name}.${key}`, depth + 1, into);
  }
}

const placeKeys = new Set(['latitude', 'longitude', 'lat', 'lon', 'lng', 'altitude', 'alt']);

function itemName(item: unknown, name: string, n: number): string {
  const own = isObject(item) ? (item.name ?? item.type ?? item.measurement) : undefined;
  if (typeof own === 'string' && own !== '') return own;
  // A list that is the whole payload has no name of its own.
  return name === '' ? '' : `${name}_${n + 1}`;
}
