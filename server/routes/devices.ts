// /api/devices: who may speak at the broker, each with a password of its own; also as files for a Mosquitto.
import type { FastifyReply } from 'fastify';
import Type from 'typebox';
import { parseAssetId } from '../../model/asset.ts';
import {
  Device,
  DeviceWithPassword,
  deviceUsernamePattern,
  NewDevice,
  topicsOfAsset,
} from '../../model/device.ts';
import { publishFault, subscribeFault } from '../../model/device-topics.ts';
import { Problem } from '../../model/http.ts';
import { admins } from '../../model/roles.ts';
import { mqttFeeds } from '../../model/topics.ts';
import type { Database, Query } from '../../store/connect.ts';
import {
  DeviceTakenError,
  insertDevice,
  revokeDevice,
  selectDevices,
  selectDevicesForBroker,
} from '../../store/devices.ts';
import { toMosquittoAcl, toMosquittoPasswords } from '../../store/mosquitto-files.ts';
import { selectSources } from '../../store/sources.ts';
import { userActor } from '../../store/users.ts';
import type { App } from '../app.ts';
import { HttpProblem } from '../problem.ts';

const Params = Type.Object({ username: Type.String({ pattern: deviceUsernamePattern.source }) });
const access = { config: { access: admins } } as const;
const tags = ['devices'];

/** How the house itself signs in where it was told nothing else; no device may pass for it. */
export const houseUsername = 'simpang';

export interface DeviceRouteOptions {
  /** How Simpang signs in at an outside broker. */
  ingestUsername: string;
}

export function deviceRoutes(app: App, db: Database, { ingestUsername }: DeviceRouteOptions): void {
  const reserved = new Set([houseUsername, ingestUsername.toLowerCase()]);

  app.get(
    '/api/devices',
    {
      ...access,
      schema: {
        summary: 'Every device, those that were revoked among them',
        tags,
        response: { 200: Type.Array(Device) },
      },
    },
    async (_request, reply) => {
      reply.header('cache-control', 'no-store');
      return selectDevices(db);
    },
  );

  app.post(
    '/api/devices',
    {
      ...access,
      schema: {
        summary: 'Let a device in; its password is in this answer and is never shown again',
        tags,
        body: NewDevice,
        response: { 201: DeviceWithPassword, 400: Problem, 409: Problem },
      },
    },
    async (request, reply) => {
      const { username, note = '' } = request.body;
      if (reserved.has(username.toLowerCase()))
        throw new HttpProblem(400, `${username} is how Simpang itself signs in.`, { field: 'username' });
      const rights = await toRights(db, request.body);
      const actor = userActor(request.session!.userNo);
      const device = await orTaken(insertDevice(db, { username, note, ...rights }, actor));
      return reply.code(201).header('cache-control', 'no-store').send(device);
    },
  );

  app.delete(
    '/api/devices/:username',
    {
      ...access,
      schema: {
        summary: 'Shut a device out; it stays in the list',
        tags,
        params: Params,
        response: { 200: Device, 404: Problem },
      },
    },
    async (request, reply) => {
      const { username } = request.params;
      const device = await revokeDevice(db, username, userActor(request.session!.userNo));
      if (device === undefined) throw new HttpProblem(404, `There is no device ${username}.`);
      reply.header('cache-control', 'no-store');
      return device;
    },
  );

  const file = (what: string, fileName: string, toText: () => Promise<string>): void => {
    app.get(
      `/api/devices/mosquitto/${what}`,
      {
        ...access,
        schema: { summary: `The devices as a Mosquitto's ${what} file`, tags, produces: ['text/plain'] },
      },
      async (_request, reply) => sendFile(reply, fileName, await toText()),
    );
  };
  file('acl', 'simpang.acl', async () =>
    toMosquittoAcl(await selectDevicesForBroker(db), { ingestUsername }),
  );
  file('passwords', 'simpang.passwords', async () => toMosquittoPasswords(await selectDevicesForBroker(db)));
}

function sendFile(reply: FastifyReply, name: string, text: string): string {
  reply.header('cache-control', 'no-store').header('content-disposition', `attachment; filename="${name}"`);
  reply.type('text/plain; charset=utf-8');
  return text;
}

/** @throws {HttpProblem} 400 naming the filter that a device may not have. */
async function toRights(db: Query, device: NewDevice): Promise<Pick<Device, 'publish' | 'subscribe'>> {
  const publish =
    device.assetId === undefined ? (device.publish ?? []) : ownTopics(device.assetId, device.publish);
  const subscribe = device.subscribe ?? [];
  const feedFilters = await selectFeedFilters(db);
  demandEach('publish', publish, (filter) => publishFault(filter, feedFilters));
  demandEach('subscribe', subscribe, subscribeFault);
  if (publish.length + subscribe.length === 0)
    throw new HttpProblem(400, 'The device could do nothing: give topics to publish, or an asset.', {
      field: 'publish',
    });
  return { publish: [...new Set(publish)], subscribe: [...new Set(subscribe)] };
}

function ownTopics(assetId: string, publish: string[] | undefined): string[] {
  if (publish !== undefined)
    throw new HttpProblem(400, 'An asset has topics of its own: give either it or topics.', {
      field: 'publish',
    });
  const asset = parseAssetId(assetId);
  if (asset === undefined)
    throw new HttpProblem(400, `${assetId} is no id of an asset: {kind}:{source id} is expected.`, {
      field: 'assetId',
    });
  if (asset.sourceId.startsWith('sim-'))
    throw new HttpProblem(400, `${assetId} is simulated: no device speaks for it.`, { field: 'assetId' });
  return topicsOfAsset(asset.kind, asset.sourceId);
}

async function selectFeedFilters(db: Query): Promise<string[]> {
  const sources = await selectSources(db);
  const own = sources.flatMap(({ transport, topicFilter }) =>
    transport === 'broker' && topicFilter !== null ? [topicFilter] : [],
  );
  return [...mqttFeeds.flatMap((feed): readonly string[] => feed.filters), ...own];
}

function demandEach(
  field: string,
  filters: readonly string[],
  faultOf: (filter: string) => string | undefined,
): void {
  filters.forEach((filter, n) => {
    const fault = faultOf(filter);
    if (fault !== undefined) throw new HttpProblem(400, `${fault}.`, { field: `${field}.${n}` });
  });
}

async function orTaken<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof DeviceTakenError)) throw error;
    throw new HttpProblem(409, `There is a device of that name already. Revoke it first.`, {
      field: 'username',
    });
  }
}
