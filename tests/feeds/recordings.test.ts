// Every recording the whole way: published or polled, journalled, read, stored; and what became of it, as a table.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import mqtt, { type MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startIngest, type Ingest } from '../../ingest/main.ts';
import type { FormatId, SourceDraft } from '../../model/source.ts';
import type { Database } from '../../store/connect.ts';
import { openSecrets, type Secrets } from '../../store/secrets.ts';
import { insertSource, updateSource } from '../../store/sources.ts';
import { newTestDatabase, type TestDatabase } from '../database.ts';
import { eventually } from '../eventually.ts';
import { haveRecordings } from '../ingest/adapters/read.ts';
import { readRecordings, type Recording } from './recordings.ts';
import { shiftTimes } from './shift-times.ts';

interface Counts {
  received: number;
  accepted: number;
  duplicates: number;
  rejected: Record<string, number>;
}

/** Measured once and looked at one by one; what is refused says why, and rightly. */
const expected: Record<string, Counts> = {
  hfp: { received: 1125, accepted: 170, duplicates: 14, rejected: { 'no-position': 941 } },
  // 51 alerts, 48 positions, 481 updates of 194 runs, one twice in each of three snapshots; the subway names only stops, of a timetable that is not here.
  'gtfs-realtime': {
    received: 1100,
    accepted: 577,
    duplicates: 3,
    rejected: { 'no-position': 476, 'no-reading': 44 },
  },
  'things-stack': {
    received: 30,
    accepted: 25,
    duplicates: 0,
    rejected: { 'no-decoder': 4, 'no-reading': 1 },
  },
  sensorthings: { received: 104, accepted: 36, duplicates: 0, rejected: { 'too-old': 68 } },
  // The link and the value of the birth; both data repeat its time. The death is of another session.
  sparkplug: { received: 6, accepted: 2, duplicates: 2, rejected: { 'sequence-gap': 1, 'too-old': 1 } },
  frigate: { received: 8, accepted: 4, duplicates: 2, rejected: { 'not-an-observation': 2 } },
  'sensor-community': { received: 610, accepted: 609, duplicates: 0, rejected: { 'no-reading': 1 } },
  'ngsi-ld': { received: 13, accepted: 4, duplicates: 4, rejected: { 'out-of-range': 5 } },
  cap: { received: 7, accepted: 4, duplicates: 1, rejected: { schema: 1, 'not-xml': 1 } },
  bmkg: { received: 6, accepted: 5, duplicates: 0, rejected: { schema: 1 } },
};

if (!haveRecordings) console.log('feeds: no recordings at /work/shared/feeds; nothing is replayed');

describe.skipIf(!haveRecordings)('recordings', () => {
  let folder: TestDatabase;
  let db: Database;
  let secrets: Secrets;
  let ingest: Ingest;
  let device: MqttClient;
  let web: Server;
  let recordings: Recording[];

  beforeAll(async () => {
    recordings = shiftTimes(readRecordings(), Date.now() - 1_000);
    folder = await newTestDatabase();
    db = await folder.open();
    secrets = await openSecrets(folder.dataFolder);
    web = await serve(recordings);
    await makeSource({ name: 'Frigate', format: 'frigate', transport: 'broker', topicFilter: 'frigate/#' });
    await makeSource({
      name: 'NGSI',
      format: 'ngsi-ld',
      transport: 'broker',
      topicFilter: 'recorded/ngsi/#',
    });
    ingest = await startIngest({
      db,
      dataFolder: folder.dataFolder,
      mqttUrl: undefined,
      mqttPort: 0,
      mqttAnonymous: true,
      secrets,
      simulate: false,
      log: () => undefined,
    });
    device = await mqtt.connectAsync(ingest.bus.url);
    await ingest.caughtUp;
  });

  afterAll(async () => {
    await device.endAsync(true);
    await ingest.stop();
    web.close();
    await db.close();
    await folder.remove();
  });

  async function makeSource(draft: SourceDraft): Promise<string> {
    const { id, version } = await insertSource(db, secrets, draft, 'test');
    await updateSource(db, secrets, id, { version, state: 'active' }, 'test');
    return id;
  }

  const settled = (): Promise<void> =>
    eventually(() => expect(ingest.report()).toMatchObject({ unstored: 0, unreadBytes: 0 }));

  /** Snapshots one by one: of two in a batch the store would keep the newer alone. */
  async function publishAll(): Promise<void> {
    const sent: Promise<unknown>[] = [];
    for (const { format, topic, payload } of recordings) {
      if (topic === undefined) continue;
      sent.push(device.publishAsync(topic, payload, { qos: 1 }));
      if (format !== 'gtfs-realtime') continue;
      await Promise.all(sent);
      await settled();
    }
    await Promise.all(sent);
    await settled();
  }

  /** One after another, for what an authority says later ends what it said before. */
  async function pollAll(): Promise<void> {
    const { port } = web.address() as AddressInfo;
    for (const [n, { format, topic }] of recordings.entries()) {
      if (topic !== undefined) continue;
      const address = `http://127.0.0.1:${port}/${n}`;
      const id = await makeSource({
        name: `${format} ${n}`,
        format,
        transport: 'http',
        address,
        pollEverySeconds: 3600,
      });
      await eventually(() =>
        expect(ingest.report().feeds.find((feed) => feed.id === id)?.received).toBeGreaterThan(0),
      );
    }
    await settled();
  }

  /** Of all feeds of a format together. */
  function counts(): Partial<Record<FormatId, Counts>> {
    const table: Partial<Record<FormatId, Counts>> = {};
    for (const feed of ingest.report().feeds) {
      if (feed.format === null || feed.received === 0) continue;
      const row = (table[feed.format] ??= { received: 0, accepted: 0, duplicates: 0, rejected: {} });
      row.received += feed.received;
      row.accepted += feed.accepted;
      row.duplicates += feed.duplicates;
      for (const [reason, count] of Object.entries(feed.rejectedByReason))
        row.rejected[reason] = (row.rejected[reason] ?? 0) + count;
    }
    return table;
  }

  const stored = async (table: string): Promise<number> =>
    (await db.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${table}`))[0]!.n;

  test('received = accepted + rejected + duplicates, of each format exactly as many as there are', async () => {
    await publishAll();
    await pollAll();
    print(recordings, counts());
    expect(counts()).toEqual(expected);
    for (const { received, accepted, duplicates, rejected } of Object.values(counts()))
      expect(received).toBe(accepted + duplicates + sumOf(rejected));
  });

  test('what was accepted is in the store, and nothing else', async () => {
    const { hfp, frigate } = counts();
    expect({
      positions: await stored('vehicle_position'),
      events: await stored('camera_event'),
      runs: await stored('trip_update'),
      warnings: await stored('warning'),
    }).toEqual({ positions: hfp!.accepted + 48, events: frigate!.accepted, runs: 194, warnings: 60 });
  });

  test('the same again: what was accepted is a duplicate', async () => {
    // A birth says when it comes, not when it was made, that its node is there.
    const news: Partial<Record<FormatId, number>> = { sparkplug: 1 };
    const before = counts();
    await publishAll();
    const after = counts();
    for (const format of Object.keys(before) as FormatId[]) {
      const { received, accepted, duplicates } = before[format]!;
      const again = after[format]!;
      const fresh = news[format] ?? 0;
      expect([format, again.accepted]).toEqual([format, accepted + fresh]);
      if (again.received > received)
        expect(again.duplicates - duplicates).toBe(accepted + duplicates - fresh);
    }
  });
});

/** Each polled recording at an address of its own. */
async function serve(recordings: readonly Recording[]): Promise<Server> {
  const web = createServer((request, response) => {
    const recording = recordings[Number(request.url?.slice(1))];
    response.writeHead(recording === undefined ? 404 : 200).end(recording?.payload);
  });
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
  return web;
}

const sumOf = (counts: Record<string, number>): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);

function print(recordings: readonly Recording[], table: Partial<Record<FormatId, Counts>>): void {
  const lines = Object.entries(table).map(([format, { received, accepted, duplicates, rejected }]) => {
    const messages = recordings.filter((each) => each.format === format).length;
    const refused = sumOf(rejected);
    const reasons = Object.entries(rejected).map(([reason, count]) => `${reason} ${count}`);
    return `| ${[format, messages, received, accepted, refused, duplicates, reasons.join(', ')].join(' | ')} |`;
  });
  const head = '| format | messages | received | accepted | rejected | duplicates | rejected because |';
  console.log([head, '| --- | ---: | ---: | ---: | ---: | ---: | --- |', ...lines].join('\n'));
}
