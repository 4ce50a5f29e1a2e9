// A message and what was made of it, for people to see side by side.
import { isUtf8 } from 'node:buffer';
import type { Observation, Rejected } from '../model/observation.ts';
import type { Mapping, Sample, SampleOutcome, SeenName } from '../model/source.ts';
import { toAssetId } from '../model/asset.ts';
import { isNotice } from '../model/observation.ts';
import type { Message } from './journal-record.ts';
import { assetKindOf, readMessage } from './pipeline.ts';
import type { Readers } from './readers.ts';
import type { Route } from './routes.ts';

const shownBytes = 8 * 1024;
const shownOutcomes = 50;

export type Names = Map<string, SeenName>;
const maxNames = 300;

/** Reads messages with a mapping that may not be saved yet; what they name is added to `names`. */
export function toSamples(
  readers: Readers,
  route: Route,
  mapping: Mapping,
  messages: readonly Message[],
  names: Names,
): Sample[] {
  const reader = readers.newTrialReader(route, mapping, (name, unit, example, metric) => {
    if (names.size < maxNames || names.has(name))
      names.set(name, { name, unit: unit ?? null, example, metric: metric ?? null });
  });
  return messages.map((message) => {
    const rejects: Rejected[] = [];
    const observations = readMessage(reader, { ...route, topic: message.topic }, message, false, rejects);
    const shown = message.payload.subarray(0, shownBytes);
    const encoding = isUtf8(shown) ? 'utf8' : 'base64';
    return {
      at: new Date(message.receivedAt).toISOString(),
      topic: message.topic,
      payload: shown.toString(encoding),
      encoding,
      payloadBytes: message.payload.length,
      outcomes: [...rejects.map(toRefusal), ...observations.map(toOutcome)].slice(0, shownOutcomes),
    };
  });
}

const toRefusal = ({ kind, reason, field, detail }: Rejected): SampleOutcome => ({
  kind,
  reason,
  detail,
  ...(field === undefined ? {} : { field }),
});

function toOutcome(observation: Observation): SampleOutcome {
  const observedAt = new Date(observation.observedAt).toISOString();
  if (isNotice(observation)) {
    const values: Record<string, unknown> =
      observation.kind === 'warning'
        ? {
            event: observation.warning.event,
            severity: observation.warning.severity,
            id: observation.warning.id,
          }
        : { trip: observation.sourceId, stops: observation.update.updates.length };
    return { kind: observation.kind, observedAt, values };
  }
  const { kind, sourceId, lat, lon, observedAt: _at, name: _name, ...rest } = observation;
  const values: Record<string, unknown> =
    observation.kind === 'sensor' ? Object.fromEntries(observation.readings) : { ...rest };
  for (const [key, value] of Object.entries(values)) if (value === undefined) delete values[key];
  return {
    kind,
    assetId: toAssetId(assetKindOf(observation), sourceId),
    observedAt,
    ...(lat === undefined ? {} : { lat }),
    ...(lon === undefined ? {} : { lon }),
    values,
  };
}
