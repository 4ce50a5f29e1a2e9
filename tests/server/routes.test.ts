// Every route: who may call it, what its errors look like, and that the documents know of it.
import { Compile } from 'typebox/compile';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AssetCollection } from '../../model/asset.ts';
import { FeedReport } from '../../model/feed.ts';
import { Problem, Session } from '../../model/http.ts';
import { mqttFeeds } from '../../model/topics.ts';
import { insertRejects } from '../../store/rejects.ts';
import { appendChange } from '../../store/changes.ts';
import { problemOf, startWorld, type World } from './world.ts';

let world: World;
let admin: string;
let viewer: string;
let crew: string;

beforeAll(async () => {
  world = await startWorld();
  [admin, viewer, crew] = [
    await world.signIn('admin'),
    await world.signIn('viewer'),
    await world.signIn('crew'),
  ];
});
afterAll(() => world?.stop());

interface OpenApi {
  openapi: string;
  paths: Record<string, Record<string, { security: object[]; summary?: string }>>;
}

const openApi = async (): Promise<OpenApi> =>
  (await (await world.fetch('/api/openapi.json')).json()) as OpenApi;
const exampleOf = (path: string): string =>
  path.replace('{id}', 'vehicle:bus-1').replace('{*}', 'index.m3u8').replace('{wildcard}', 'index.m3u8');

const publicRoutes = [
  'GET /api/health',
  'POST /api/session',
  'GET /api/openapi.json',
  'GET /api/asyncapi.json',
  'GET /city.json',
  'GET /basemap.json',
];

describe('access', () => {
  test('every route but the public ones answers 401 without a session, whatever else is wrong', async () => {
    const { paths } = await openApi();
    const open: string[] = [];
    for (const [path, operations] of Object.entries(paths)) {
      for (const method of Object.keys(operations).map((name) => name.toUpperCase())) {
        const init = { method, headers: { 'x-forwarded-for': '203.0.113.9' } };
        const response = await world.fetch(exampleOf(path), init);
        if (response.status === 401 && `${method} ${path}` !== 'POST /api/session') await problemOf(response);
        else open.push(`${method} ${path}`);
        expect(operations[method.toLowerCase()]!.security).toHaveLength(response.status === 401 ? 1 : 0);
      }
    }
    expect(open.toSorted()).toEqual(publicRoutes.toSorted());
  });

  test('what is unknown under /api is told apart only by whoever is signed in', async () => {
    for (const path of [
      '/api',
      '/api/',
      '/api/nothing',
      '/api/assets/x/y/z',
      '/API/nothing',
      '/api/nothing?x=/',
    ]) {
      expect((await world.fetch(path)).status, path).toBe(401);
      expect((await world.fetch(path, { cookie: viewer })).status, path).toBe(404);
    }
    expect((await world.fetch('/api/session', { method: 'PATCH' })).status).toBe(401);
    expect((await world.fetch('/nothing')).status).toBe(404);
  });

  test('a role that a route does not name gets 403', async () => {
    expect((await world.fetch('/api/assets', { cookie: crew })).status).toBe(403);
    expect((await world.fetch('/api/feeds/city-vehicle/rejects', { cookie: viewer })).status).toBe(403);
    const problem = await problemOf(await world.fetch('/api/changes', { cookie: crew }));
    expect(problem).toMatchObject({
      status: 403,
      title: 'Forbidden',
      detail: expect.stringContaining('crew') as string,
    });
  });

  test.each(['', 'x', 'a'.repeat(43), '__proto__', '%00', `${'a'.repeat(42)}=`])(
    'the token %j opens nothing',
    async (token) => {
      expect((await world.fetch('/api/session', { cookie: `simpang_session=${token}` })).status).toBe(401);
    },
  );

  test('metrics are for this machine and for admins, not for what a proxy passes on', async () => {
    const forwarded = { headers: { 'x-forwarded-for': '203.0.113.9' } };
    expect((await world.fetch('/metrics')).status).toBe(200);
    expect((await world.fetch('/metrics', forwarded)).status).toBe(401);
    expect((await world.fetch('/metrics', { ...forwarded, cookie: viewer })).status).toBe(403);
    const text = await (await world.fetch('/metrics', { ...forwarded, cookie: admin })).text();
    expect(text).toMatch(/^simpang_vehicle_assets 1$/m);
    expect(text).toMatch(/^simpang_vehicle_changes_conflated_total 0$/m);
    // Ingest was not heard of: what is in its journal is not known.
    expect(text).toMatch(/^simpang_ingest_up 0$/m);
    expect(text).toMatch(/^simpang_journal_bytes Nan$/im);
    expect(text).toMatch(
      /simpang_http_request_seconds_count\{method="GET",route="\/api\/assets",status="403"\} /,
    );
  });
});

describe('problem documents', () => {
  const check = Compile(Problem);
  test.each([
    ['/api/assets?bbox=1,2,3', 400, 'bbox'],
    ['/api/assets?kind=tram', 400, 'kind'],
    ['/api/assets/vehicle:bus-1/series', 400, 'metric'],
    ['/api/assets/vehicle:bus-1/series?metric=pm25', 400, 'metric'],
    ['/api/assets/sensor:sim-air-1/series?metric=__proto__', 400, 'metric'],
    ['/api/assets/vehicle:bus-1/series?metric=speed&points=5001', 400, 'points'],
    ['/api/assets/vehicle:bus-1/series?metric=speed&points=ten', 400, 'points'],
    ['/api/assets/vehicle:bus-1/series?metric=speed&points=1.5', 400, 'points'],
    ['/api/assets/vehicle:bus-1/series?metric=speed&from=yesterday', 400, 'from'],
    [
      '/api/assets/vehicle:bus-1/series?metric=speed&from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z',
      400,
      'from',
    ],
    ['/api/assets/vehicle:bus-9/series?metric=speed', 404, undefined],
    ['/api/assets/__proto__/series?metric=speed', 404, undefined],
    ['/api/changes?since=-1', 400, 'since'],
    ['/api/feeds/Feed/rejects', 400, 'id'],
    ['/api/nothing', 404, undefined],
  ])('%s is %i and names %s', async (path, status, field) => {
    const response = await world.fetch(path, { cookie: admin });
    const problem = await problemOf(response);
    expect(response.status).toBe(status);
    expect(check.Check(problem)).toBe(true);
    expect(problem).toMatchObject({ type: 'about:blank', status });
    expect(problem.field).toBe(field);
  });

  test('an address that cannot be read is a problem too', async () => {
    expect(await problemOf(await world.fetch('/api/%zz'))).toMatchObject({ status: 400 });
    expect(
      (await world.fetch(`/api/assets/${'a'.repeat(3000)}/series`, { cookie: admin })).status,
    ).toBeGreaterThan(399);
  });

  test('what failed inside is not told, and the database away is', async () => {
    world.db.away = true;
    try {
      const problem = await problemOf(await world.fetch('/api/changes', { cookie: admin }));
      expect(problem).toMatchObject({ status: 503, detail: 'The database does not answer.' });
      expect(JSON.stringify(problem)).not.toMatch(/10\.9\.8\.7|ECONN/);
      // Who was never seen before cannot be told from a stranger now.
      const unseen = await world.fetch('/api/assets', { cookie: `simpang_session=${'b'.repeat(43)}` });
      expect(unseen.status).toBe(503);
      expect(unseen.headers.get('retry-after')).toBe('5');
    } finally {
      world.db.away = false;
    }
  });

  test('5xx texts are hidden', async () => {
    const { query } = world.db;
    world.db.query = (text, ...rest) =>
      text.includes('change_log')
        ? Promise.reject(new Error('column "secret" does not exist'))
        : query(text, ...rest);
    try {
      const problem = await problemOf(await world.fetch('/api/changes', { cookie: admin }));
      expect(problem).toEqual({ type: 'about:blank', title: 'Internal Server Error', status: 500 });
    } finally {
      world.db.query = query;
    }
  });
});

describe('bodies', () => {
  const post = (body: string, type = 'application/json'): Promise<Response> =>
    world.fetch('/api/session', { method: 'POST', headers: { 'content-type': type }, body });

  test.each([
    ['1 MiB', JSON.stringify({ username: 'x', password: 'y'.repeat(2 ** 20) }), 'application/json', 413],
    ['no JSON', '{', 'application/json', 400],
    [
      'a poisoned prototype',
      '{"username":"x","password":"y","__proto__":{"role":"admin"}}',
      'application/json',
      400,
    ],
    [
      'a poisoned constructor',
      '{"username":"x","password":"y","constructor":{"prototype":{}}}',
      'application/json',
      400,
    ],
    ['another type', 'username=x&password=y', 'application/x-www-form-urlencoded', 415],
    ['a type in a type', '{"username":1,"password":2}', 'application/json; charset=utf-8; x="', 400],
    ['a list', '[]', 'application/json', 400],
    ['numbers', '{"username":1,"password":2}', 'application/json', 400],
    ['nothing', '', 'application/json', 400],
  ])('%s is refused', async (_, body, type, status) => {
    const response = await post(body, type);
    expect((await problemOf(response)).status).toBe(status);
    expect(response.status).toBe(status);
  });

  test.each([
    'application/json;',
    'application/jsonx',
    'application/json\tx',
    'APPLICATION/JSON ;a=b',
    ' application/json',
  ])('the content type %j does not go round the schema', async (type) => {
    expect([400, 415]).toContain((await post('{"username":{"a":1}}', type)).status);
  });

  test('a missing member is named', async () => {
    expect(await problemOf(await post('{"username":"x"}'))).toMatchObject({ field: 'password' });
  });
});

describe('pages', () => {
  test('carry exactly this content policy', async () => {
    const host = new URL(world.url).host;
    for (const path of ['/', '/api/health', '/nothing', '/api/nothing', '/api/docs/']) {
      const { headers } = await world.fetch(path);
      expect(headers.get('content-security-policy'), path).toBe(
        "default-src 'self';script-src 'self';style-src 'self';worker-src 'self';img-src 'self' data: blob:;" +
          `media-src 'self' blob:;connect-src 'self' ws://${host};frame-ancestors 'none';base-uri 'none';` +
          "form-action 'self';object-src 'none'",
      );
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('strict-transport-security')).toBeNull();
    }
  });

  test('say so when they are not built, and are not kept', async () => {
    const response = await world.fetch('/');
    expect(response.status).toBe(503);
    expect(await response.text()).toMatch(/npm run build/);
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  test.each([
    '/..%2f..%2fetc/passwd',
    '/assets/..%2f..%2f..%2fetc%2fpasswd',
    '/assets/%2e%2e/%2e%2e/x',
    '/.env',
    '/package.json',
  ])('%s leads nowhere', async (path) => {
    expect([400, 403, 404]).toContain((await world.fetch(path)).status);
  });
});

describe('answers are as their schemas say', () => {
  test('assets', async () => {
    const response = await world.fetch('/api/assets', { cookie: viewer });
    const collection = (await response.json()) as AssetCollection;
    expect(response.headers.get('content-type')).toMatch(/^application\/geo\+json/);
    expect([...Compile(AssetCollection).Errors(collection)]).toEqual([]);
    expect(collection.features.map((feature) => feature.id).toSorted()).toEqual([
      'camera:sim-cam-1',
      'sensor:sim-air-1',
      'vehicle:bus-1',
    ]);
    expect(collection.features[0]!.properties).toMatchObject({ freshness: 'silent', observedAt: null });
  });

  test('assets of kinds within a box', async () => {
    const idsOf = async (query: string): Promise<string[]> => {
      const response = await world.fetch(`/api/assets?${query}`, { cookie: viewer });
      return ((await response.json()) as AssetCollection).features.map((feature) => feature.id).toSorted();
    };
    expect(await idsOf('kind=vehicle')).toEqual(['vehicle:bus-1']);
    expect(await idsOf('kind=sensor,camera')).toEqual(['camera:sim-cam-1', 'sensor:sim-air-1']);
    expect(await idsOf('bbox=99.045,2.94,99.065,2.965')).toEqual(['sensor:sim-air-1', 'vehicle:bus-1']);
    expect(await idsOf('kind=camera&bbox=99.045,2.94,99.065,2.965')).toEqual([]);
  });

  test('session', async () => {
    const session: unknown = await (await world.fetch('/api/session', { cookie: viewer })).json();
    expect(Compile(Session).Check(session)).toBe(true);
    const actor = expect.stringMatching(/^user:\d+$/);
    expect(session).toEqual({ actor, username: 'viewer', displayName: 'Ibu viewer', role: 'viewer' });
  });

  test('feeds, and 503 before ingest was heard of', async () => {
    expect(await problemOf(await world.fetch('/api/feeds', { cookie: viewer }))).toMatchObject({
      status: 503,
    });
    await world.publishFeeds();
    const report = await expectOk(() => world.fetch('/api/feeds', { cookie: viewer }));
    expect(Compile(FeedReport).Check(report)).toBe(true);
    const figures = await (await world.fetch('/metrics')).text();
    expect(figures).toMatch(/^simpang_ingest_up 1$/m);
    expect(figures).toMatch(/^simpang_journal_bytes 0$/m);
    expect(figures).toMatch(/^simpang_feed_received_total\{feed="city-vehicle"\} 3$/m);
    expect(figures).toMatch(/^simpang_feed_rejected_total\{feed="city-vehicle"\} 1$/m);
  });

  test('rejects', async () => {
    await insertRejects(world.db, [
      {
        at: Date.now(),
        feedId: 'city-vehicle',
        topic: 'city/vehicle/x/position',
        reason: 'schema',
        field: 'lat',
        detail: 'lat is missing',
        payload: Buffer.from('{"lon":1}'),
        payloadBytes: 9,
      },
    ]);
    const rejects = await expectOk(() => world.fetch('/api/feeds/city-vehicle/rejects', { cookie: admin }));
    expect(rejects).toEqual([
      expect.objectContaining({ reason: 'schema', payload: '{"lon":1}', encoding: 'utf8' }),
    ]);
    expect((await world.fetch('/api/feeds/no-such/rejects', { cookie: admin })).status).toBe(404);
  });

  test('changes: what a role may not see is left out', async () => {
    const change = {
      noun: 'feed',
      id: 'city-vehicle',
      version: 1,
      actor: 'ingest',
      body: { state: 'silent', seq: 99 },
    };
    const seq = await world.db.transaction((tx) => appendChange(tx, change));
    const of = async (cookie: string): Promise<{ changes: { seq: number; noun: string }[]; next: number }> =>
      (await expectOk(() => world.fetch('/api/changes?since=0', { cookie }))) as never;
    expect(await of(viewer)).toMatchObject({
      changes: [{ seq, noun: 'feed', state: 'silent', version: 1 }],
      next: seq,
    });
    expect(new Set((await of(admin)).changes.map(({ noun }) => noun))).toEqual(new Set(['user', 'feed']));
    expect(await expectOk(() => world.fetch(`/api/changes?since=${seq}`, { cookie: viewer }))).toEqual({
      changes: [],
      next: seq,
    });
  });

  test('city map: compressed, and not sent twice', async () => {
    const response = await world.fetch('/city.json', { headers: { 'accept-encoding': 'br' } });
    expect(response.headers.get('content-encoding')).toBe('br');
    const map = (await response.json()) as Record<string, unknown>;
    expect(Object.keys(map)).toEqual(['facts', 'districts', 'streets', 'ground', 'facilities', 'lines']);
    const etag = response.headers.get('etag')!;
    expect((await world.fetch('/city.json', { headers: { 'if-none-match': etag } })).status).toBe(304);
    expect(await (await world.fetch('/basemap.json')).json()).toEqual({ kind: 'city' });
    expect((await world.fetch('/basemap.pmtiles', { cookie: viewer })).status).toBe(404);
  });
});

async function expectOk(ask: () => Promise<Response>): Promise<unknown> {
  const { eventually } = await import('../eventually.ts');
  return eventually(async () => {
    const response = await ask();
    expect(response.status).toBe(200);
    return response.json();
  });
}

describe('documents', () => {
  test('OpenAPI holds every route of the contract', async () => {
    const { openapi, paths } = await openApi();
    expect(openapi).toBe('3.1.0');
    const routes = Object.entries(paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
    for (const route of [
      ...publicRoutes,
      'GET /api/session',
      'DELETE /api/session',
      'GET /metrics',
      'GET /api/assets',
      'GET /api/assets/{id}/series',
      'GET /api/feeds',
      'GET /api/feeds/{id}/rejects',
      'GET /api/feeds/history',
      'PUT /api/feeds/{id}/mapping',
      'POST /api/feeds/{id}/replays',
      'GET /api/replays/{id}',
      'POST /api/sources',
      'PATCH /api/sources/{id}',
      'DELETE /api/sources/{id}',
      'GET /api/sources/{id}/trial',
      'POST /api/devices',
      'DELETE /api/devices/{username}',
      'GET /api/devices/mosquitto/acl',
      'GET /api/devices/mosquitto/passwords',
      'PATCH /api/assets/{id}',
      'GET /api/changes',
    ]) {
      expect(routes).toContain(route);
    }
    expect(routes.some((route) => route.startsWith('GET /api/cameras/{id}/live/'))).toBe(true);
    for (const operations of Object.values(paths)) {
      for (const operation of Object.values(operations)) expect(operation.summary).toBeTruthy();
    }
  });

  test('the reader of it loads under the content policy', async () => {
    const page = await (await world.fetch('/api/docs/')).text();
    expect(page).toMatch(/swagger-ui-bundle\.js/);
    expect(page).not.toMatch(/<script(?![^>]*src=)[^>]*>[^<]/);
    expect((await world.fetch('/api/docs/static/swagger-ui-bundle.js')).status).toBe(200);
  });

  test('AsyncAPI holds every feed, bus topic and websocket event, and its references lead somewhere', async () => {
    const document = (await (await world.fetch('/api/asyncapi.json')).json()) as Record<string, unknown>;
    expect(document.asyncapi).toBe('3.0.0');
    const channels = document.channels as Record<string, { address: string }>;
    const addresses = Object.values(channels).map((channel) => channel.address);
    for (const feed of mqttFeeds) {
      const example = addresses.find((address) =>
        feed.pattern.test(
          address
            .replace('{what}', 'events')
            .replace('{type}', 'NDATA')
            .replaceAll(/\{\w+\}/g, 'x'),
        ),
      );
      expect(example, feed.id).toBeDefined();
      expect(addresses).toContain(`sim/${example!}`);
    }
    for (const name of ['simpang/live/vehicle', 'simpang/feeds', 'watch', 'changes', 'events', 'links']) {
      expect(addresses).toContain(name);
    }
    for (const [, path] of JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)) {
      const target = path!
        .split('/')
        .reduce<unknown>((at, key) => (at as Record<string, unknown>)?.[key], document);
      expect(target, path).toBeDefined();
    }
  });
});
