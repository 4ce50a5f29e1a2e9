// A JSON payload that is one object or an array of them, as trackers send theirs one by one or in a batch.
import { isUtf8 } from 'node:buffer';
import { rejected, type Outcome, type Rejected } from '../../model/observation.ts';
import { maxPolledBytes } from '../../model/topics.ts';
import { isObject, isRejected, parseJsonObject, type Json } from './adapter.ts';

const maxItems = 20_000;
const bracket = 0x5b;

/**
 * One outcome an item. In an array a reject's field begins with its place: `[3].lat`.
 * @returns a reject of the whole where the payload is no JSON, or no object and no array.
 */
export function readJsonItems(payload: Buffer, read: (item: Json) => Outcome): Outcome[] {
  if (payload.find((byte) => byte > 0x20) !== bracket) {
    const body = parseJsonObject(payload);
    return [isRejected(body) ? body : read(body)];
  }
  const items = parseArray(payload);
  if (!Array.isArray(items)) return [items];
  if (items.length === 0) return [rejected('not-an-observation', 'the array is empty')];
  const outcomes = items.slice(0, maxItems).map((item, n): Outcome => {
    const outcome = isObject(item) ? read(item) : rejected('schema', 'expected an object');
    if (outcome.kind !== 'rejected') return outcome;
    const { field } = outcome;
    return { ...outcome, field: field === undefined ? `[${n}]` : `[${n}].${field}` };
  });
  if (items.length > maxItems) {
    const detail = `${items.length} items; those after ${maxItems} were left out`;
    outcomes.push(rejected('too-large', detail, `[${maxItems}]`));
  }
  return outcomes;
}

function parseArray(payload: Buffer): unknown[] | Rejected {
  if (payload.length > maxPolledBytes) {
    return rejected('too-large', `${payload.length} bytes; at most ${maxPolledBytes} are taken`);
  }
  if (!isUtf8(payload)) return rejected('not-utf8', 'the payload is not UTF-8 text');
  try {
    return JSON.parse(payload.toString('utf8')) as unknown[];
  } catch (error) {
    return rejected('not-json', (error as Error).message);
  }
}
