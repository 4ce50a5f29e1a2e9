// GET /api/warnings and the events of warnings, as watchers of each role meet them.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Event, WatchAnswer } from '../../model/live.ts';
import { roles, watchers, type Role } from '../../model/roles.ts';
import type { WarningCollection } from '../../model/warning.ts';
import { upsertWarnings, type WarningRow } from '../../store/warnings.ts';
import { eventually } from '../eventually.ts';
import { newWarningRow } from '../warnings.ts';
import { problemOf, startWorld, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world?.stop());
beforeEach(() => world.db.execute('TRUNCATE warning'));

const put = (...rows: WarningRow[]): Promise<Set<string>> =>
  world.db.transaction((tx) => upsertWarnings(tx, rows));
const soon = (ms: number): string => new Date(Date.now() + ms).toISOString();
async function ask(role: Role = 'viewer'): Promise<WarningCollection> {
  const response = await world.fetch('/api/warnings', { cookie: await world.signIn(role) });
  expect(response.status).toBe(200);
  return (await response.json()) as WarningCollection;
}

describe('GET /api/warnings', () => {
  test('none: an empty list that says of when', async () => {
    const answer = await ask();
    expect(answer).toMatchObject({ features: [], sentWithin: { hour: 0, day: 0, week: 0, earlier: 0 } });
    expect(Math.abs(Date.parse(answer.at) - Date.now())).toBeLessThan(5000);
  });
  test('what stands, with its areas as geometry and not again as a property', async () => {
    const circles = [{ lon: 99.06, lat: 2.96, radiusKm: 5 }];
    await put(
      newWarningRow({
        id: 'rain',
        sentAt: soon(-60_000),
        expiresAt: soon(60_000),
        areas: [{ name: 'Siantar', polygons: [], circles }],
      }),
      newWarningRow(
        { id: 'quake', kind: 'earthquake', sentAt: soon(-7_200_000), magnitude: 5.2 },
        { simulated: true },
      ),
      newWarningRow({ id: 'over', sentAt: soon(-120_000), expiresAt: soon(-1000) }),
      newWarningRow({ id: 'cancelled', sentAt: soon(-120_000) }),
      newWarningRow({ id: 'c', action: 'cancel', references: ['cancelled'], sentAt: soon(-60_000) }),
    );
    const answer = await ask('operator');
    expect(answer.features.map((feature) => feature.id)).toEqual(['rain', 'sim/quake']);
    expect(answer.sentWithin).toEqual({ hour: 1, day: 1, week: 0, earlier: 0 });
    const [rain, quake] = answer.features;
    expect(rain).toMatchObject({
      geometry: { type: 'MultiPolygon' },
      properties: {
        id: 'rain',
        areaNames: ['Siantar'],
        severity: 'moderate',
        simulated: false,
        version: 1,
        sourceId: 'bmkg-cap',
      },
    });
    expect(rain!.properties).not.toHaveProperty('areas');
    expect(quake).toMatchObject({
      geometry: null,
      properties: { magnitude: 5.2, simulated: true, exercise: true },
    });
  });
  test('the database away: 503, never an empty list', async () => {
    const cookie = await world.signIn('viewer');
    await ask();
    world.db.away = true;
    try {
      const response = await world.fetch('/api/warnings', { cookie });
      expect(response.status).toBe(503);
      expect(await problemOf(response)).toMatchObject({ status: 503 });
    } finally {
      world.db.away = false;
    }
  });
  test.each(roles)('%s', async (role) => {
    const response = await world.fetch('/api/warnings', { cookie: await world.signIn(role) });
    expect(response.status).toBe((watchers as readonly string[]).includes(role) ? 200 : 403);
  });
  test('nobody', async () => expect((await world.fetch('/api/warnings')).status).toBe(401));
});

test.each(['viewer', 'display'] as const)('%s hears of a warning at once, and of its end', async (role) => {
  const client = world.connect(await world.signIn(role));
  const heard: Event[] = [];
  client.on('events', (events) => void heard.push(...events));
  const answer: WatchAnswer = await client.timeout(10_000).emitWithAck('watch', { layers: [] });
  expect(answer).not.toHaveProperty('error');
  const id = `heard-by-${role}`;
  await put(newWarningRow({ id, sentAt: soon(-2000) }));
  await put(newWarningRow({ id: `end-${role}`, action: 'cancel', references: [id], sentAt: soon(-1000) }));
  await eventually(() =>
    expect(heard.map(({ noun, id: of, version, state }) => [noun, of, version, state])).toEqual([
      ['warning', id, 1, 'standing'],
      ['warning', id, 2, 'cancelled'],
    ]),
  );
  expect(heard[0]).toMatchObject({
    headline: 'Hujan lebat di Siantar',
    severity: 'moderate',
    kind: 'hazard',
  });
});
