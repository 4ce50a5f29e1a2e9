// The answers of the server's admin routes, invented: for what a real city does not show within seconds of a test.
import type { Page, Route } from 'playwright-core';
import type { Device } from '../../model/device.ts';
import type { FeedHistory, FeedMinute, FeedReport, FeedStatus, Reject } from '../../model/feed.ts';
import type {
  Mapping,
  Replay,
  ReplayRequest,
  Source,
  SourceChange,
  SourceDraft,
  Trial,
} from '../../model/source.ts';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const iso = (ms: number): string => new Date(ms).toISOString();

type Row = [
  id: string,
  name: string | null,
  format: FeedStatus['format'],
  address: string,
  rate: number,
  p50: number | null,
  p99: number | null,
  received: number,
  reasons: Record<string, number>,
  duplicates: number,
  waiting: number,
  ageMs: number,
  expected: number | null,
];

const rows: Row[] = [
  ['city-vehicle', null, 'native', 'city/vehicle/+/position', 214, 400, 1100, 742_118, { 'off-earth': 12 }, 1204, 0, 200, 60],
  ['gps-angkot-sepakat', 'GPS angkot Sepakat', 'gtfs-realtime', 'https://sepakat.example.id/gtfs-rt/positions', 31, 6100, 14_000, 108_440, {}, 22_310, 0, 4000, 60],
  ['gps-angkot-beringin', 'GPS angkot Beringin', 'owntracks', 'owntracks/beringin/+', 58, 1900, 8700, 198_032, { 'unknown-unit': 41, schema: 7 }, 612, 0, 800, 60],
  ['city-sensor', null, 'native', 'city/sensor/+/reading', 2.1, 3200, 9400, 7204, { future: 3 }, 0, 0, 12_000, 600],
  ['lora-pdam', 'LoRa PDAM', 'things-stack', 'v3/pdam@ttn/devices/+/up', 0.9, 22_000, 250_000, 2871, { future: 212, 'unknown-metric': 64, 'not-json': 31, 'off-earth': 9 }, 88, 0, 3 * minute + 20_000, 300],
  ['pintu-air', 'Pintu air & muka sungai', 'sparkplug', 'spBv1.0/balai/DDATA/+', 0.4, 1100, 2000, 1388, {}, 0, 0, 22_000, 300],
  ['city-camera-status', null, 'native', 'city/camera/+/status', 1.5, 300, 900, 5120, { schema: 2 }, 14, 0, 1000, 600],
  ['frigate', null, 'frigate', 'frigate/events', 3.8, 700, 2400, 13_077, {}, 301, 0, 500, null],
  ['warta-cuaca', 'Peringatan BMKG', 'cap', 'https://www.bmkg.go.id/alerts/nowcast/id', 0.02, 18_000, 31_000, 48, {}, 44, 0, 41_000, 600],
  ['hfp', null, 'hfp', '/hfp/v2/#', 96, 500, 1400, 331_902, { 'no-position': 4 }, 0, 1840, 300, 60],
  ['gps-angkot-gmss', 'GPS angkot GMSS', 'native', 'city/vehicle/gmss-+/position', 0, null, null, 88_214, {}, 190, 0, 38 * minute, 600],
]; // prettier-ignore

const transportOf = (address: string): FeedStatus['transport'] =>
  address.startsWith('http') ? 'http' : 'broker';

function toStatus([
  id,
  name,
  format,
  address,
  rate,
  p50,
  p99,
  received,
  reasons,
  duplicates,
  waiting,
  ageMs,
  expected,
]: Row): FeedStatus {
  const rejected = Object.values(reasons).reduce((sum, count) => sum + count, 0);
  return {
    id,
    name,
    format,
    transport: transportOf(address),
    address,
    simulated: id.startsWith('sim-'),
    expectedEverySeconds: expected,
    fault: null,
    ratePerSecond: rate,
    waiting,
    received,
    accepted: received - rejected - duplicates,
    rejected,
    rejectedByReason: reasons,
    duplicates,
    late: 0,
    dropped: 0,
    lastMessageAt: iso(Date.now() - ageMs),
    lagMs: p50,
    lagP50Ms: p50,
    lagP99Ms: p99,
  };
}

/** A wave that tells feeds apart, with what is older than its silence left out. */
function minutesOf(rate: number, seed: number, silentMs: number): FeedMinute[] {
  const now = Math.floor(Date.now() / minute) * minute;
  const minutes: FeedMinute[] = [];
  for (let back = 60; back >= 1; back--) {
    const at = now - back * minute;
    if (at > Date.now() - silentMs && silentMs > 10 * minute) continue;
    const wave = 1 + 0.3 * Math.sin((back + seed * 7) / 5) + 0.15 * Math.sin((back + seed) / 1.7);
    minutes.push([iso(at), Math.round(Math.max(rate, 0.6) * 60 * wave), 0, 0, 0, 100, 200]);
  }
  return minutes;
}

const lora = (device: string, time: string, extra: object = {}): string =>
  JSON.stringify({
    end_device_ids: { device_id: device, dev_eui: 'A84041C2D1846F10' },
    received_at: iso(Date.now() - minute),
    uplink_message: {
      f_port: 2,
      f_cnt: 18_211,
      decoded_payload: { time, pressure_bar: 0.6, battery_v: 3.41, ...extra },
    },
  });

function rejectsOf(reason: string | null): Reject[] {
  const devices = ['pdam-t-14', 'pdam-t-14', 'pdam-t-09', 'pdam-t-22', 'pdam-t-14', 'pdam-t-09'];
  const at = Date.now() - 3 * minute;
  const common = { encoding: 'utf8', whole: true, replayedAt: null } as const;
  const make = (id: number, of: string, payload: string, field: string | null, detail: string): Reject => ({
    id,
    at: iso(at - id * 7 * second),
    topic: `v3/pdam@ttn/devices/${devices[id % devices.length]!}/up`,
    reason: of,
    field,
    detail,
    payload,
    payloadBytes: payload.length,
    ...common,
  });
  const ahead = Array.from({ length: 60 }, (_, id) =>
    make(id, 'future', lora(devices[id % devices.length]!, iso(at + 7 * hour)), 'observedAt', '25200 s ahead of our clock; at most 120'),
  ); // prettier-ignore
  const unnamed = Array.from({ length: 20 }, (_, id) =>
    make(100 + id, 'unknown-metric', lora(devices[id % devices.length]!, iso(at), { tekanan: 61.2 }), 'uplink_message.decoded_payload.tekanan', '"tekanan" is not in the registry'),
  ); // prettier-ignore
  const cut = make(
    200,
    'not-json',
    lora('pdam-t-09', iso(at)).slice(0, 150),
    null,
    'the text ends before the object does',
  );
  const bytes: Reject = { ...make(300, 'off-earth', 'CAESBwoDMTIzEAE=', null, 'lat 0, lon 0 is no place of ours'), encoding: 'base64', payloadBytes: 11 }; // prettier-ignore
  return [...ahead, ...unnamed, cut, bytes].filter((one) => reason === null || one.reason === reason);
}

const sourceOf = (row: Row): Source => ({
  id: row[0],
  name: row[1]!,
  format: row[2]!,
  transport: transportOf(row[3]),
  address: row[3].startsWith('http') ? row[3] : null,
  topicFilter: row[3].startsWith('http') ? null : row[3],
  pollEverySeconds: row[3].startsWith('http') ? 10 : null,
  expectedEverySeconds: row[12],
  state: 'active',
  hasCredentials: row[3].startsWith('http'),
  version: 3,
});

export interface StubOptions {
  /** More feeds beside the eleven, for lists that are long. */
  more?: number;
  /** Ingest does not answer. */
  ingestSilent?: boolean;
}

/** What was asked of the stub, and what it holds. */
export interface AdminStub {
  sources: Source[];
  devices: Device[];
  mapping: Mapping;
  asked: { method: string; path: string; body: unknown }[];
  trial: Trial;
}

export async function stubAdmin(page: Page, options: StubOptions = {}): Promise<AdminStub> {
  const many = Array.from({ length: options.more ?? 0 }, (_, n): Row => [
    `sumber-${n}`, `Sumber ${n}`, 'native', `city/vehicle/armada-${n}-+/position`, n % 40, 300, 900, n * 10, n % 9 === 0 ? { schema: n } : {}, 0, 0, 2000, 600,
  ]); // prettier-ignore
  const simulated = rows.slice(0, 2).map((row): Row => [`sim-${row[0]}`, ...row.slice(1)] as unknown as Row);
  const all = [...rows, ...many, ...simulated];
  const stub: AdminStub = {
    sources: rows.filter((row) => row[1] !== null).map(sourceOf),
    devices: devicesOf(),
    mapping: {},
    asked: [],
    trial: trialOf(),
  };
  let mappingVersion = 1;
  const replays = new Map<number, Replay>();

  const report = (): FeedReport => ({
    at: iso(Date.now()),
    startedAt: iso(Date.now() - 5 * hour),
    journalBytes: 18_400_000,
    journalLimitBytes: 2 ** 31,
    journalFault: null,
    unstored: 1840,
    unreadBytes: 0,
    databaseError: null,
    feeds: all.map(toStatus),
  });
  const history = (): FeedHistory => ({
    from: iso(Date.now() - 20 * hour),
    feeds: all.map((row, seed) => {
      const { id, received, accepted, rejected, duplicates, rejectedByReason } = toStatus(row);
      return {
        id,
        received,
        accepted,
        rejected,
        duplicates,
        rejectedByReason,
        minutes: minutesOf(row[4], seed, row[11]),
      };
    }),
  });

  const answer = (route: Route, status: number, body?: unknown): Promise<void> =>
    route.fulfill({
      status,
      contentType: status >= 400 ? 'application/problem+json' : 'application/json',
      body: body === undefined ? '' : JSON.stringify(body),
    });
  const problem = (route: Route, status: number, detail: string, field?: string): Promise<void> =>
    answer(route, status, {
      type: 'about:blank',
      title: 'refused',
      status,
      detail,
      ...(field ? { field } : {}),
    });

  const answers: [method: string, path: RegExp, reply: (route: Route, ids: string[], body: never, url: URL) => Promise<void>][] = [
    ['GET', /^\/api\/feeds$/, (route) => options.ingestSilent
      ? answer(route, 503, { type: 'about:blank', title: 'x', status: 503, detail: 'silent', lastKnown: report() })
      : answer(route, 200, report())],
    ['GET', /^\/api\/feeds\/history$/, (route) => answer(route, 200, history())],
    ['GET', /^\/api\/feeds\/([^/]+)\/rejects$/, (route, [id], _body, url) =>
      answer(route, 200, id === 'lora-pdam' ? rejectsOf(url.searchParams.get('reason')) : [])],
    ['GET', /^\/api\/feeds\/[^/]+\/mapping$/, (route) => answer(route, 200, { mapping: stub.mapping, version: mappingVersion })],
    ['PUT', /^\/api\/feeds\/[^/]+\/mapping$/, (route, _ids, body: { mapping: Mapping }) => {
      stub.mapping = body.mapping;
      return answer(route, 200, { mapping: stub.mapping, version: ++mappingVersion });
    }],
    ['POST', /^\/api\/feeds\/([^/]+)\/replays$/, (route, [feedId], body: ReplayRequest) => {
      const waiting = replayOf(replays.size + 1, feedId!, body, 'waiting');
      replays.set(waiting.id, replayOf(waiting.id, feedId!, body, 'done'));
      return answer(route, 202, waiting);
    }],
    ['GET', /^\/api\/replays\/(\d+)$/, (route, [id]) => answer(route, 200, replays.get(Number(id)))],
    ['GET', /^\/api\/sources$/, (route) => answer(route, 200, stub.sources)],
    ['POST', /^\/api\/sources$/, (route, _ids, body: SourceDraft) => {
      if (body.address === 'https://wrong.example.id/')
        return problem(route, 400, 'wrong.example.id is not on the list of hosts that may be polled', 'address');
      const { credentials, ...rest } = body;
      const source: Source = { id: 'baru', address: null, topicFilter: null, pollEverySeconds: null, expectedEverySeconds: null, ...rest, state: 'draft', hasCredentials: credentials !== undefined, version: 1 };
      stub.sources.push(source);
      return answer(route, 201, source);
    }],
    ['GET', /^\/api\/sources\/([^/]+)\/trial$/, (route) => answer(route, 200, stub.trial)],
    ['PATCH', /^\/api\/sources\/([^/]+)$/, (route, [id], body: SourceChange) => {
      const at = stub.sources.findIndex((source) => source.id === id);
      const { credentials: _hidden, version, ...rest } = body;
      stub.sources[at] = { ...stub.sources[at]!, ...rest, version: version + 1 };
      return answer(route, 200, stub.sources[at]);
    }],
    ['DELETE', /^\/api\/sources\/([^/]+)$/, (route, [id]) => {
      stub.sources = stub.sources.filter((source) => source.id !== id);
      return answer(route, 204);
    }],
    ['GET', /^\/api\/devices$/, (route) => answer(route, 200, stub.devices)],
    ['POST', /^\/api\/devices$/, (route, _ids, body: { username: string; publish?: string[]; assetId?: string }) => {
      if (stub.devices.some((device) => device.username === body.username))
        return problem(route, 409, `${body.username} is taken`, 'username');
      const device: Device = { username: body.username, note: '', publish: body.publish ?? [`city/sensor/${body.assetId?.split(':')[1] ?? 'x'}/reading`], subscribe: [], createdAt: iso(Date.now()), revokedAt: null, version: 1 };
      stub.devices.push(device);
      return answer(route, 201, { ...device, password: 'Rg7-contoh-Kata-Sandi-24' });
    }],
    ['DELETE', /^\/api\/devices\/([^/]+)$/, (route, [name]) => {
      stub.devices = stub.devices.map((device) => (device.username === name ? { ...device, revokedAt: iso(Date.now()) } : device));
      return answer(route, 204);
    }],
    ['PATCH', /^\/api\/assets\/(.+)$/, (route) => answer(route, 200, {})],
  ]; // prettier-ignore

  await page.route(/\/api\/(feeds|replays|sources|devices|assets\/)/, async (route) => {
    const request = route.request();
    const url = new URL(request.url());
    const body: unknown = request.postData() === null ? undefined : request.postDataJSON();
    for (const [method, path, reply] of answers) {
      const ids = path.exec(url.pathname)?.slice(1).map(decodeURIComponent);
      if (method !== request.method() || ids === undefined) continue;
      stub.asked.push({ method, path: url.pathname, body });
      return reply(route, ids, body as never, url);
    }
    return route.continue();
  });
  return stub;
}

function replayOf(
  id: number,
  feedId: string,
  { dryRun, reason }: ReplayRequest,
  state: Replay['state'],
): Replay {
  const done = state === 'done';
  const still = {
    topic: 'v3/pdam@ttn/devices/pdam-t-02/up',
    reason: 'no-time',
    field: null,
    detail: 'nothing in it is a time',
  };
  return {
    id,
    feedId,
    state,
    dryRun,
    messages: done ? (reason === undefined ? 316 : 212) : 0,
    accepted: done ? 209 : 0,
    duplicates: done ? 2 : 0,
    rejected: done ? 1 : 0,
    rejects: done ? [still] : [],
    fault: null,
  };
}

const devicesOf = (): Device[] =>
  ['air-9', 'bus-7', 'cam-kartini', 'pdam-t-14', 'lama-1'].map((username, n) => ({
    username,
    note: n === 0 ? 'Stasiun udara Jl. Merdeka, dipasang DLH' : '',
    publish: n === 2 ? [`city/camera/${username}/status`, `city/camera/${username}/event`] : [`city/sensor/${username}/reading`],
    subscribe: [],
    createdAt: iso(Date.now() - (n + 1) * 30 * hour),
    revokedAt: username === 'lama-1' ? iso(Date.now() - hour) : null,
    version: 1,
  })); // prettier-ignore

const trialOf = (): Trial => ({
  state: 'connected',
  fault: null,
  at: iso(Date.now()),
  samples: [
    {
      at: iso(Date.now() - 4000),
      topic: 'v3/pdam@ttn/devices/pdam-t-14/up',
      payload: lora('pdam-t-14', iso(Date.now() - 5000), { tekanan: 61.2 }),
      encoding: 'utf8',
      payloadBytes: 268,
      outcomes: [
        {
          kind: 'sensor',
          assetId: 'sensor:pdam-t-14',
          observedAt: iso(Date.now() - 5000),
          lat: 2.9612,
          lon: 99.0587,
          values: { waterPressure: 0.6, battery: 3.41 },
        },
      ],
    },
    {
      at: iso(Date.now() - 9000),
      topic: 'v3/pdam@ttn/devices/pdam-t-09/up',
      payload: lora('pdam-t-09', iso(Date.now() + 7 * hour)),
      encoding: 'utf8',
      payloadBytes: 251,
      outcomes: [
        {
          kind: 'rejected',
          reason: 'future',
          field: 'observedAt',
          detail: '25200 s ahead of our clock; at most 120',
        },
      ],
    },
  ],
  names: [
    { name: 'pressure_bar', unit: null, example: 0.6, metric: 'waterPressure' },
    { name: 'battery_v', unit: null, example: 3.41, metric: 'battery' },
    { name: 'tekanan', unit: 'kPa', example: 61.2, metric: null },
  ],
});
