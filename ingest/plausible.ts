// Whether an observation can be true: time, place and range, the same for every format.
import { metrics } from '../model/metrics.ts';
import {
  isNotice,
  rejected,
  type AssetObservation,
  type NoticeObservation,
  type Observation,
  type Rejected,
} from '../model/observation.ts';

export const maxFutureMs = 2 * 60_000;
export const maxAgeMs = 72 * 3_600_000;
const maxVehicleSpeedMps = 100;
/** What no database holds as text. */
const notText = /\0|\p{Surrogate}/u;

/**
 * The observation, or why it cannot be true. A sensor's implausible values leave it one by one, each a rejection in
 * `rejects`; the rest stays.
 */
export function plausible(
  observation: Observation,
  receivedAt: number,
  rejects: Rejected[],
): Observation | undefined {
  // What an authority warns of may be older than what devices report, and is true until it says otherwise.
  if (isNotice(observation)) return plausibleNotice(observation, receivedAt, rejects);
  const fault = timeFault(observation.observedAt, receivedAt) ?? placeFault(observation);
  if (fault !== undefined) {
    rejects.push(fault);
    return undefined;
  }
  const foul = Object.entries(observation).find(
    ([, value]) => typeof value === 'string' && notText.test(value),
  );
  if (foul !== undefined) {
    rejects.push(rejected('not-text', 'holds NUL, or half of a surrogate pair', foul[0]));
    return undefined;
  }
  if (observation.kind === 'vehicle') {
    const speed = observation.speedMps;
    if (speed !== undefined && !(speed >= 0 && speed <= maxVehicleSpeedMps)) {
      rejects.push(rejected('out-of-range', `${speed} m/s; expected 0 to ${maxVehicleSpeedMps}`, 'speedMps'));
      return undefined;
    }
  }
  if (observation.kind === 'sensor') return plausibleReadings(observation, rejects);
  return observation;
}

function plausibleNotice(
  observation: NoticeObservation,
  receivedAt: number,
  rejects: Rejected[],
): Observation | undefined {
  const ahead = observation.observedAt > receivedAt + maxFutureMs;
  const fault = ahead ? timeFault(observation.observedAt, receivedAt) : undefined;
  if (fault === undefined) return observation;
  rejects.push(fault);
  return undefined;
}

function timeFault(observedAt: number, receivedAt: number): Rejected | undefined {
  if (observedAt > receivedAt + maxFutureMs) {
    return rejected(
      'future',
      `${Math.round((observedAt - receivedAt) / 1000)} s ahead of our clock; at most 120`,
      'observedAt',
    );
  }
  if (observedAt < receivedAt - maxAgeMs) {
    return rejected(
      'too-old',
      `${Math.round((receivedAt - observedAt) / 3_600_000)} h old; at most 72`,
      'observedAt',
    );
  }
  return undefined;
}

function placeFault({ lat, lon }: AssetObservation): Rejected | undefined {
  if (lat !== undefined && !(lat >= -90 && lat <= 90)) {
    return rejected('off-earth', `${lat}; expected -90 to 90`, 'lat');
  }
  if (lon !== undefined && !(lon >= -180 && lon <= 180)) {
    return rejected('off-earth', `${lon}; expected -180 to 180`, 'lon');
  }
  return undefined;
}

function plausibleReadings(
  observation: Extract<Observation, { kind: 'sensor' }>,
  rejects: Rejected[],
): Observation | undefined {
  const kept = observation.readings.filter(([metric, value]) => {
    const { min, max, unit } = metrics[metric];
    if (value >= min && value <= max) return true;
    rejects.push(
      rejected('out-of-range', `${value} ${unit}; expected ${min} to ${max}`, `readings.${metric}`),
    );
    return false;
  });
  if (kept.length === 0) return undefined;
  observation.readings = kept;
  return observation;
}
