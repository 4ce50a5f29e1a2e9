// Frigate (docs.frigate.video, "MQTT"): what cameras saw. Faces and number plates are personal data and dropped here.
import { sourceIdPattern } from '../../model/asset.ts';
import { rejected, type Outcome } from '../../model/observation.ts';
import {
  isObject,
  isRejected,
  numberOrUnknown,
  parseJsonObject,
  type Adapter,
  type Json,
} from './adapter.ts';

/** `frigate/events`: tracked objects; `frigate/reviews`: what they amount to. Both send new, update and end. */
export const parseFrigate: Adapter = ({ topic, payload }) => {
  const body = parseJsonObject(payload);
  if (isRejected(body)) return [body];
  if (!isObject(body.after)) return [rejected('schema', 'expected an object', 'after')];
  return [toOutcome(body.after, textOr(body.type, 'unknown'), topic.endsWith('/reviews'))];
};

/** What others send may be anything: it is never turned into text, only taken where it is text. */
const textOr = (value: unknown, otherwise: string): string => (typeof value === 'string' ? value : otherwise);

function toOutcome(after: Json, type: string, review: boolean): Outcome {
  const sourceId = `frigate-${textOr(after.camera, '')}`;
  if (!sourceIdPattern.test(sourceId) || sourceId === 'frigate-') {
    return rejected('bad-id', 'expected the name of a camera', 'after.camera');
  }
  if (typeof after.id !== 'string' || after.id === '' || after.id.length > 128) {
    return rejected('schema', 'expected a text of 1 to 128 characters', 'after.id');
  }
  const seconds =
    numberOrUnknown(after.end_time) ?? numberOrUnknown(after.frame_time) ?? numberOrUnknown(after.start_time);
  if (seconds === undefined) return rejected('schema', 'expected seconds since 1970', 'after.start_time');
  const data = isObject(after.data) ? after.data : {};
  const objects = Array.isArray(data.objects)
    ? data.objects.filter((label) => typeof label === 'string')
    : [];
  return {
    kind: 'camera-event',
    sourceId,
    observedAt: Math.round(seconds * 1000),
    eventId: after.id,
    type: `${review ? `review-${textOr(after.severity, 'unknown')}` : 'object'}-${type}`.slice(0, 64),
    label:
      (review ? objects.join(' ') : typeof after.label === 'string' ? after.label : '').slice(0, 64) ||
      undefined,
    count: review && Array.isArray(data.detections) ? data.detections.length : undefined,
    score: numberOrUnknown(after.score),
  };
}
