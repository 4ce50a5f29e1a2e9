// Saved views and tracks through their routes: each account its own, stale writes refused, gaps never bridged.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SavedView } from '../../model/saved-view.ts';
import type { Track } from '../../model/track.ts';
import { selectChangesSince } from '../../store/changes.ts';
import { problemOf, startWorld, type World } from './world.ts';

let world: World;
let mine: string;
beforeAll(async () => {
  world = await startWorld();
  mine = await world.signIn('operator');
});
afterAll(() => world?.stop());

const look = {
  zoom: 14,
  lat: 2.96,
  lon: 99.06,
  hidden: ['camera'],
  shown: ['blind'],
  districts: ['12.72.01'],
};

const send = (method: string, path: string, body?: unknown, cookie = mine): Promise<Response> =>
  world.fetch(path, {
    method,
    cookie,
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
const viewsOf = async (cookie = mine): Promise<SavedView[]> =>
  ((await (await send('GET', '/api/views', undefined, cookie)).json()) as { views: SavedView[] }).views;

describe('views', () => {
  let view: SavedView;

  test('are kept under the first free key', async () => {
    const answer = await send('POST', '/api/views', { name: ' Pusat kota ', look });
    expect(answer.status).toBe(201);
    view = (await answer.json()) as SavedView;
    expect(view).toMatchObject({ slot: 1, name: 'Pusat kota', look, version: 1 });
    expect(await viewsOf()).toEqual([view]);
  });

  test("are nobody else's", async () => {
    const other = await world.signIn('dispatcher');
    expect(await viewsOf(other)).toEqual([]);
    const change = { version: 1, name: 'Milik saya' };
    expect((await send('PATCH', `/api/views/${view.id}`, change, other)).status).toBe(404);
    expect((await send('DELETE', `/api/views/${view.id}?version=1`, undefined, other)).status).toBe(404);
    expect((await send('GET', '/api/views', undefined, '')).status).toBe(401);
    expect((await send('GET', '/api/views', undefined, await world.signIn('display'))).status).toBe(403);
  });

  test('are named anew; whoever saw them before is told how they stand', async () => {
    const change = { version: 1, name: 'Bah Bolon' };
    const changed = (await (await send('PATCH', `/api/views/${view.id}`, change)).json()) as SavedView;
    expect(changed).toMatchObject({ name: 'Bah Bolon', look, version: 2 });
    const late = await send('PATCH', `/api/views/${view.id}`, { version: 1, look: { ...look, zoom: 11 } });
    expect(late.status).toBe(409);
    expect(await problemOf(late)).toMatchObject({ field: 'version', current: changed });
    view = changed;
  });

  test('come back as they were after they were deleted', async () => {
    const gone = (await (
      await send('DELETE', `/api/views/${view.id}?version=${view.version}`)
    ).json()) as SavedView;
    expect(await viewsOf()).toEqual([]);
    const { name, slot, look: held } = gone;
    await send('POST', '/api/views', { name, slot, look: held });
    expect(await viewsOf()).toMatchObject([{ name: 'Bah Bolon', slot: 1, look }]);
  });

  test('are nine at most', async () => {
    for (let slot = 2; slot <= 9; slot++) await send('POST', '/api/views', { name: `v${slot}`, look });
    const tenth = await send('POST', '/api/views', { name: 'v10', look });
    expect(tenth.status).toBe(409);
    expect(await problemOf(tenth)).toMatchObject({ field: 'slot' });
    const taken = await send('POST', '/api/views', { name: 'x', slot: 3, look });
    expect(await problemOf(taken)).toMatchObject({ field: 'slot', detail: 'slot: 3 is taken' });
  });

  test.each([
    [{ name: '   ', look }, 'name'],
    [{ name: 'x'.repeat(61), look }, 'name'],
    [{ name: 'x', look: { ...look, lat: 99 } }, 'look.lat'],
    [{ name: 'x', look: { ...look, hidden: ['a b'] } }, 'look.hidden.0'],
    [{ name: 'x', look, more: 1 }, 'more'],
  ])('%j is refused, naming %s', async (body, field) => {
    const answer = await send('POST', '/api/views', body);
    expect(answer.status).toBe(400);
    expect(await problemOf(answer)).toMatchObject({ field });
  });

  test('stand in the change log without their names', async () => {
    const changes = (await selectChangesSince(world.db, 0, 100)).filter(({ noun }) => noun === 'view');
    expect(changes.slice(0, 4).map(({ version, body }) => [version, body.did])).toEqual([
      [1, 'saved'],
      [2, 'changed'],
      [3, 'deleted'],
      [1, 'saved'],
    ]);
    expect(JSON.stringify(changes)).not.toMatch(/Bah Bolon|Pusat/);
  });
});

describe('tracks', () => {
  const from = Date.now() - 20 * 60_000;
  const iso = (ms: number): string => new Date(ms).toISOString();
  const trackOf = async (query = ''): Promise<Track> =>
    (await (await send('GET', `/api/assets/vehicle:bus-1/track${query}`)).json()) as Track;

  beforeAll(async () => {
    // North along a street each ten seconds; five minutes of silence; east.
    await world.db.execute(
      `INSERT INTO vehicle_position (vehicle_no, observed_at, received_after_ms, lat_e6, lon_e6)
       SELECT a.asset_no, to_timestamp($1 / 1000.0) + make_interval(secs => n * 10 + CASE WHEN n > 30 THEN 300 ELSE 0 END),
         0, 2960000 + least(n, 30) * 500, 99060000 + greatest(n - 30, 0) * 500
       FROM generate_series(0, 60) AS n, asset a WHERE a.kind = 'vehicle' AND a.source_id = 'bus-1'`,
      [from],
    );
  });

  test('are lines that keep what bends, parted where nothing was heard', async () => {
    const track = await trackOf();
    expect(track).toMatchObject({ id: 'vehicle:bus-1', resolution: 'fix', fixes: 61, truncated: false });
    expect(track.parts.map((part) => part.length)).toEqual([2, 2]);
    expect(track.parts[0]![0]).toEqual([iso(from), 2.96, 99.06]);
    expect(track.parts[0]![1]).toEqual([iso(from + 300_000), 2.975, 99.06]);
    expect(track.parts[1]![1]).toEqual([iso(from + 900_000), 2.975, 99.075]);
  });
  test('hold what was asked for, ends included', async () => {
    const track = await trackOf(`?from=${iso(from)}&to=${iso(from + 100_000)}`);
    expect(track.fixes).toBe(11);
  });
  test('of nothing heard are empty', async () => {
    const track = await trackOf(`?from=${iso(from - 7_200_000)}&to=${iso(from - 3_600_000)}`);
    expect(track).toMatchObject({ fixes: 0, parts: [] });
  });
  test.each([
    ['vehicle:bus-1/track?from=yesterday', 400, 'from'],
    [`vehicle:bus-1/track?from=${iso(from)}&to=${iso(from - 1)}`, 400, 'from'],
    [`vehicle:bus-1/track?from=${iso(from - 8 * 86_400_000)}`, 400, 'from'],
    ['camera:sim-cam-1/track', 400, 'id'],
    ['vehicle:nobody/track', 404, undefined],
  ])('%s answers %i', async (path, status, field) => {
    const answer = await send('GET', `/api/assets/${path}`);
    expect(answer.status).toBe(status);
    expect((await problemOf(answer)).field).toBe(field);
  });
});
