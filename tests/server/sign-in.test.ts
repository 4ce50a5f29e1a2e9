// Signing in and out: right and wrong, too often, from elsewhere, and what the cookie is.
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Attempts } from '../../server/attempts.ts';
import { Origins } from '../../server/origin.ts';
import { hashPassword, PasswordCheck } from '../../server/passwords.ts';
import { updateDisabled, updatePassword, updateRole, selectUserByName } from '../../store/users.ts';
import { eventually } from '../eventually.ts';
import { password, problemOf, startWorld, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld({ env: { SIMPANG_TRUSTED_PROXIES: '127.0.0.1' } });
  await world.signIn('operator');
});
afterAll(() => world?.stop());

let address = 0;
/** Each from an address of its own, as far as the trusted proxy says. */
const signIn = (username: string, given: string, headers: Record<string, string> = {}): Promise<Response> =>
  world.fetch('/api/session', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-forwarded-for': `198.51.100.${++address % 250}`,
      ...headers,
    },
    body: JSON.stringify({ username, password: given }),
  });

describe('signing in', () => {
  test('gives a cookie that scripts cannot read and other sites cannot send', async () => {
    const response = await signIn('Operator', password);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      actor: expect.stringMatching(/^user:\d+$/),
      username: 'operator',
      displayName: 'Ibu operator',
      role: 'operator',
    });
    const cookie = response.headers.get('set-cookie')!;
    expect(cookie).toMatch(/^simpang_session=[\w-]{43}; Max-Age=604800; Path=\/; HttpOnly; SameSite=Strict$/);
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  test('keeps only the hash of the token', async () => {
    const token = (await world.signIn('operator')).split('=')[1]!;
    const rows = await world.db.query<{ token_hash: Buffer }>('SELECT * FROM session');
    expect(rows.map((row) => row.token_hash.toString('hex'))).toContain(
      createHash('sha256').update(token).digest('hex'),
    );
    expect(JSON.stringify(rows)).not.toContain(token);
  });

  test.each([
    ['a wrong password', 'operator', 'wrong'],
    ['an unknown name', 'nobody', password],
    ['__proto__', '__proto__', password],
    ['constructor', 'constructor', 'constructor'],
    ['SQL', "operator' --", password],
  ])('with %s is refused in the same words', async (_, username, given) => {
    const problem = await problemOf(await signIn(username, given));
    expect(problem).toMatchObject({ status: 401, detail: 'The name or the password is wrong.' });
  });

  test.each([
    ['NUL', 'oper\0ator'],
    ['half a character', '\ud800'],
  ])('with a name that holds %s is refused before anybody is looked up', async (_, username) => {
    const problem = await problemOf(await signIn(username, password));
    expect(problem).toMatchObject({ status: 400, field: 'username' });
  });

  test('again ends the session before', async () => {
    const first = await world.signIn('operator');
    const again = await signIn('operator', password, { cookie: first });
    expect(again.status).toBe(200);
    expect((await world.fetch('/api/session', { cookie: first })).status).toBe(401);
  });
});

describe('too many failures', () => {
  const fail = (username: string, from: string): Promise<Response> =>
    signIn(username, 'wrong', { 'x-forwarded-for': from });

  test('of an address are held off, and nobody else is', async () => {
    const cookie = await world.signIn('operator');
    for (let i = 0; i < 10; i++) expect((await fail(`name-${i}`, '192.0.2.1')).status).toBe(401);
    const refused = await fail('name-10', '192.0.2.1');
    expect(await problemOf(refused)).toMatchObject({
      status: 429,
      detail: expect.stringMatching(/\d+ s/) as string,
    });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await fail('name-11', '192.0.2.2')).status).toBe(401);
    // A wall at that address goes on.
    const wall = { cookie, headers: { 'x-forwarded-for': '192.0.2.1' } };
    expect((await world.fetch('/api/assets', wall)).status).toBe(200);
  });

  test('of a name are held off wherever they come from, in any case, also when they come at once', async () => {
    const tries = Array.from({ length: 14 }, (_, i) => fail(i % 2 ? 'Victim' : 'victim', `203.0.113.${i}`));
    const statuses = (await Promise.all(tries)).map((response) => response.status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(10);
    expect(statuses.filter((status) => status === 429)).toHaveLength(4);
  });

  test('a whole shift signs in from one address', async () => {
    for (let i = 0; i < 15; i++) {
      expect((await signIn('operator', password, { 'x-forwarded-for': '192.0.2.77' })).status).toBe(200);
    }
  });
});

test('attempts are forgotten when the window ends, and when there are too many keys', () => {
  let now = 0;
  const attempts = new Attempts({ tries: 2, windowMs: 1000, keys: 3 }, () => now);
  expect([attempts.take('a'), attempts.take('a'), attempts.take('a')]).toEqual([undefined, undefined, 1]);
  attempts.giveBack('a');
  expect(attempts.take('a')).toBeUndefined();
  now = 1000;
  expect(attempts.take('a')).toBeUndefined();
  attempts.take('a');
  for (const key of ['b', 'c', 'd']) attempts.take(key);
  expect(attempts.take('a')).toBeUndefined();
});

test('too many passwords to check at once are refused rather than queued', async () => {
  const check = new PasswordCheck();
  const outcomes = await Promise.allSettled(Array.from({ length: 30 }, () => check.isRight(undefined, 'x')));
  expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(20);
  expect(outcomes.find((outcome) => outcome.status === 'rejected')?.reason).toMatchObject({ status: 503 });
  expect(await check.isRight(await hashPassword('x'), 'x')).toBe(true);
});

describe('requests of other sites', () => {
  test.each([
    ['another origin', { origin: 'https://evil.example' }, 403],
    ['a hidden origin', { origin: 'null' }, 403],
    ['another port', { origin: 'http://127.0.0.1:1' }, 403],
    ['what the browser calls cross-site', { 'sec-fetch-site': 'cross-site' }, 403],
    ['a sister site', { 'sec-fetch-site': 'same-site' }, 403],
    ['our own page', { 'sec-fetch-site': 'same-origin' }, 204],
    ['no browser', {}, 204],
  ] as const)('signing out by %s', async (_, headers, status) => {
    const cookie = await world.signIn('operator');
    expect((await world.fetch('/api/session', { method: 'DELETE', cookie, headers })).status).toBe(status);
    expect((await world.fetch('/api/session', { cookie })).status).toBe(status === 204 ? 401 : 200);
  });

  test('our own origin, by the host or by the public address', async () => {
    const cookie = await world.signIn('operator');
    const headers = { origin: world.url };
    expect((await world.fetch('/api/session', { method: 'DELETE', cookie, headers })).status).toBe(204);
    const origins = new Origins('https://simpang.example.go.id');
    expect(origins.isForeign({ origin: 'https://simpang.example.go.id', host: '10.0.0.5:8080' })).toBe(false);
    expect(origins.isForeign({ origin: 'http://simpang.example.go.id', host: '10.0.0.5:8080' })).toBe(true);
    expect(origins.socketOrigin('evil.example')).toBe('wss://simpang.example.go.id');
    expect(new Origins(undefined).socketOrigin("x; script-src 'unsafe-inline'")).toBe('');
  });

  test('signing somebody in from elsewhere is refused too', async () => {
    expect((await signIn('operator', password, { origin: 'https://evil.example' })).status).toBe(403);
  });
});

describe('the end of a session', () => {
  const statusOf = async (cookie: string): Promise<number> =>
    (await world.fetch('/api/session', { cookie })).status;
  const operator = async (): Promise<number> => (await selectUserByName(world.db, 'operator'))!.userNo;

  test('by signing out', async () => {
    const cookie = await world.signIn('operator');
    const response = await world.fetch('/api/session', { method: 'DELETE', cookie });
    expect(response.headers.get('set-cookie')).toMatch(/^simpang_session=; .*Expires=Thu, 01 Jan 1970/);
    expect(await statusOf(cookie)).toBe(401);
  });

  test('by a new password', async () => {
    const cookie = await world.signIn('operator');
    expect(await statusOf(cookie)).toBe(200);
    await updatePassword(world.db, await operator(), await hashPassword('another password'), 'test');
    await eventually(async () => expect(await statusOf(cookie)).toBe(401));
    await updatePassword(world.db, await operator(), await hashPassword(password), 'test');
  });

  test('by disabling the account, which then cannot sign in', async () => {
    const cookie = await world.signIn('operator');
    await updateDisabled(world.db, await operator(), true, 'test');
    await eventually(async () => expect(await statusOf(cookie)).toBe(401));
    expect((await signIn('operator', password)).status).toBe(401);
    await updateDisabled(world.db, await operator(), false, 'test');
    expect((await signIn('operator', password)).status).toBe(200);
  });

  test('by its time', async () => {
    const cookie = await world.signIn('operator');
    await world.db.execute(`UPDATE session SET expires_at = now() - interval '1 second'`);
    await eventually(async () => expect(await statusOf(cookie)).toBe(401));
  });

  test('another role takes hold without signing in again', async () => {
    const cookie = await world.signIn('operator');
    await updateRole(world.db, await operator(), 'crew', 'test');
    await eventually(async () => expect((await world.fetch('/api/assets', { cookie })).status).toBe(403));
    await updateRole(world.db, await operator(), 'operator', 'test');
  });

  test('not by a database that is away', async () => {
    const cookie = await world.signIn('operator');
    expect(await statusOf(cookie)).toBe(200);
    world.db.away = true;
    try {
      for (let i = 0; i < 3; i++) {
        await new Promise((resolve) => setTimeout(resolve, 600));
        expect(await statusOf(cookie)).toBe(200);
      }
      const problem = await problemOf(await signIn('operator', password));
      expect(problem).toMatchObject({ status: 503 });
    } finally {
      world.db.away = false;
    }
  });
});

test('strangers who ask too much are held off, and nobody who is signed in', async () => {
  const small = await startWorld({ server: { anonymousPerMinute: 40 } });
  try {
    const cookie = await small.signIn('display');
    const statuses = new Set<number>();
    let refused: Response | undefined;
    for (let i = 0; i < 60; i++) {
      const response = await small.fetch('/api/health');
      statuses.add(response.status);
      if (response.status === 429) refused = response;
      expect((await small.fetch('/api/session', { cookie })).status).toBe(200);
    }
    expect(statuses).toEqual(new Set([200, 429]));
    expect(refused?.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(await problemOf(refused!)).toMatchObject({ status: 429 });
  } finally {
    await small.stop();
  }
});

test('by https the cookie travels by nothing else, and pages are asked to as well', async () => {
  const secure = await startWorld({ env: { SIMPANG_PUBLIC_URL: 'https://simpang.example.go.id' } });
  try {
    await secure.signIn('viewer');
    const response = await secure.fetch('/api/session', {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: 'https://simpang.example.go.id' },
      body: JSON.stringify({ username: 'viewer', password }),
    });
    expect(response.headers.get('set-cookie')).toMatch(/; Secure; SameSite=Strict$/);
    expect(response.headers.get('content-security-policy')).toMatch(
      /connect-src 'self' wss:\/\/simpang\.example\.go\.id;.*upgrade-insecure-requests$/,
    );
    expect(response.headers.get('strict-transport-security')).toMatch(/^max-age=/);
  } finally {
    await secure.stop();
  }
});
