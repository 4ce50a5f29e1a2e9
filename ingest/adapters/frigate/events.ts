// What a Frigate's cameras saw: tracked objects, reviews of them, and whom they recognised, which is personal.
import { sourceIdPattern } from '../../../model/asset.ts';
import { rejected, type CameraEventObservation, type Rejected } from '../../../model/observation.ts';
import { isObject, isRejected, numberOrUnknown, type Json } from '../adapter.ts';

type EventOrReject = CameraEventObservation | Rejected;

/** What others send may be anything: it is never turned into text, only taken where it is text. */
const textOr = (value: unknown, otherwise: string): string => (typeof value === 'string' ? value : otherwise);

/** `…/events`: new, update and end of a tracked object. @param keepIdentities keeps face or plate, beside the label. */
export function toObjectEvent(body: Json, keepIdentities: boolean): EventOrReject {
  const { after } = body;
  if (!isObject(after)) return rejected('schema', 'expected an object', 'after');
  const frame = frameOf(after, 'after.');
  if (isRejected(frame)) return frame;
  frame.type = `object-${textOr(body.type, 'unknown')}`.slice(0, 64);
  frame.label = textOr(after.label, '').slice(0, 64) || undefined;
  frame.score = numberOrUnknown(after.score);
  if (keepIdentities) identify(frame, [nameOf(after.sub_label), after.recognized_license_plate]);
  return frame;
}

/** `…/reviews`: what several tracked objects amount to. */
export function toReview(body: Json, keepIdentities: boolean): EventOrReject {
  const { after } = body;
  if (!isObject(after)) return rejected('schema', 'expected an object', 'after');
  const frame = frameOf(after, 'after.');
  if (isRejected(frame)) return frame;
  const data = isObject(after.data) ? after.data : {};
  frame.type = `review-${textOr(after.severity, 'unknown')}-${textOr(body.type, 'unknown')}`.slice(0, 64);
  frame.label = textsOf(data.objects).join(' ').slice(0, 64) || undefined;
  frame.count = Array.isArray(data.detections) ? data.detections.length : undefined;
  frame.score = numberOrUnknown(after.score);
  if (keepIdentities) identify(frame, textsOf(data.sub_labels));
  return frame;
}

/**
 * `…/tracked_object_update`: a face, a plate, a class or a description of an object. Without the identity it is still
 * an event of its camera: a reject would keep the payload, and the name in it, for people to read.
 */
export function toRecognition(body: Json, keepIdentities: boolean): EventOrReject {
  if (body.camera === undefined) {
    const detail = `${JSON.stringify(textOr(body.type, '').slice(0, 40))} of an object, without its camera`;
    return rejected('not-an-observation', detail, 'camera');
  }
  const frame = frameOf(body, '');
  if (isRejected(frame)) return frame;
  frame.type = `object-${textOr(body.type, 'unknown')}`.slice(0, 64);
  frame.score = numberOrUnknown(body.score);
  if (keepIdentities) identify(frame, [body.name, body.plate, body.sub_label]);
  return frame;
}

/** What all have: a camera, an id, a time; the rest is still open. An object that is there yet has no `end_time`. */
function frameOf(after: Json, path: string): EventOrReject {
  const sourceId = `frigate-${textOr(after.camera, '')}`;
  if (!sourceIdPattern.test(sourceId) || sourceId === 'frigate-') {
    return rejected('bad-id', 'expected the name of a camera', `${path}camera`);
  }
  if (typeof after.id !== 'string' || after.id === '' || after.id.length > 128) {
    return rejected('schema', 'expected a text of 1 to 128 characters', `${path}id`);
  }
  const seconds =
    numberOrUnknown(after.end_time) ??
    numberOrUnknown(after.frame_time) ??
    numberOrUnknown(after.start_time) ??
    numberOrUnknown(after.timestamp);
  if (seconds === undefined) return rejected('schema', 'expected seconds since 1970', `${path}start_time`);
  return {
    kind: 'camera-event',
    sourceId,
    observedAt: Math.round(seconds * 1000),
    eventId: after.id,
    type: '',
    label: undefined,
    count: undefined,
    score: undefined,
  };
}

const textsOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];

/** `sub_label` is null, a name, or [name, score]. */
const nameOf = (subLabel: unknown): unknown => (Array.isArray(subLabel) ? subLabel[0] : subLabel);

/** Beside the label, never in it. */
function identify(event: CameraEventObservation, names: unknown[]): void {
  const identity = textsOf(names).filter(Boolean).join(', ').slice(0, 128);
  if (identity !== '') event.identity = identity;
}
