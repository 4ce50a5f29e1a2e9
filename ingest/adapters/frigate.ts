// Frigate (docs.frigate.video, "MQTT"): what cameras saw, and whether they live. Faces and number plates stay out.
import { rejected, type Outcome } from '../../model/observation.ts';
import { isRejected, parseJsonObject, type Adapter, type Incoming, type NewAdapter } from './adapter.ts';
import { CameraStates } from './frigate/camera-states.ts';
import { toObjectEvent, toRecognition, toReview } from './frigate/events.ts';
import { statesOf } from './frigate/stats.ts';

const maxPrefixes = 100;

/** By the topic's last level; all before it is the prefix, which tells several Frigates apart. */
export const newFrigate: NewAdapter = (context) => {
  const keep = context.mapping.keepIdentities === true;
  const offsetMs = (context.mapping.clockOffsetMinutes ?? 0) * 60_000;
  const known = new Map<string, CameraStates>();
  const statesAt = (prefix: string): CameraStates => {
    let states = known.get(prefix);
    if (states === undefined) {
      if (known.size >= maxPrefixes) known.clear();
      known.set(prefix, (states = new CameraStates(context.memory, prefix)));
    }
    return states;
  };
  const adapter: Adapter = (incoming) => {
    const { topic, payload } = incoming;
    const slash = topic.lastIndexOf('/');
    const states = statesAt(topic.slice(0, slash));
    // Where Frigate gives no time ours counts, which the feed's own offset must not move.
    const nowMs = incoming.receivedAt - offsetMs;
    switch (topic.slice(slash + 1)) {
      case 'available':
        return readAvailable(payload, states, nowMs);
      case 'stats':
        return readBody(payload, (body) => statesOf(body, states, nowMs));
      case 'events':
        return readBody(payload, (body) => [toObjectEvent(body, keep)], states, nowMs);
      case 'reviews':
        return readBody(payload, (body) => [toReview(body, keep)], states, nowMs);
      case 'tracked_object_update':
        return readBody(payload, (body) => [toRecognition(body, keep)], states, nowMs);
      default:
        return [otherTopic(incoming)];
    }
  };
  return adapter;
};

function readBody(
  payload: Buffer,
  read: (body: Record<string, unknown>) => Outcome[],
  states?: CameraStates,
  nowMs = 0,
): Outcome[] {
  const body = parseJsonObject(payload);
  if (isRejected(body)) return [body];
  const outcomes = read(body);
  const [first] = outcomes;
  if (states !== undefined && first?.kind === 'camera-event') states.heard(first.sourceId, nowMs);
  return outcomes;
}

function readAvailable(payload: Buffer, states: CameraStates, nowMs: number): Outcome[] {
  const text = payload.toString('latin1', 0, 32).trim();
  if (text !== 'online' && text !== 'offline' && text !== 'stopped') {
    return [rejected('schema', `${JSON.stringify(text)}; expected online or offline`)];
  }
  const state = text === 'online' ? 'online' : 'offline';
  const outcomes = states.all(state, nowMs);
  if (outcomes.length > 0) return outcomes;
  return [rejected('not-an-observation', `${text}, and no camera of this Frigate was heard of yet`)];
}

function otherTopic({ topic, payload }: Incoming): Outcome {
  const isPicture = payload[0] === 0xff && payload[1] === 0xd8;
  if (isPicture || topic.endsWith('/snapshot')) {
    return rejected('not-json', `a picture of ${payload.length} bytes; pictures are not taken here`);
  }
  const detail = 'expected …/events, reviews, available, stats or tracked_object_update';
  return rejected('not-an-observation', detail, 'topic');
}
