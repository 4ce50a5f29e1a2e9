// The AsyncAPI 3.0 document: every MQTT topic and websocket event, made from the schemas that check them.
import Type, { type TSchema } from 'typebox';
import { assetKinds } from './asset.ts';
import { AlarmReport } from './alarm-report.ts';
import { FeedReport } from './feed.ts';
import {
  busTopics,
  Change,
  Event,
  LinkState,
  LookAnswer,
  Lookers,
  LookRequest,
  WatchAnswer,
  WatchRequest,
} from './live.ts';
import { CameraEvent, CameraStatus, SensorReading, VehiclePosition } from './native.ts';
import { maxPayloadBytes, mqttFeeds, simulatedPrefix, type MqttFeedId } from './topics.ts';

type Direction = 'send' | 'receive';

interface Channel {
  id: string;
  /** MQTT topic with `{parameters}`, or the name of the websocket event. */
  address: string;
  server: 'broker' | 'bus' | 'socket';
  /** As the application sees it: it receives what devices publish. */
  direction: Direction;
  summary: string;
  payload: TSchema;
  reply?: TSchema;
  parameters?: Record<string, string>;
}

const Foreign = Type.Object({}, { additionalProperties: true });
const anyPart = 'any further levels';

/** What each feed carries; a feed of topics.ts without an entry here does not compile. */
const feedChannels: Record<MqttFeedId, Pick<Channel, 'address' | 'summary' | 'payload' | 'parameters'>> = {
  'city-vehicle': {
    address: 'city/vehicle/{id}/position',
    summary: 'Where a vehicle is',
    payload: VehiclePosition,
    parameters: { id: 'of the vehicle' },
  },
  'city-sensor': {
    address: 'city/sensor/{id}/reading',
    summary: 'What a sensor measured, in the units of the registry',
    payload: SensorReading,
    parameters: { id: 'of the sensor' },
  },
  'city-camera-status': {
    address: 'city/camera/{id}/status',
    summary: 'Whether a camera is there, and how it stands; retained',
    payload: CameraStatus,
    parameters: { id: 'of the camera' },
  },
  'city-camera-event': {
    address: 'city/camera/{id}/event',
    summary: 'Something a camera saw',
    payload: CameraEvent,
    parameters: { id: 'of the camera' },
  },
  hfp: {
    address: '/hfp/v2/{rest}',
    summary: 'HSL High-Frequency Positioning, version 2',
    payload: Foreign,
    parameters: { rest: anyPart },
  },
  'things-stack': {
    address: 'v3/{application}/devices/{device}/up',
    summary: 'The Things Stack v3: uplinks of LoRaWAN devices',
    payload: Foreign,
    parameters: { application: 'its id, with tenant', device: 'its id' },
  },
  frigate: {
    address: 'frigate/{what}',
    summary: 'Frigate: what its cameras saw, reviews of it, and whether they are there',
    payload: Foreign,
    parameters: { what: 'events, reviews, available or stats' },
  },
  'gtfs-realtime': {
    address: 'gtfs-rt/{rest}',
    summary: 'GTFS-Realtime: a FeedMessage as protobuf',
    payload: Foreign,
    parameters: { rest: anyPart },
  },
  sensorthings: {
    address: 'v1.1/{datastream}/Observations',
    summary: 'OGC SensorThings: observations as their server publishes them',
    payload: Foreign,
    parameters: { datastream: 'Datastreams(id)' },
  },
  sparkplug: {
    address: 'spBv1.0/{group}/{type}/{node}',
    summary: 'Sparkplug B v3: births, data and deaths as protobuf; devices stand a level below',
    payload: Foreign,
    parameters: { group: 'its id', type: 'NBIRTH, NDATA, NDEATH, DBIRTH, DDATA or DDEATH', node: 'its id' },
  },
  owntracks: {
    address: 'owntracks/{user}/{device}',
    summary: 'OwnTracks: where a phone is',
    payload: Foreign,
    parameters: { user: 'its name', device: 'its name' },
  },
  traccar: {
    address: 'traccar/positions',
    summary: 'Traccar: forwarded positions; also at `positions`',
    payload: Foreign,
  },
};

const camel = (id: string): string => id.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());

function toFeedChannels(): Channel[] {
  return mqttFeeds.flatMap(({ id }) => {
    const channel = { ...feedChannels[id], server: 'broker', direction: 'receive' } as const;
    return [
      { ...channel, id: camel(id) },
      {
        ...channel,
        id: camel(`sim-${id}`),
        address: simulatedPrefix + channel.address,
        summary: `${channel.summary}; simulated`,
      },
    ];
  });
}

const busChannels: Channel[] = [
  ...assetKinds.map((kind): Channel => ({
    id: camel(`bus-${kind}`),
    address: busTopics.changes(kind),
    server: 'bus',
    direction: 'send',
    summary: `Newest values of kind ${kind}, from ingest to the server; closed to devices`,
    payload: Type.Array(Change),
  })),
  {
    id: 'busFeeds',
    address: busTopics.feeds,
    server: 'bus',
    direction: 'send',
    summary: 'Counters of all feeds, each second, from ingest to server and alarms; closed to devices',
    payload: FeedReport,
  },
  {
    id: 'busAlarms',
    address: busTopics.alarms,
    server: 'bus',
    direction: 'send',
    summary: 'What each process of the alarms room says of itself, each second; closed to devices',
    payload: AlarmReport,
  },
];

const socketChannels: Channel[] = [
  {
    id: 'watch',
    address: 'watch',
    server: 'socket',
    direction: 'receive',
    summary: 'What the page wants to be told of; answered with the picture as it is now',
    payload: WatchRequest,
    reply: WatchAnswer,
  },
  {
    id: 'look',
    address: 'look',
    server: 'socket',
    direction: 'receive',
    summary: 'Which alarm a desk has open, so that others see it',
    payload: LookRequest,
    reply: LookAnswer,
  },
  {
    id: 'lookers',
    address: 'lookers',
    server: 'socket',
    direction: 'send',
    summary: 'Who has which alarm open, to all who watch alarms, when it changes',
    payload: Lookers,
  },
  {
    id: 'changes',
    address: 'changes',
    server: 'socket',
    direction: 'send',
    summary: 'Newest values only, at most ten times a second; an asset is whole when first seen',
    payload: Type.Array(Change),
  },
  {
    id: 'events',
    address: 'events',
    server: 'socket',
    direction: 'send',
    summary:
      'Every event of incidents, alarms, units, feeds and warnings, in order; after a gap ask again with `since`',
    payload: Type.Array(Event),
  },
  {
    id: 'links',
    address: 'links',
    server: 'socket',
    direction: 'send',
    summary: 'Whether database, broker and ingest are there, on every change and each ten seconds',
    payload: LinkState,
  },
];

const ref = (path: string): { $ref: string } => ({ $ref: `#/${path}` });

function toChannel({ address, server, summary, payload, reply, parameters }: Channel): object {
  return {
    address,
    summary,
    servers: [ref(`servers/${server}`)],
    ...(parameters && {
      parameters: Object.fromEntries(
        Object.entries(parameters).map(([name, description]) => [name, { description }]),
      ),
    }),
    messages: {
      message: { contentType: 'application/json', payload },
      ...(reply && { reply: { contentType: 'application/json', payload: reply } }),
    },
  };
}

function toOperation({ id, direction, summary, reply }: Channel): object {
  return {
    action: direction,
    summary,
    channel: ref(`channels/${id}`),
    messages: [ref(`channels/${id}/messages/message`)],
    ...(reply && {
      reply: { channel: ref(`channels/${id}`), messages: [ref(`channels/${id}/messages/reply`)] },
    }),
  };
}

/** @param version of the software. */
export function toAsyncApi(version: string): Record<string, unknown> {
  const channels = [...toFeedChannels(), ...busChannels, ...socketChannels];
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Simpang',
      version,
      description: `Payloads are JSON in UTF-8, at most ${maxPayloadBytes} bytes. Everything simulated stands under ${simulatedPrefix}, in the same formats.`,
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    defaultContentType: 'application/json',
    servers: {
      broker: {
        host: '{host}:1883',
        protocol: 'mqtt',
        description: 'Where devices publish',
        variables: { host: {} },
      },
      bus: {
        host: '{host}:1883',
        protocol: 'mqtt',
        description: 'The same broker, between our own rooms',
        variables: { host: {} },
      },
      socket: {
        host: '{host}',
        pathname: '/socket.io/',
        protocol: 'ws',
        description: 'socket.io 4, default namespace, websocket only; the session cookie of the page',
        variables: { host: {} },
      },
    },
    channels: Object.fromEntries(channels.map((channel) => [channel.id, toChannel(channel)])),
    operations: Object.fromEntries(channels.map((channel) => [channel.id, toOperation(channel)])),
  };
}
