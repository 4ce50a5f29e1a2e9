// GTFS-Realtime messages made with MobilityData's own bindings: what we read is checked against what others write.
import bindings from 'gtfs-realtime-bindings';

const { FeedMessage } = bindings.transit_realtime;

/** POSIX seconds of every fixture that names no other. */
export const fixtureSeconds = 1_795_496_400;

/** A whole snapshot of these entities, as `FeedMessage.fromObject` takes them. */
export function encodeFeed(entity: object[], header: object = {}): Buffer {
  const message = FeedMessage.fromObject({
    header: { gtfsRealtimeVersion: '2.0', timestamp: fixtureSeconds, ...header },
    entity: entity.map((each, n) => ({ id: `e${n}`, ...each })),
  });
  return Buffer.from(FeedMessage.encode(message).finish());
}

export const decodeFeed = (payload: Buffer): InstanceType<typeof FeedMessage> => FeedMessage.decode(payload);
