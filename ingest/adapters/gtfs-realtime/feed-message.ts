// The frame of GTFS-Realtime: a header, and where each entity lies, so that a broken one takes no other with it.
import { maxPolledBytes } from '../../../model/topics.ts';
import { rejected, type Rejected } from '../../../model/observation.ts';
import { Wire, WireFault } from '../wire.ts';

/** More than the fleet of any city; each entity is an object of ours. */
export const maxEntities = 20_000;

export interface FeedMessage {
  /** Epoch milliseconds; undefined where the producer does not say. */
  timestampMs: number | undefined;
  /** FULL_DATASET: what is not in it is gone. */
  whole: boolean;
  entities: { start: number; end: number }[];
  /** Why it could not be read to its end, or not all of it was; what came before stands. */
  fault: Rejected | undefined;
}

/**
 * Finds header and entities (GTFS-Realtime Reference, FeedMessage).
 * @returns a reject `empty`, `too-large`, `not-protobuf`, `truncated` or `schema` where nothing can be taken.
 */
export function parseFeedMessage(payload: Buffer): FeedMessage | Rejected {
  if (payload.length === 0) return rejected('empty', 'the payload is empty');
  if (payload.length > maxPolledBytes) {
    return rejected('too-large', `${payload.length} bytes; at most ${maxPolledBytes} are taken`);
  }
  const message: FeedMessage = { timestampMs: undefined, whole: true, entities: [], fault: undefined };
  const wire = new Wire(payload);
  let headers = 0;
  try {
    while (wire.next()) {
      if (wire.field === 1) {
        headers++;
        readHeader(wire, message);
      } else if (wire.field === 2) {
        if (message.entities.length === maxEntities) {
          const detail = `more than ${maxEntities} entities; the rest was left out`;
          message.fault = rejected('too-large', detail, `entity[${maxEntities}]`);
          break;
        }
        message.entities.push(wire.stepOver());
      } else wire.skip();
    }
  } catch (error) {
    if (!(error instanceof WireFault)) throw error;
    const fault = rejected(error.reason, `${foundIn(payload)}: ${error.message}; expected a FeedMessage`);
    if (headers === 0 || message.entities.length === 0) return fault;
    message.fault = fault;
  }
  if (headers === 0) return rejected('schema', 'is absent; every FeedMessage has one', 'header');
  return message;
}

function readHeader(wire: Wire, message: FeedMessage): void {
  const outer = wire.enter();
  while (wire.next()) {
    if (wire.field === 2) message.whole = wire.int32() === 0;
    else if (wire.field === 3) message.timestampMs = toMs(wire.uint());
    else wire.skip();
  }
  wire.leave(outer);
}

/** A portal's error page or a JSON variant is what people most often poll by mistake. */
function foundIn(payload: Buffer): string {
  const first = String.fromCharCode(payload.find((byte) => byte > 0x20) ?? 0);
  if (first === '<') return 'looks like HTML or XML';
  return first === '{' || first === '[' ? 'looks like JSON' : 'no protobuf';
}

/** POSIX seconds; 0 is how some say that they do not know. */
export const toMs = (seconds: number): number | undefined =>
  seconds > 0 && seconds < 1e13 ? seconds * 1000 : undefined;

/** Of a field of the nth entity, for rejects: put together only where one is. */
export const pathIn = (entityNo: number, field: string): string => `entity[${entityNo}].${field}`;
