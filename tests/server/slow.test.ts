// A browser that is too slow: the others do not wait for it, and once it can it gets the newest of what it missed.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Change } from '../../model/live.ts';
import { appendChange } from '../../store/changes.ts';
import { eventually } from '../eventually.ts';
import { startWorld, type Client, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world?.stop());

interface Wire {
  pause(): void;
  resume(): void;
}
/** The TCP connection under a client: pausing it is what a phone in a tunnel does. */
const wireOf = (client: Client): Wire =>
  (client.io.engine.transport as unknown as { ws: { _socket: Wire } }).ws._socket;

const figure = async (name: string): Promise<number> => {
  const text = await (await world.fetch('/metrics')).text();
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
};

test('is skipped, counted, and brought up to date', async () => {
  const cookie = await world.signIn('viewer');
  const watch = async (): Promise<{ client: Client; newest: Map<string, Change>; frames: () => number }> => {
    const client = world.connect(cookie);
    const newest = new Map<string, Change>();
    let frames = 0;
    client.on('changes', (changes) => {
      frames++;
      for (const change of changes) newest.set(change.id, { ...newest.get(change.id), ...change });
    });
    await new Promise<void>((resolve) => client.once('connect', resolve));
    await client.emitWithAck('watch', { layers: ['vehicle'] });
    return { client, newest, frames: () => frames };
  };
  const slow = await watch();
  const quick = await watch();
  const events: number[] = [];
  slow.client.on('events', (given) => events.push(...given.map((event) => event.seq)));
  wireOf(slow.client).pause();

  const filling = 'x'.repeat(20_000);
  let round = 0;
  const publish = (): Promise<void> => {
    round++;
    const observedAt = new Date(Date.UTC(2026, 10, 24) + round * 1000).toISOString();
    const part = { observedAt, lat: 2.9, lon: 99.1, round, filling };
    const frame = {
      kind: 'vehicle',
      name: 'a bus',
      simulated: false,
      unconfirmed: true,
      expectedEverySeconds: 10,
    };
    return world.publish(
      'vehicle',
      Array.from({ length: 20 }, (_, i) => ({ id: `vehicle:slow-${i}`, ...part, ...frame })),
    );
  };
  await eventually(async () => {
    const before = quick.frames();
    await publish();
    await eventually(() => expect(quick.frames()).toBeGreaterThan(before));
    expect(await figure('simpang_sockets_slow')).toBe(1);
  }, 50_000);
  const seq = await world.db.transaction((tx) =>
    appendChange(tx, { noun: 'feed', id: 'hfp', version: 1, actor: 'test', body: {} }),
  );
  for (let i = 0; i < 3; i++) {
    const before = quick.frames();
    await publish();
    await eventually(() => expect(quick.frames()).toBeGreaterThan(before));
  }
  await world.publish('vehicle', [{ id: 'vehicle:slow-19', gone: true }]);
  await eventually(() => expect(quick.newest.get('vehicle:slow-19')).toMatchObject({ gone: true }));
  expect(await figure('simpang_changes_skipped_total')).toBeGreaterThan(60);

  wireOf(slow.client).resume();
  await eventually(() => {
    for (let i = 0; i < 19; i++) {
      expect(slow.newest.get(`vehicle:slow-${i}`)).toMatchObject({ round, name: 'a bus' });
    }
    expect(slow.newest.get('vehicle:slow-19')).toMatchObject({ gone: true });
  });
  expect(slow.frames()).toBeLessThan(quick.frames());
  await eventually(() => expect(events).toEqual([seq]));
  await eventually(async () => expect(await figure('simpang_sockets_slow')).toBe(0));
  // It hears what comes next as everybody does.
  await publish();
  await eventually(() => expect(slow.newest.get('vehicle:slow-0')).toMatchObject({ round }));
}, 90_000);

test('many changes of one asset in a moment are one', async () => {
  const { client, changes } = await (async () => {
    const watching = world.connect(await world.signIn('viewer'));
    const heard: Change[] = [];
    watching.on('changes', (given) => heard.push(...given));
    await new Promise<void>((resolve) => watching.once('connect', resolve));
    await watching.emitWithAck('watch', { layers: ['sensor'] });
    return { client: watching, changes: heard };
  })();
  const before = await figure('simpang_sensor_changes_conflated_total');
  const all = Array.from({ length: 50 }, (_, i) => ({
    id: 'sensor:sim-air-1',
    observedAt: new Date(Date.UTC(2026, 10, 24) + i * 1000).toISOString(),
    ...(i === 0 ? { humidity: 80 } : { pm25: i }),
  }));
  await world.publish('sensor', all);
  await eventually(() => expect(changes).toHaveLength(1));
  expect(changes[0]).toMatchObject({ pm25: 49, humidity: 80, olderValues: { humidity: all[0]!.observedAt } });
  expect(await figure('simpang_sensor_changes_conflated_total')).toBe(before + 49);
  client.close();
});
