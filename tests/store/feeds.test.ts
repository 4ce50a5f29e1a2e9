// Feeds as rows: sources with sealed credentials, mappings, replays, minutes, memories and rejects, in both homes.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { SourceDraft, Trial } from '../../model/source.ts';
import { selectMemory, upsertMemory } from '../../store/adapter-memory.ts';
import { selectChangesSince, verifyChanges } from '../../store/changes.ts';
import type { Database } from '../../store/connect.ts';
import { putMapping, selectMapping, selectMappings, upsertMapping } from '../../store/feed-mappings.ts';
import { deleteOldFeedMinutes, insertFeedMinutes, selectFeedHistory } from '../../store/feed-minutes.ts';
import { toJsonb } from '../../store/jsonb.ts';
import {
  insertRejects,
  keptOf,
  keptRejectsPerFeed,
  markReplayed,
  selectRejects,
  selectRejectsToReplay,
  type RejectRow,
} from '../../store/rejects.ts';
import {
  failInterruptedReplays,
  insertReplay,
  ReplayUnderWayError,
  selectReplay,
  takeWaitingReplay,
  updateReplay,
} from '../../store/replays.ts';
import { openSecrets, type Secrets } from '../../store/secrets.ts';
import {
  deleteSource,
  insertSource,
  selectSource,
  selectSources,
  selectSourcesForIngest,
  selectTrial,
  updateSource,
  upsertTrial,
} from '../../store/sources.ts';
import { StaleVersionError } from '../../store/stale.ts';
import type { TestDatabase } from '../server/postgres.ts';
import { homes } from './homes.ts';

const actor = 'user:1';
const draft: SourceDraft = {
  name: 'LoRa PDAM',
  format: 'things-stack',
  transport: 'mqtt',
  address: 'mqtts://eu1.example.net:8883',
  topicFilter: 'v3/+/devices/+/up',
  credentials: { username: 'pdam@ttn', password: 'NNSXS.RAHASIA' },
};

describe.each(homes)('$name', ({ missing, start }) => {
  let server: TestDatabase;
  let db: Database;
  let secrets: Secrets;
  let folder: string;
  beforeAll(async () => {
    if (missing) return;
    server = await start();
    db = server.db;
    folder = await mkdtemp(join(tmpdir(), 'simpang-keys-'));
    secrets = await openSecrets(folder);
  });
  afterAll(async () => {
    if (missing) return;
    await server.close();
    await rm(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    if (missing) return;
    await db.execute(
      `TRUNCATE source, source_trial, feed_mapping, replay, adapter_memory, feed_minute, reject, change_log
       RESTART IDENTITY CASCADE`,
    );
  });

  const changes = async (): Promise<string[]> =>
    (await selectChangesSince(db, 0, 1000)).map(({ noun, id, version }) => `${noun} ${id} ${version}`);

  test.skipIf(missing)('a source comes and goes, and its credentials are nowhere to be read', async () => {
    const source = await insertSource(db, secrets, draft, actor);
    const { credentials, ...shown } = draft;
    expect(source).toEqual({
      id: 'lora-pdam',
      ...shown,
      pollEverySeconds: null,
      expectedEverySeconds: null,
      state: 'draft',
      hasCredentials: true,
      version: 1,
    });
    expect(await selectSources(db)).toEqual([source]);
    expect(await selectSourcesForIngest(db, secrets)).toEqual([{ ...source, credentials, fault: undefined }]);
    const [row] = await db.query<{ text: string }>(
      `SELECT encode(credentials, 'escape') || source::text || (SELECT string_agg(c::text, '') FROM change_log c) AS text
       FROM source`,
    );
    expect(row!.text).not.toMatch(/RAHASIA|pdam@ttn/);
    expect(await deleteSource(db, source.id, actor)).toBe(true);
    expect(await deleteSource(db, source.id, actor)).toBe(false);
    expect(await selectSource(db, source.id)).toBeUndefined();
    expect(await changes()).toEqual(['source lora-pdam 1', 'source lora-pdam 2']);
    expect(await verifyChanges(db)).toMatchObject({ ok: true });
  });

  test.skipIf(missing)('ids: from the name, never one that was in use, never one of the house', async () => {
    const idOf = async (name: string): Promise<string> =>
      (await insertSource(db, secrets, { ...draft, name }, actor)).id;
    expect(await idOf('Élévàsi & Banjir — Kota!')).toBe('elevasi-banjir-kota');
    await deleteSource(db, 'elevasi-banjir-kota', actor);
    expect(await idOf('elevasi banjir kota')).toBe('elevasi-banjir-kota-2');
    expect(await idOf('sparkplug')).toBe('source-sparkplug');
    expect(await idOf('Sparkplug')).toBe('source-sparkplug-2');
    expect(await idOf('sim-bus')).toBe('source-sim-bus');
    expect(await idOf('unknown')).toBe('source-unknown');
    expect(await idOf('空气')).toBe('source');
    expect(await idOf('__proto__')).toBe('proto');
    expect(await idOf('constructor')).toBe('constructor');
    const long = await idOf('sim-'.repeat(20));
    expect(long).toMatch(/^[a-z0-9][a-z0-9-]{0,47}$/);
    expect(await idOf('sim-'.repeat(20))).toBe(`${long}-2`);
  });

  test.skipIf(missing)('sources of one name that are made at once get ids of their own', async () => {
    const made = await Promise.all(Array.from({ length: 4 }, () => insertSource(db, secrets, draft, actor)));
    expect(new Set(made.map(({ id }) => id)).size).toBe(4);
    expect(await verifyChanges(db)).toEqual({ ok: true, entries: 4 });
  });

  test.skipIf(missing)('credentials under another key say so, and stop no other source', async () => {
    await insertSource(db, secrets, draft, actor);
    await insertSource(db, secrets, { ...draft, name: 'Open', credentials: {} }, actor);
    const rows = await selectSourcesForIngest(db, await openSecrets(join(folder, 'other')));
    expect(rows.map(({ id, credentials, fault }) => [id, credentials, fault?.slice(0, 42)])).toEqual([
      ['lora-pdam', undefined, 'The stored credentials cannot be read: the'],
      ['open', undefined, undefined],
    ]);
  });

  test.skipIf(missing)('a change wants the version that was seen, and two at once are one', async () => {
    const { id } = await insertSource(db, secrets, draft, actor);
    const results = await Promise.allSettled(
      ['Satu', 'Dua'].map((name) => updateSource(db, secrets, id, { version: 1, name }, actor)),
    );
    expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    const stale = results.find(({ status }) => status === 'rejected') as PromiseRejectedResult;
    expect(stale.reason).toBeInstanceOf(StaleVersionError);
    expect((stale.reason as StaleVersionError<unknown>).current).toEqual(await selectSource(db, id));
    expect(await updateSource(db, secrets, '__proto__', { version: 1 }, actor)).toBeUndefined();
  });

  test.skipIf(missing)('credentials go to no other host than they were given for', async () => {
    const { id } = await insertSource(db, secrets, draft, actor);
    let version = 1;
    const move = async (address: string, credentials?: { username: string } | null) => {
      const given = credentials === undefined ? {} : { credentials };
      const updated = await updateSource(db, secrets, id, { version: version++, address, ...given }, actor);
      return [updated!.source.hasCredentials, updated!.credentialsDropped];
    };
    expect(await move('mqtts://eu1.example.net')).toEqual([true, false]);
    expect(await move('mqtts://EU1.example.net:8883/x')).toEqual([true, false]);
    expect(await move('mqtt://eu1.example.net:8883')).toEqual([false, true]);
    expect(await move('mqtts://eu1.example.net', { username: 'a' })).toEqual([true, false]);
    expect(await move('mqtts://eu1.example.net:8884')).toEqual([false, true]);
    expect(await move('mqtts://evil.example.net', { username: 'b' })).toEqual([true, false]);
    expect(await move('mqtts://evil.example.net', null)).toEqual([false, false]);
    const log = JSON.stringify(await selectChangesSince(db, 0, 100));
    expect(log).toMatch(/credentialsDropped/);
    expect(log).not.toMatch(/example|RAHASIA/);
  });

  const trial = (payload: string): Trial => ({
    state: 'connected',
    fault: null,
    at: '2026-11-20T01:02:03.000Z',
    samples: [
      {
        at: '2026-11-20T01:02:03.000Z',
        topic: 'a',
        payload,
        encoding: 'utf8',
        payloadBytes: 1,
        outcomes: [],
      },
    ],
    names: [],
  });

  test.skipIf(missing)(
    'a trial is kept whatever a device wrote, until the source is reached otherwise',
    async () => {
      const { id } = await insertSource(db, secrets, draft, actor);
      await upsertTrial(db, id, trial('first'));
      await upsertTrial(db, id, trial('a\0b\ud800c \\u0000 \u{1F68C}'));
      expect((await selectTrial(db, id))!.samples[0]!.payload).toBe('a\uFFFDb\uFFFDc \\u0000 \u{1F68C}');
      await updateSource(db, secrets, id, { version: 1, state: 'active' }, actor);
      expect(await selectTrial(db, id)).toBeDefined();
      await updateSource(db, secrets, id, { version: 2, topicFilter: 'v3/a/devices/+/up' }, actor);
      expect(await selectTrial(db, id)).toBeUndefined();
      await upsertTrial(db, 'gone', trial('nobody asked'));
      expect(await selectTrial(db, 'gone')).toBeUndefined();
    },
  );

  test.skipIf(missing)('mappings', async () => {
    expect(await selectMapping(db, 'sparkplug')).toEqual({ mapping: {}, version: 0 });
    const first = {
      metrics: { 'Suhu/Ruang': { metric: 'temperature' as const, unit: 'F' }, constructor: null },
    };
    const put = await upsertMapping(db, 'sparkplug', first, 0, actor);
    expect(put).toEqual({ mapping: first, version: 1 });
    await expect(upsertMapping(db, 'sparkplug', {}, 0, actor)).rejects.toMatchObject({ current: put });
    await expect(upsertMapping(db, 'hfp', {}, 3, actor)).rejects.toMatchObject({
      current: { mapping: {}, version: 0 },
    });
    await upsertMapping(db, 'sparkplug', { clockOffsetMinutes: -420 }, 1, actor);
    await db.transaction((tx) => putMapping(tx, 'sparkplug', { keepIdentities: true }, actor));
    expect(await selectMappings(db)).toEqual(
      new Map([['sparkplug', { mapping: { keepIdentities: true }, version: 3 }]]),
    );
    expect(await changes()).toEqual([1, 2, 3].map((version) => `mapping sparkplug ${version}`));
  });

  test.skipIf(missing)('one replay at a time a feed, whoever asks', async () => {
    const asked = await Promise.allSettled(
      [1, 2, 3].map(() => insertReplay(db, 'hfp', { dryRun: true }, actor)),
    );
    expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const refused = asked.find(({ status }) => status === 'rejected') as PromiseRejectedResult;
    expect(refused.reason).toBeInstanceOf(ReplayUnderWayError);
    const other = await insertReplay(
      db,
      'cap',
      { dryRun: false, reason: 'schema', mapping: { metrics: {} } },
      actor,
    );
    expect((await selectMapping(db, 'cap')).version).toBe(1);
    const taken = await Promise.all([1, 2, 3].map(() => takeWaitingReplay(db)));
    expect(new Set(taken.map((each) => each?.feedId))).toEqual(new Set(['hfp', 'cap', undefined]));
    expect(taken.find((each) => each?.feedId === 'cap')).toEqual({
      id: other.id,
      feedId: 'cap',
      reason: 'schema',
      mapping: { metrics: {} },
      dryRun: false,
    });
    const result = { messages: 2, accepted: 1, duplicates: 0, rejected: 1, rejects: [], fault: null };
    await updateReplay(db, other.id, 'done', result);
    expect(await selectReplay(db, other.id)).toEqual({ ...other, state: 'done', ...result });
    expect(await failInterruptedReplays(db)).toBe(1);
    const failed = (await selectReplay(db, taken.find((each) => each?.feedId === 'hfp')!.id))!;
    expect(failed).toMatchObject({
      state: 'failed',
      messages: 0,
      fault: expect.stringContaining('stopped') as string,
    });
    await insertReplay(db, 'hfp', { dryRun: true }, actor);
    expect(await selectReplay(db, 999)).toBeUndefined();
  });

  test.skipIf(missing)('minutes add up over restarts', async () => {
    const now = Date.UTC(2026, 10, 20, 12, 0);
    const minute = (ago: number, reason: string) => ({
      feedId: 'hfp',
      minute: now - ago * 60_000,
      received: 10,
      accepted: 7,
      rejected: 2,
      rejectedByReason: { [reason]: 1, __proto__x: 1 },
      duplicates: 1,
      lagP50Ms: 12.6,
      lagP99Ms: undefined,
    });
    await insertFeedMinutes(db, []);
    await insertFeedMinutes(db, [
      minute(1, 'schema'),
      minute(90, 'constructor'),
      { ...minute(1, 'late'), feedId: 'cap' },
    ]);
    await insertFeedMinutes(db, [{ ...minute(1, 'late'), lagP99Ms: 900, lagP50Ms: undefined }]);
    const history = await selectFeedHistory(db, now - 86_400_000, now);
    expect(history.feeds.map(({ id, received }) => [id, received])).toEqual([
      ['cap', 10],
      ['hfp', 30],
    ]);
    expect(history.feeds[1]).toEqual({
      id: 'hfp',
      received: 30,
      accepted: 21,
      rejected: 6,
      duplicates: 3,
      rejectedByReason: { schema: 1, late: 1, constructor: 1, __proto__x: 3 },
      minutes: [[new Date(now - 60_000).toISOString(), 20, 14, 4, 2, 13, 900]],
    });
    expect((await selectFeedHistory(db, now - 60_000, now)).feeds[1]!.received).toBe(20);
    expect(await deleteOldFeedMinutes(db, now + 8 * 86_400_000 - 2 * 60_000)).toBe(1);
  });

  test.skipIf(missing)('the newest of each memory is kept', async () => {
    const row = (key: string, at: number, value: string) => ({
      feedId: 'sparkplug',
      key,
      at,
      value: Buffer.from(value),
    });
    await upsertMemory(db, []);
    await upsertMemory(db, [row('g/e', 1000, 'old'), row('g/e', 3000, 'new'), row('g/e', 2000, 'older')]);
    await upsertMemory(db, [
      row('g/e', 2500, 'late'),
      row('__proto__', 1, '\0'),
      { ...row('k', 1, ''), feedId: 'x' },
    ]);
    const rows = await selectMemory(db, 'sparkplug');
    expect(rows.map(({ key, at, value }) => [key, at, value.toString()]).toSorted()).toEqual([
      ['__proto__', 1, '\0'],
      ['g/e', 3000, 'new'],
    ]);
    expect(await selectMemory(db)).toHaveLength(3);
  });

  const reject = (payload: Buffer, more: Partial<RejectRow> = {}): RejectRow => ({
    at: 1_795_000_000_123,
    feedId: 'hfp',
    topic: '/hfp/v2/x',
    reason: 'schema',
    field: undefined,
    detail: 'expected something else',
    payload: keptOf(payload),
    payloadBytes: payload.length,
    ...more,
  });

  test.skipIf(missing)('rejects are kept whole as far as they can be read again', async () => {
    const bytes = Buffer.from([0xff, 0, 1]);
    await insertRejects(db, [
      reject(bytes),
      reject(Buffer.alloc(64 * 1024, 'a'), { reason: 'not-json' }),
      reject(Buffer.alloc(64 * 1024 + 1, 'b')),
      reject(Buffer.from('{}'), { feedId: 'cap' }),
    ]);
    const shown = await selectRejects(db, 'hfp', 10);
    expect(shown.map(({ whole, payload, encoding }) => [whole, payload.length, encoding])).toEqual([
      [false, 4096, 'utf8'],
      [true, 65_536, 'utf8'],
      [true, 4, 'base64'],
    ]);
    expect(await selectRejects(db, 'hfp', 10, 'not-json')).toHaveLength(1);
    const again = await selectRejectsToReplay(db, 'hfp');
    expect(again.map(({ reason }) => reason)).toEqual(['schema', 'not-json']);
    expect(again[0]).toMatchObject({ topic: '/hfp/v2/x', receivedAt: 1_795_000_000_123, payload: bytes });
    expect(await selectRejectsToReplay(db, 'hfp', 'not-json', 1)).toHaveLength(1);
    expect(await markReplayed(db, [again[0]!.id])).toBe(1);
    expect(await markReplayed(db, [again[0]!.id])).toBe(0);
    expect(await selectRejectsToReplay(db, 'hfp', 'schema')).toEqual([]);
    expect((await selectRejects(db, 'hfp', 10)).at(-1)!.replayedAt).not.toBeNull();
  });

  test.skipIf(missing)('of each feed 500 rejects and 8 MiB are kept, the newest', async () => {
    await insertRejects(db, [reject(Buffer.from('of another'), { feedId: 'cap' })]);
    await insertRejects(
      db,
      Array.from({ length: keptRejectsPerFeed + 20 }, (_, n) => reject(Buffer.from(String(n)))),
    );
    const small = await selectRejects(db, 'hfp', 1000);
    expect(small).toHaveLength(keptRejectsPerFeed);
    expect(small[0]!.payload).toBe('519');
    for (let n = 0; n < 13; n++)
      await insertRejects(
        db,
        Array.from({ length: 10 }, () => reject(Buffer.alloc(64 * 1024, 1))),
      );
    expect(await selectRejects(db, 'hfp', 1000)).toHaveLength(128);
    expect(await selectRejects(db, 'cap', 1000)).toHaveLength(1);
  });
});

test.each([
  ['\0', '"\uFFFD"'],
  ['\\u0000', '"\\\\u0000"'],
  ['\\\0', '"\\\\\uFFFD"'],
  ['\udc00x', '"\uFFFDx"'],
  ['"\n', '"\\"\\n"'],
  ['\x01', '"\\u0001"'],
])('jsonb takes %j', (text, json) => {
  expect(toJsonb(text)).toBe(json);
});
