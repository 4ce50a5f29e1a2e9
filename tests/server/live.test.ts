// From the bus to browsers: snapshot, changes, events, links; who may watch, and when that ends.
import { once } from 'node:events';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Compile } from 'typebox/compile';
import type { Change, Event, LinkState, WatchAnswer } from '../../model/live.ts';
import { LinkState as LinkStateSchema, WatchAnswer as WatchAnswerSchema } from '../../model/live.ts';
import { registerAssets } from '../../store/assets.ts';
import { appendChange } from '../../store/changes.ts';
import { selectUserByName, updateRole } from '../../store/users.ts';
import { eventually } from '../eventually.ts';
import { startWorld, type Client, type World } from './world.ts';

let world: World;
let cookie: string;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world?.stop());
beforeEach(async () => {
  cookie = await world.signIn('operator');
});

interface Watcher {
  client: Client;
  answer: WatchAnswer;
  changes: Change[];
  events: Event[];
  links: LinkState[];
}

async function connected(client: Client): Promise<Client> {
  await new Promise<void>((resolve, reject) => {
    client.once('connect', resolve);
    client.once('connect_error', reject);
  });
  return client;
}

async function watchWith(layers: string[], since?: number): Promise<Watcher> {
  const client = world.connect(cookie);
  const watcher: Watcher = { client, answer: { error: 'not asked' }, changes: [], events: [], links: [] };
  client.on('changes', (changes) => watcher.changes.push(...changes));
  client.on('events', (events) => watcher.events.push(...events));
  client.on('links', (links) => watcher.links.push(links));
  await connected(client);
  watcher.answer = (await client.emitWithAck('watch', {
    layers,
    ...(since === undefined ? {} : { since }),
  } as never)) as never;
  return watcher;
}

const at = (seconds: number): string => new Date(Date.UTC(2026, 10, 24) + seconds * 1000).toISOString();
const whole = {
  kind: 'vehicle',
  name: 'Angkot 2',
  simulated: false,
  unconfirmed: true,
  expectedEverySeconds: 10,
};
const append = (noun: string, id: string, version = 1, body = {}): Promise<number> =>
  world.db.transaction((tx) => appendChange(tx, { noun, id, version, actor: 'test', body }));

describe('who may connect', () => {
  test.each([
    ['without a session', undefined, {}, /Sign in first/],
    ['with a made-up one', `simpang_session=${'x'.repeat(43)}`, {}, /Sign in first/],
  ] as const)('%s is refused, saying why', async (_, given, headers, words) => {
    await expect(connected(world.connect(given, headers))).rejects.toThrow(words);
  });

  test('a page of another site is refused before there is a socket', async () => {
    await expect(connected(world.connect(cookie, { origin: 'https://evil.example' }))).rejects.toThrow();
    expect((await connected(world.connect(cookie, { origin: world.url }))).connected).toBe(true);
  });

  test('there is no other transport than websocket', async () => {
    const response = await world.fetch('/socket.io/?EIO=4&transport=polling', { cookie });
    expect(response.status).toBe(400);
  });
});

describe('watch', () => {
  test('answers with the picture, then sends what changes', async () => {
    const { answer, changes, client } = await watchWith(['vehicle']);
    expect([...Compile(WatchAnswerSchema).Errors(answer)]).toEqual([]);
    expect(answer).toMatchObject({
      snapshot: { type: 'FeatureCollection' },
      seq: expect.any(Number) as number,
    });
    if ('error' in answer) throw new Error(answer.error);
    expect(answer.snapshot.features.map((feature) => feature.id)).toContain('vehicle:bus-1');
    expect(answer.snapshot.features.every((feature) => feature.properties.kind === 'vehicle')).toBe(true);

    await world.publish('vehicle', [
      { id: 'vehicle:bus-1', observedAt: at(1), lat: 2.961, lon: 99.061, speedMps: 4 },
    ]);
    await eventually(() =>
      expect(changes).toEqual([expect.objectContaining({ id: 'vehicle:bus-1', speedMps: 4 })]),
    );
    // Of another layer: not for this one.
    await world.publish('sensor', [{ id: 'sensor:sim-air-1', observedAt: at(1), pm25: 12 }]);
    await world.publish('vehicle', [{ id: 'vehicle:bus-1', observedAt: at(2), lat: 2.962, lon: 99.062 }]);
    await eventually(() => expect(changes).toHaveLength(2));
    client.close();
  });

  test('an asset registered later is whole, and one that is gone says so', async () => {
    const { changes } = await watchWith(['vehicle']);
    await world.publish('vehicle', [{ id: 'vehicle:bus-2', observedAt: at(1), lat: 2.9, lon: 99, ...whole }]);
    await eventually(() =>
      expect(changes).toContainEqual(expect.objectContaining({ id: 'vehicle:bus-2', name: 'Angkot 2' })),
    );
    await world.publish('vehicle', [{ id: 'vehicle:bus-2', gone: true }]);
    await eventually(() => expect(changes).toContainEqual({ id: 'vehicle:bus-2', gone: true }));
    const { answer } = await watchWith(['vehicle']);
    expect(JSON.stringify(answer)).not.toContain('bus-2');
  });

  test('the address of a camera never reaches a browser', async () => {
    const { changes, client } = await watchWith(['camera']);
    const change = {
      id: 'camera:sim-cam-1',
      observedAt: at(1),
      state: 'online',
      streamUrl: 'http://10.0.0.9/secret',
    };
    await world.publish('camera', [change]);
    await eventually(() => expect(changes).toHaveLength(1));
    const again = await client.emitWithAck('watch', { layers: ['camera'] });
    const assets = await (await world.fetch('/api/assets', { cookie })).text();
    expect(JSON.stringify([changes, again]) + assets).not.toMatch(/10\.0\.0\.9|streamUrl/);
  });

  test('what the bus should not carry is left out and counted', async () => {
    const { changes } = await watchWith(['vehicle', 'sensor']);
    await world.publish('vehicle', 'no JSON');
    await world.publish('vehicle', { id: 'vehicle:bus-1' });
    await world.publish('sensor', [
      null,
      { id: 'vehicle:bus-1', observedAt: at(9) },
      { id: 'sensor:__proto__', observedAt: at(9) },
      { id: 'sensor:sim-air-1', observedAt: 'tomorrow' },
      JSON.parse(
        '{"id":"sensor:sim-air-1","observedAt":"2026-11-24T00:00:09Z","__proto__":{"kind":"x"},"pm25":9}',
      ),
    ]);
    await eventually(() =>
      expect(changes).toEqual([expect.objectContaining({ id: 'sensor:sim-air-1', pm25: 9 })]),
    );
    const metrics = await (await world.fetch('/metrics')).text();
    expect(metrics).toMatch(/^simpang_bus_malformed_total 3$/m);
  });

  test.each([
    [undefined],
    [null],
    [[]],
    [{}],
    [{ layers: 'vehicle' }],
    [{ layers: ['tram'] }],
    [{ layers: ['__proto__'] }],
    [{ layers: ['vehicle'], since: -1 }],
    [{ layers: ['vehicle'], since: '1' }],
    [{ layers: ['vehicle'], more: 1 }],
    [{ layers: Array(21).fill('vehicle') }],
  ])('watch %j is answered with what it takes', async (request) => {
    const client = await connected(world.connect(cookie));
    const answer: unknown = await client.emitWithAck('watch', request as never);
    expect(answer).toEqual({ error: expect.stringContaining('watch takes {"layers"') as string });
  });

  test('a role that does not watch is told so', async () => {
    const client = await connected(world.connect(await world.signIn('crew')));
    expect(await client.emitWithAck('watch', { layers: ['vehicle'] })).toEqual({
      error: 'The role crew may not watch the live picture.',
    });
  });

  test('oversized messages end the connection, too many watches are refused, none harms the others', async () => {
    const other = await watchWith(['vehicle']);
    const large = await connected(world.connect(cookie));
    const ended = once(large as never, 'disconnect');
    large.emit('watch', { layers: ['x'.repeat(20_000)] } as never, () => undefined);
    await ended;
    const binary = await connected(world.connect(cookie));
    const binaryEnded = once(binary as never, 'disconnect');
    binary.emit('watch', { layers: [Buffer.alloc(32_000)] } as never, () => undefined);
    await binaryEnded;
    const eager = await connected(world.connect(cookie));
    eager.emit('watch', 1 as never, 2 as never);
    (eager as { emit(name: string): unknown }).emit('nothing');
    const answers = await Promise.all(
      Array.from({ length: 30 }, () => eager.emitWithAck('watch', { layers: [] })),
    );
    expect(
      answers.filter((answer) => 'error' in answer && /Too many/.test(answer.error)).length,
    ).toBeGreaterThan(9);
    expect(other.client.connected).toBe(true);
  });

  test('links come at once and are as their schema says', async () => {
    const { links } = await watchWith([]);
    await eventually(() => expect(links.length).toBeGreaterThan(0));
    expect([...Compile(LinkStateSchema).Errors(links[0])]).toEqual([]);
    expect(links[0]).toMatchObject({ version: '1.2.3-test', broker: { ok: true } });
  });
});

describe('events', () => {
  test('every one, in order, of the layers asked for and of feeds', async () => {
    const { events } = await watchWith(['incident']);
    await append('incident', '1', 1, { priority: 'high' });
    await append('alarm', '1');
    await append('user', '77');
    await append('feed', 'hfp', 1, { state: 'silent' });
    await append('incident', '1', 2);
    await eventually(() => expect(events).toHaveLength(3));
    expect(events.map(({ noun, id, version }) => `${noun} ${id} ${version}`)).toEqual([
      'incident 1 1',
      'feed hfp 1',
      'incident 1 2',
    ]);
    expect(events[0]).toMatchObject({ priority: 'high', actor: 'test' });
    expect(events.map((event) => event.seq)).toEqual(
      events.map((event) => event.seq).toSorted((a, b) => a - b),
    );
  });

  test('after a gap every one since, then the new ones, none twice', async () => {
    const { answer, client } = await watchWith(['alarm']);
    if ('error' in answer) throw new Error(answer.error);
    client.close();
    for (let i = 0; i < 1200; i += 100) {
      await world.db.transaction(async (tx) => {
        for (let j = i; j < i + 100; j++) {
          await appendChange(tx, {
            noun: j % 3 ? 'alarm' : 'unit',
            id: `gap-${j}`,
            version: 1,
            actor: 'test',
            body: {},
          });
        }
      });
    }
    const writing = (async () => {
      for (let i = 0; i < 30; i++) await append('alarm', `live-${i}`);
    })();
    const { events, answer: again } = await watchWith(['alarm'], answer.seq);
    expect(again).toMatchObject({ seq: answer.seq });
    await writing;
    await eventually(() => expect(events.at(-1)?.id).toBe('live-29'));
    const ids = events.map((event) => event.id);
    expect(ids).toEqual([
      ...Array.from({ length: 1200 }, (_, j) => j)
        .filter((j) => j % 3)
        .map((j) => `gap-${j}`),
      ...Array.from({ length: 30 }, (_, i) => `live-${i}`),
    ]);
  });

  test('a since from the future is taken as now', async () => {
    const { answer } = await watchWith(['alarm'], 9_999_999);
    expect((answer as { seq: number }).seq).toBeLessThan(9_999_999);
  });
});

describe('revocation', () => {
  const ended = (client: Client): Promise<unknown> => once(client as never, 'disconnect');

  test('signing out ends the socket', async () => {
    const { client } = await watchWith(['vehicle']);
    const end = ended(client);
    await world.fetch('/api/session', { method: 'DELETE', cookie });
    await end;
  });

  test('a session deleted by whoever in the database ends the socket', async () => {
    const { client } = await watchWith(['vehicle']);
    const end = ended(client);
    await world.db.execute('DELETE FROM session');
    await end;
    await expect(connected(world.connect(cookie))).rejects.toThrow(/Sign in first/);
  });

  test('another role ends the socket, and the next watch is by the new one', async () => {
    const { client } = await watchWith(['vehicle']);
    const end = ended(client);
    const { userNo } = (await selectUserByName(world.db, 'operator'))!;
    await updateRole(world.db, userNo, 'agency', 'test');
    await end;
    expect((await watchWith(['vehicle'])).answer).toMatchObject({
      error: expect.stringContaining('agency') as string,
    });
    await updateRole(world.db, userNo, 'operator', 'test');
  });

  test('a database that is away ends nothing', async () => {
    const { client, changes } = await watchWith(['vehicle']);
    world.db.away = true;
    try {
      await new Promise((resolve) => setTimeout(resolve, 2500));
      expect(client.connected).toBe(true);
      const again = await watchWith(['vehicle']);
      expect(again.answer).toHaveProperty('snapshot');
      await world.publish('vehicle', [{ id: 'vehicle:bus-1', observedAt: at(100), lat: 2.97, lon: 99.07 }]);
      await eventually(() => expect(changes).toHaveLength(1));
    } finally {
      world.db.away = false;
    }
  });
});

test('after a gap of the bus the store tells what went by', async () => {
  const { changes, links } = await watchWith(['vehicle']);
  await world.broker.stop();
  await eventually(() => expect(links.at(-1)?.broker.ok).toBe(false));
  await registerAssets(world.db, [
    { kind: 'vehicle', sourceId: 'bus-3', name: 'Angkot 3', simulated: false },
  ]);
  await world.db.execute(`INSERT INTO asset_latest (asset_no, observed_at, received_at, lat, lon, values)
    SELECT asset_no, '${at(500)}', now(), 2.98, 99.08, '{"speedMps": [7, ${Date.parse(at(500))}]}'
    FROM asset WHERE source_id = 'bus-1'`);
  await world.broker.start();
  await eventually(() => expect(links.at(-1)?.broker.ok).toBe(true));
  await eventually(() => {
    expect(changes).toContainEqual(
      expect.objectContaining({ id: 'vehicle:bus-3', kind: 'vehicle', name: 'Angkot 3' }),
    );
    expect(changes).toContainEqual(expect.objectContaining({ id: 'vehicle:bus-1', lat: 2.98, speedMps: 7 }));
  });
});
