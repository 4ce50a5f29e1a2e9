// What health says when something goes and comes back, and that a server starts and serves without its database.
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import pino from 'pino';
import { afterEach, expect, test } from 'vitest';
import type { Health } from '../../model/http.ts';
import { busTopics } from '../../model/live.ts';
import { parseConfig } from '../../model/config.ts';
import { startServer } from '../../server/main.ts';
import { eventually } from '../eventually.ts';
import { awayable, feedReport, problemOf, startWorld, testCity, testSecrets, type World } from './world.ts';

let world: World | undefined;
afterEach(async () => {
  await world?.stop();
  world = undefined;
});

/** When it cannot serve the body is a problem document, with the checks all the same. */
interface HealthAnswer {
  status: number;
  body: Pick<Health, 'checks'> & { status: string | number; title?: string };
}

const healthOf = async (): Promise<HealthAnswer> => {
  const response = await world!.fetch('/api/health');
  return { status: response.status, body: (await response.json()) as HealthAnswer['body'] };
};

test('all of it ok, then each of it gone, then back', async () => {
  let disk: { ok: boolean; detail?: string } = { ok: true };
  world = await startWorld({ server: { diskOk: () => Promise.resolve(disk) } });
  const feeds = setInterval(() => void world?.publishFeeds().catch(() => undefined), 500);
  try {
    await eventually(async () =>
      expect(await healthOf()).toMatchObject({ status: 200, body: { status: 'ok' } }),
    );
    const { since } = (await healthOf()).body.checks.broker;

    await world.broker.stop();
    const gone = await eventually(async () => {
      const health = await healthOf();
      expect(health).toMatchObject({
        status: 200,
        body: { status: 'degraded', checks: { broker: { ok: false } } },
      });
      return health.body.checks.broker;
    });
    expect(Date.parse(gone.since)).toBeGreaterThan(Date.parse(since));
    // Ingest speaks by the broker: in a while it has not been heard of either, and feeds no longer answer as if all were well.
    await eventually(async () => expect((await healthOf()).body.checks.ingest.ok).toBe(false));
    const cookie = await world.signIn('viewer');
    const problem = await problemOf(await world.fetch('/api/feeds', { cookie }));
    expect(problem).toMatchObject({ status: 503, lastKnown: { at: expect.any(String) as string } });
    expect((await healthOf()).body.checks.broker.since).toBe(gone.since);

    await world.broker.start();
    await eventually(async () => expect((await healthOf()).body.status).toBe('ok'));

    world.db.away = true;
    const away = await eventually(async () => {
      const health = await healthOf();
      expect(health.body.checks.database.ok).toBe(false);
      return health;
    });
    // The picture is there: it goes on serving.
    expect(away).toMatchObject({ status: 200, body: { status: 'degraded' } });
    expect(JSON.stringify(away)).not.toMatch(/10\.9\.8\.7/);
    world.db.away = false;
    disk = { ok: false, detail: '12 MiB free' };
    await eventually(async () =>
      expect((await healthOf()).body.checks).toMatchObject({
        database: { ok: true },
        disk: { ok: false, detail: '12 MiB free' },
      }),
    );
  } finally {
    clearInterval(feeds);
  }
});

test('an ingest that cannot keep what comes is not ok, and says why', async () => {
  world = await startWorld();
  const report = feedReport();
  const say = (journalFault: string | null): Promise<unknown> =>
    world!.broker.publish(busTopics.feeds, { ...report, journalFault });
  await say('the journal is full');
  await eventually(async () =>
    expect(await healthOf()).toMatchObject({
      status: 200,
      body: { status: 'degraded', checks: { ingest: { ok: false, detail: 'the journal is full' } } },
    }),
  );
  await say(null);
  await eventually(async () => expect((await healthOf()).body.checks.ingest).toMatchObject({ ok: true }));
  await say("EACCES: permission denied, open '/srv/simpang/journal/7'");
  await eventually(async () =>
    expect((await healthOf()).body.checks.ingest.detail).toBe('EACCES: permission denied, open'),
  );
});

test('an ingest whose database refuses what it brings is not ok within 5 s, however well ours answers', async () => {
  world = await startWorld();
  const say = (more: object): Promise<unknown> =>
    world!.broker.publish(busTopics.feeds, { ...feedReport(), ...more });
  await say({});
  await eventually(async () => expect((await healthOf()).body.checks.ingest.ok).toBe(true));
  const began = Date.now();
  await say({ databaseError: 'could not extend file "base/5/1" on db.siantar.internal' });
  const { checks, status } = await eventually(async () => {
    const { body } = await healthOf();
    expect(body.status).toBe('degraded');
    return body;
  });
  expect(Date.now() - began).toBeLessThan(5_000);
  expect(status).toBe('degraded');
  expect(checks.database.ok).toBe(true);
  expect(checks.ingest.detail).toMatch(/journal/);
  expect(JSON.stringify(checks)).not.toMatch(/siantar\.internal|base\/5/);
  // Both at once: that nothing is kept is the worse.
  await say({ databaseError: 'gone', journalFault: 'the journal is full' });
  await eventually(async () =>
    expect((await healthOf()).body.checks.ingest).toMatchObject({
      since: checks.ingest.since,
      detail: 'the journal is full',
    }),
  );
});

test('starts without a database, says so, and serves when it comes', async () => {
  world = await startWorld({ away: true });
  const unable = await healthOf();
  expect(unable).toMatchObject({
    status: 503,
    body: { title: 'Service Unavailable', checks: { database: { ok: false }, broker: { ok: true } } },
  });
  world.db.away = false;
  const cookie = await world.signIn('display');
  await eventually(async () => expect((await world!.fetch('/api/assets', { cookie })).status).toBe(200));
  expect((await healthOf()).status).toBe(200);
});

test('who asked to watch before there was a picture is made to ask again', async () => {
  world = await startWorld({ away: true });
  const { query } = world.db;
  let pictureIsAway = true;
  world.db.query = async (text, ...rest) => {
    if (pictureIsAway && text.includes('FROM asset')) throw new Error('on purpose');
    return query(text, ...rest);
  };
  world.db.away = false;
  const cookie = await world.signIn('viewer');
  const client = world.connect(cookie);
  await new Promise<void>((resolve) => client.once('connect', resolve));
  const ended = once(client as never, 'disconnect');
  expect(await client.emitWithAck('watch', { layers: ['vehicle'] })).toEqual({
    error: 'The picture of the city was not loaded yet: the database is away.',
  });
  pictureIsAway = false;
  // Its connection ends, so that the client comes back by itself.
  expect(await ended).toContain('transport close');
});

test('a port that is taken is named, with the variable that changes it', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  const away = awayable({ home: 'server', listen: () => () => undefined } as never);
  away.away = true;
  const starting = startServer({
    config: parseConfig({ SIMPANG_PORT: String(port) }, false),
    db: away,
    secrets: await testSecrets(),
    city: await testCity(),
    bus: { url: 'mqtt://127.0.0.1:1' },
    webFolder: '/nonexistent',
    version: 'test',
    log: pino({ level: 'silent' }),
  });
  await expect(starting).rejects.toThrow(new RegExp(`Port ${port} .*SIMPANG_PORT`));
  taken.close();
});
