// GTFS-Realtime 2.0 (gtfs.org, Reference): vehicles, trip updates and alerts, polled or as bytes on a topic.
import { rejected, type Outcome } from '../../model/observation.ts';
import { isRejected, type Adapter, type AdapterContext, type NewAdapter } from './adapter.ts';
import { readAlert } from './gtfs-realtime/alert.ts';
import { textOf } from './gtfs-realtime/descriptors.ts';
import { parseFeedMessage, pathIn, type FeedMessage } from './gtfs-realtime/feed-message.ts';
import { StandingAlerts } from './gtfs-realtime/standing-alerts.ts';
import { readTripUpdate, toTripUpdate } from './gtfs-realtime/trip-update.ts';
import { readVehiclePosition, toVehicle } from './gtfs-realtime/vehicle-position.ts';
import { Wire, WireFault } from './wire.ts';

/** Alerts with every stop of a network have some 100 kB. */
const maxEntityBytes = 512 * 1024;
const maxIdLength = 128;

/**
 * Each entity is an outcome or more: its vehicle, its trip update, its alert, or why not. Alerts that a whole snapshot
 * of the same topic no longer has are cancelled. One city's agencies share ids where they share a feed: give each a
 * source of its own.
 */
export const newGtfsRealtime: NewAdapter = (context) => {
  const adapter: Adapter = ({ topic, payload, receivedAt }) => {
    const message = parseFeedMessage(payload);
    if (isRejected(message)) return [message];
    return new Snapshot(context, topic, payload, message, receivedAt).outcomes();
  };
  return adapter;
};

class Snapshot {
  readonly #context: AdapterContext;
  readonly #payload: Buffer;
  readonly #message: FeedMessage;
  readonly #outcomes: Outcome[] = [];
  readonly #standingNow: () => StandingAlerts;
  #standing: StandingAlerts | undefined;

  constructor(
    context: AdapterContext,
    topic: string,
    payload: Buffer,
    message: FeedMessage,
    receivedAt: number,
  ) {
    this.#context = context;
    this.#payload = payload;
    this.#message = message;
    this.#standingNow = () =>
      (this.#standing ??= new StandingAlerts(context, topic, message.timestampMs ?? receivedAt));
    // Where none were heard on this topic, none can be gone.
    if (context.memory.get(`alerts ${topic}`) !== undefined) this.#standingNow();
  }

  outcomes(): Outcome[] {
    const { entities, fault, whole } = this.#message;
    for (const [n, { start, end }] of entities.entries()) this.#readEntity(n, start, end);
    if (fault !== undefined) this.#outcomes.push(fault);
    const broken = this.#outcomes.some((outcome) => outcome.kind === 'rejected' && isBreach(outcome.reason));
    if (whole && !broken && this.#standing !== undefined) this.#outcomes.push(...this.#standing.missing());
    this.#standing?.remember();
    if (this.#outcomes.length === 0) {
      this.#outcomes.push(rejected('not-an-observation', 'the snapshot holds no entities', 'entity'));
    }
    return this.#outcomes;
  }

  #readEntity(entityNo: number, start: number, end: number): void {
    if (end - start > maxEntityBytes) {
      const detail = `${end - start} bytes; at most ${maxEntityBytes} are read`;
      this.#outcomes.push(rejected('too-large', detail, `entity[${entityNo}]`));
      return;
    }
    try {
      this.#readFields(entityNo, start, end);
    } catch (error) {
      if (!(error instanceof WireFault)) throw error;
      // It lies whole in the payload: it is not the transport that cut it.
      this.#outcomes.push(rejected('not-protobuf', error.message, `entity[${entityNo}]`));
    }
  }

  #readFields(entityNo: number, start: number, end: number): void {
    const { timetable } = this.#context;
    const headerMs = this.#message.timestampMs;
    const found: Outcome[] = [];
    const wire = new Wire(this.#payload, start, end);
    let entityId: string | undefined;
    let deleted = false;
    let alert: ReturnType<typeof readAlert> | undefined;
    while (wire.next()) {
      switch (wire.field) {
        case 1:
          entityId = textOf(wire);
          break;
        case 2:
          deleted = wire.uint() !== 0;
          break;
        case 3:
          found.push(toTripUpdate(readTripUpdate(wire), headerMs, timetable, entityNo));
          break;
        case 4:
          found.push(toVehicle(readVehiclePosition(wire), headerMs, timetable, entityNo));
          break;
        case 5:
          alert = readAlert(wire, timetable);
          break;
        default:
          wire.skip();
      }
    }
    if (deleted) this.#outcomes.push(this.#end(entityNo, entityId));
    else if (alert !== undefined) {
      found.push(this.#alert(entityNo, entityId, alert, this.#payload.subarray(start, end)));
    } else if (found.length === 0) {
      const detail = 'has no vehicle, trip_update or alert; nothing else is read';
      found.push(rejected('not-an-observation', detail, `entity[${entityNo}]`));
    }
    if (!deleted) this.#outcomes.push(...found);
  }

  #alert(
    entityNo: number,
    entityId: string | undefined,
    alert: ReturnType<typeof readAlert>,
    bytes: Buffer,
  ): Outcome {
    if (entityId === undefined || entityId.length > maxIdLength) {
      const found = entityId === undefined ? 'is absent' : `has ${entityId.length} characters`;
      return rejected('bad-id', `${found}; expected 1 to ${maxIdLength} characters`, pathIn(entityNo, 'id'));
    }
    return this.#standingNow().heard(entityId, bytes, alert);
  }

  /** Only of alerts is the end told: a vehicle that is gone falls silent, and a run is over by itself. */
  #end(entityNo: number, entityId: string | undefined): Outcome {
    const end = entityId === undefined ? undefined : this.#standing?.ended(entityId);
    return (
      end ??
      rejected(
        'not-an-observation',
        'is deleted, and was no alert that stands',
        pathIn(entityNo, 'is_deleted'),
      )
    );
  }
}

/** After these nobody knows what else the snapshot would have held. */
const isBreach = (reason: string): boolean =>
  reason === 'not-protobuf' || reason === 'truncated' || reason === 'too-large';
