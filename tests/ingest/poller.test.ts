// The poller against a real HTTP server that is slow, hangs, lies, repeats itself, sends on for ever and packs bombs.
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseRetryAfter } from '../../ingest/poll-fault.ts';
import {
  backoffMs,
  startPoller,
  type Poller,
  type PollerOptions,
  type PollLimits,
} from '../../ingest/poller.ts';
import type { Credentials } from '../../model/source.ts';
import { eventually } from '../eventually.ts';

let server: Server;
let port: number;
let answer: RequestListener;
let requests: IncomingMessage[];
let poller: Poller | undefined;
let bodies: string[];
let states: (string | undefined)[];

beforeEach(async () => {
  [requests, bodies, states, poller] = [[], [], [], undefined];
  answer = (_request, response) => response.end('one');
  server = createServer((request, response) => {
    requests.push(request);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ({ port } = server.address() as AddressInfo);
});
afterEach(async () => {
  await poller?.stop();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

interface Given extends Partial<Omit<PollerOptions, 'source' | 'limits'>> {
  path?: string;
  address?: string;
  credentials?: Credentials;
  everySeconds?: number;
  limits?: Partial<PollLimits>;
}

function start({
  path = '/feed',
  address,
  credentials,
  everySeconds = 0.02,
  limits,
  ...rest
}: Given = {}): void {
  poller = startPoller({
    source: {
      id: 'tested',
      address: address ?? `http://127.0.0.1:${port}${path}`,
      pollEverySeconds: everySeconds,
      credentials,
    },
    onBody: async (body) => void bodies.push(body.toString()),
    onState: (fault) => void states.push(fault),
    limits: { timeoutMs: 20_000, linkPauseMs: 1, ...limits },
    ...rest,
  });
}

/** Polls once and more, and says what the first poll came to. */
async function firstState(given: Given = {}): Promise<string | undefined> {
  start({ everySeconds: 60, ...given });
  await eventually(() => expect(states.length).toBeGreaterThan(0));
  return states[0];
}

describe('what it hands on', () => {
  test('each body once: the same again is heard, and not handed on', async () => {
    let n = 0;
    answer = (_request, response) => response.end(['one', 'one', 'two', 'one'][n++] ?? 'one');
    start();
    await eventually(() => expect(requests.length).toBeGreaterThan(6));
    expect(bodies).toEqual(['one', 'two', 'one']);
    expect(new Set(states)).toEqual(new Set([undefined]));
  });
  test('asks whether it changed, and 304 is an answer', async () => {
    answer = (request, response) => {
      if (request.headers['if-none-match'] === '"v1"' && request.headers['if-modified-since'])
        response.writeHead(304).end();
      else
        response
          .writeHead(200, { etag: '"v1"', 'last-modified': 'Tue, 24 Nov 2026 05:00:00 GMT' })
          .end('one');
    };
    start();
    await eventually(() => expect(states.length).toBeGreaterThan(3));
    expect(bodies).toEqual(['one']);
    expect(new Set(states)).toEqual(new Set([undefined]));
  });
  test('gzip is unpacked, and the content type is passed on', async () => {
    const types: string[] = [];
    answer = (_request, response) =>
      response
        .writeHead(200, { 'content-encoding': 'gzip', 'content-type': 'text/xml' })
        .end(gzipSync('packed'));
    start({
      onBody: async (body, type) => {
        bodies.push(body.toString());
        types.push(type);
      },
    });
    await eventually(() => expect(bodies).toEqual(['packed']));
    expect(types).toEqual(['text/xml']);
  });
  test('a body that was not kept is asked for again, without "has it changed"', async () => {
    answer = (_request, response) => response.writeHead(200, { etag: '"v1"' }).end('one');
    let full = true;
    start({
      onBody: async (body) => {
        if (full) throw new Error('the journal is full');
        bodies.push(body.toString());
      },
    });
    await eventually(() => expect(states[0]).toMatch(/could not be kept/));
    full = false;
    await eventually(() => expect(bodies).toEqual(['one']));
    expect(
      requests.every((request) => request.headers['if-none-match'] === undefined || bodies.length > 0),
    ).toBe(true);
  });
  test('polls never overlap, however slow the sender or the disk', async () => {
    let open = 0;
    let most = 0;
    let n = 0;
    answer = (_request, response) => {
      most = Math.max(most, ++open);
      setTimeout(() => response.end(`body ${n++}`), 30);
    };
    start({
      everySeconds: 0.001,
      onBody: async () => {
        await new Promise((resolve) => setTimeout(resolve, 20));
        open--;
      },
    });
    await eventually(() => expect(n).toBeGreaterThan(4));
    expect(most).toBe(1);
  });
});

describe('faults, in words', () => {
  test.each([
    [404, {}, /^404 from 127.0.0.1:\d+\/feed: is the address right\?$/],
    [401, {}, /^401 from .*: are the credentials right\?$/],
    [500, {}, /^500 from .*: the sender has a fault/],
    [304, {}, undefined],
    [302, {}, /^302 from .*: that brings nothing/],
    [302, { location: 'ftp://127.0.0.1/x' }, /another protocol, ftp:/],
    [302, { location: 'https://127.0.0.1/x' }, /another protocol, https:.*enter https:\/\/127.0.0.1\/x/],
    [302, { location: 'file:///etc/passwd' }, /another protocol, file:/],
    [302, { location: 'http://a:b@127.0.0.1/' }, /name or password/],
    [302, { location: 'http://[' }, /no address/],
    [302, { location: '/feed' }, /more than 5 times/],
  ])('%i %j', async (status, headers, words) => {
    answer = (_request, response) => response.writeHead(status, headers as Record<string, string>).end();
    const state = await firstState();
    if (words === undefined) expect(state).toBeUndefined();
    else expect(state).toMatch(words);
    expect(bodies).toEqual([]);
    expect(requests.length).toBeLessThanOrEqual(6);
  });
  test('a sender that hangs before its answer, and one in the midst of it', async () => {
    answer = () => undefined;
    expect(await firstState({ limits: { timeoutMs: 400 } })).toMatch(/^no answer within 0 s from 127/);
    await poller!.stop();
    states.length = 0;
    answer = (_request, response) => {
      response.write('half of ');
    };
    expect(await firstState({ limits: { timeoutMs: 400 } })).toMatch(/^no answer within/);
    expect(bodies).toEqual([]);
  });
  test('a connection that breaks off', async () => {
    answer = (_request, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('half');
      setTimeout(() => response.destroy(), 10);
    };
    expect(await firstState()).toMatch(/broke off/);
    expect(bodies).toEqual([]);
  });
  test('too much, sent as it is', async () => {
    answer = (_request, response) => response.end(Buffer.alloc(3 * 2 ** 20));
    expect(await firstState({ limits: { maxBytes: 2 ** 20 } })).toMatch(/more than 1 MiB/);
  });
  test('a gzip bomb is stopped while it unpacks', async () => {
    const bomb = gzipSync(Buffer.alloc(200 * 2 ** 20));
    answer = (_request, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb);
    const before = process.memoryUsage().arrayBuffers;
    expect(await firstState({ limits: { timeoutMs: 10_000 } })).toMatch(/more than 8 MiB/);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(60 * 2 ** 20);
    expect(bodies).toEqual([]);
  });
  test('what claims to be gzip and is not', async () => {
    answer = (_request, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('no gzip');
    expect(await firstState()).toMatch(/cannot be unpacked/);
  });
  test.each([
    ['no address', 'nowhere', /^the address is none/],
    ['file:', 'file:///etc/passwd', /^file: cannot be polled/],
    ['a password within', 'http://user:secret@127.0.0.1/', /^the address holds a name or password/],
    ['nothing listens', 'http://127.0.0.1:1919/', /nothing listens there/],
    ['no such host', 'http://nowhere.invalid/', /no host of that name|cannot be looked up/],
  ])('%s', async (_name, address, words) => {
    expect(await firstState({ address, limits: { timeoutMs: 5000 } })).toMatch(words);
  });
  test('https where only http is spoken', async () => {
    expect(await firstState({ address: `https://127.0.0.1:${port}/` })).toMatch(/no TLS is spoken there/);
  });
  test.each([
    ['CERT_HAS_EXPIRED', 'the certificate of example.org has expired'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'the certificate of example.org is signed by itself'],
    ['constructor', 'example.org/: the request failed'],
  ])('%s', async (code, words) => {
    const fetch = async (): Promise<Response> => {
      throw Object.assign(new TypeError('fetch failed'), { cause: { code } });
    };
    expect(await firstState({ address: 'https://example.org/', fetch })).toBe(words);
  });
});

describe('how often', () => {
  test.each([
    [1, 10],
    [2, 20],
    [4, 80],
    [7, 600],
    [5000, 600],
  ])('%i failures at 10 s: %i s', (failures, seconds) =>
    expect(backoffMs(failures, 10_000)).toBe(seconds * 1000),
  );
  test('an interval that is longer than the bound stays', () =>
    expect(backoffMs(9, 3_600_000)).toBe(3_600_000));
  test('failing, it asks more seldom; answered, at its pace again', async () => {
    let broken = true;
    answer = (_request, response) => (broken ? response.writeHead(500).end() : response.end('one'));
    start({ everySeconds: 0.01 });
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(requests.length).toBeLessThan(9);
    broken = false;
    await eventually(() => expect(states.filter((state) => state === undefined).length).toBeGreaterThan(5));
  });
  test('429 with Retry-After is kept', async () => {
    const askedAt: number[] = [];
    answer = (_request, response) => {
      askedAt.push(performance.now());
      response.writeHead(429, { 'retry-after': '1' }).end();
    };
    start({ everySeconds: 0.005 });
    await eventually(() => expect(askedAt.length).toBeGreaterThan(1));
    // Timers are early by a part of a millisecond.
    expect(askedAt[1]! - askedAt[0]!).toBeGreaterThan(995);
    expect(states[0]).toMatch(/^429 .*asked too often/);
  });
  test.each([
    ['120', 120_000],
    ['Tue, 24 Nov 2026 05:00:30 GMT', 30_000],
    ['Tue, 24 Nov 2020 05:00:30 GMT', 0],
    ['99999999', 3_600_000],
    ['soon', undefined],
  ])('Retry-After: %s', (value, ms) => {
    expect(parseRetryAfter(value, Date.parse('2026-11-24T05:00:00Z'))).toBe(ms);
  });
  test('a stop ends a request that hangs, at once and without a word', async () => {
    answer = () => undefined;
    start({ limits: { timeoutMs: 3_600_000 } });
    await eventually(() => expect(requests).toHaveLength(1));
    await poller!.stop();
    await eventually(() => expect(requests[0]!.socket.destroyed).toBe(true));
    expect(states).toEqual([]);
  });
});

describe('credentials', () => {
  const header = { headerName: 'x-api-key', headerValue: 'very secret' };
  test('basic, and a header of a key', async () => {
    await firstState({ credentials: { username: 'siantar', password: 'rahasia', ...header } });
    const basic = `Basic ${Buffer.from('siantar:rahasia').toString('base64')}`;
    expect(requests[0]!.headers).toMatchObject({ authorization: basic, 'x-api-key': 'very secret' });
  });
  test('stay with the origin they are for', async () => {
    const foreign: IncomingMessage[] = [];
    const other = createServer((request, response) => {
      foreign.push(request);
      response.end('theirs');
    });
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const location = `http://127.0.0.1:${(other.address() as AddressInfo).port}/`;
    answer = (_request, response) => response.writeHead(307, { location }).end();
    await firstState({ credentials: { username: 'siantar', password: 'rahasia', ...header } });
    other.closeAllConnections();
    other.close();
    expect(bodies).toEqual(['theirs']);
    expect(requests[0]!.headers).toHaveProperty('x-api-key');
    expect(foreign[0]!.headers).not.toHaveProperty('x-api-key');
    expect(foreign[0]!.headers).not.toHaveProperty('authorization');
  });
  test('are in no fault, nor is a key in the query', async () => {
    answer = (_request, response) => response.writeHead(403).end('very secret');
    await firstState({ path: '/feed?key=very-secret', credentials: header });
    await poller!.stop();
    await firstState({ credentials: { headerName: 'x-api-key', headerValue: 'very secret\nline' } });
    expect(states[1]).toMatch(/header of the credentials cannot be sent/);
    expect(states.join()).not.toMatch(/secret/);
  });
});

describe('an index of alerts', () => {
  const rss = (...links: string[]): string =>
    `<rss version="2.0"><channel>${links.map((link) => `<item><link>${link}</link></item>`).join('')}</channel></rss>`;
  let index: string;
  const serve: RequestListener = (request, response) => {
    if (request.url === '/feed') response.end(index);
    else if (request.url === '/gone') response.writeHead(404).end();
    else response.end(`alert ${request.url}`);
  };
  beforeEach(() => {
    answer = serve;
  });
  test('its new alerts are fetched, each once; the index itself is not handed on', async () => {
    index = rss('/a', `http://127.0.0.1:${port}/b`);
    start({ format: 'cap' });
    await eventually(() => expect(bodies).toEqual(['alert /a', 'alert /b']));
    index = rss('/b', '/c');
    await eventually(() => expect(bodies).toEqual(['alert /a', 'alert /b', 'alert /c']));
    await eventually(() => expect(states.length).toBeGreaterThan(8));
    expect(bodies).toHaveLength(3);
    expect(states.at(-1)).toBeUndefined();
  });
  test('one that cannot be had is said, asked for again, and stops neither the others nor the index', async () => {
    index = rss('/gone', '/a');
    start({ format: 'cap' });
    await eventually(() => expect(bodies).toEqual(['alert /a']));
    await eventually(() => expect(states.length).toBeGreaterThan(3));
    expect(states.at(-1)).toMatch(/some could not be had: 404 from/);
    index = rss('/a');
    await eventually(() => expect(states.at(-1)).toBeUndefined());
  });
  test('other sites, other protocols and other indexes are not followed', async () => {
    index = rss('http://127.0.0.2/x', 'file:///etc/passwd', 'http://a@127.0.0.1/', '/feed', '/a');
    start({ format: 'cap' });
    await eventually(() => expect(bodies).toEqual(['alert /a']));
    await eventually(() =>
      expect(states.at(-1)).toMatch(/^the index names alerts at 127.0.0.2, another site/),
    );
    expect(new Set(requests.map((request) => request.url))).toEqual(new Set(['/feed', '/a']));
  });
  test('a great many are fetched some at a time, also when the index no longer changes', async () => {
    index = rss(...Array.from({ length: 30 }, (_, n) => `/a${n}`));
    answer = (request, response) => {
      if (request.url === '/feed' && request.headers['if-none-match']) response.writeHead(304).end();
      else if (request.url === '/feed') response.writeHead(200, { etag: '"1"' }).end(index);
      else serve(request, response);
    };
    start({ format: 'cap', limits: { linksPerPoll: 8 } });
    await eventually(() => expect(bodies).toHaveLength(30));
    expect(new Set(bodies).size).toBe(30);
  });
  test('429 for an alert slows the whole down', async () => {
    index = rss('/a', '/b');
    answer = (request, response) =>
      request.url === '/feed' ? response.end(index) : response.writeHead(429, { 'retry-after': '30' }).end();
    expect(await firstState({ format: 'cap', everySeconds: 0.01 })).toMatch(/^429/);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(requests).toHaveLength(2);
  });
  test('a body that is an alert is handed on as it is', async () => {
    index = '<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"/>';
    start({ format: 'cap' });
    await eventually(() => expect(bodies).toEqual([index]));
  });
});
