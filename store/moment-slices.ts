// SQL of slices: all that changed in a stretch of the past, in order, as columns of whole numbers.
import { toAssetId, type AssetKind } from '../model/asset.ts';
import { metricIdOf } from '../model/metrics.ts';
import { slicesAtMost, type Known, type Resolution, type Slice } from '../model/moment.ts';
import type { LoggedChange } from './changes.ts';
import type { Database, Query } from './connect.ts';
import { selectEventsWithin } from './moment-log.ts';
import { looking, resolutionAt } from './moments.ts';
import { Kept, Places, type Columns } from './slice-columns.ts';

export type SliceKind = AssetKind | 'event';

export interface SliceAsked {
  /** Epoch milliseconds; changes after it, and up to `toMs`. */
  fromMs: number;
  toMs: number;
  known: Known;
  kinds: ReadonlySet<SliceKind>;
  /** Only the last fix of a vehicle in each; 0: every fix. */
  stepSeconds: number;
  nowMs: number;
  withSimulated: boolean;
}

export type StoredSlice = Omit<Slice, 'events'> & { events: LoggedChange[] };

/** With known=then, what arrived later than this is in the moment that the next slice begins with, not in a slice. */
export const lateWithinMs = 900_000;
const minuteMs = 60_000;

const columnsOf = <Name extends string>(names: readonly Name[]): string =>
  names
    .map((name) => `string_agg(coalesce(${name}::text, 'null'), ',' ORDER BY t, no) AS ${name}`)
    .join(', ');

async function selectColumns<Name extends string>(
  tx: Query,
  names: readonly Name[],
  rows: string,
  values: unknown[],
): Promise<Columns<Name>> {
  const [row] = await tx.query<Record<Name, string | null>>(
    `SELECT ${columnsOf(names)} FROM (SELECT * FROM (${rows}) AS found ORDER BY t, no LIMIT ${slicesAtMost.rows + 1}) AS s`,
    values,
  );
  return Object.fromEntries(
    names.map((name) => [name, JSON.parse(`[${row?.[name] ?? ''}]`) as (number | null)[]]),
  ) as Columns<Name>;
}

/** Milliseconds after $1, rounded as the epoch is: to the millisecond at or before it. */
const since = (time: string): string => `floor(extract(epoch FROM ${time} - $1) * 1000)::int`;

/** Selects `seen` and `t` of rows that became known after $1 and up to $2. */
function timesOf(known: Known, observed: string, received: string): { columns: string; where: string } {
  if (known === 'was')
    return {
      columns: `${since(observed)} AS seen, ${since(observed)} AS t`,
      where: `${observed} > $1 AND ${observed} <= $2`,
    };
  const knownAt = `greatest(${observed}, ${received})`;
  return {
    columns: `${since(observed)} AS seen, ${since(knownAt)} AS t`,
    where: `${observed} > $1::timestamptz - INTERVAL '${lateWithinMs} ms' AND ${observed} <= $2
      AND ${knownAt} > $1 AND ${knownAt} <= $2`,
  };
}

const range = ({ fromMs, toMs }: SliceAsked): [Date, Date] => [new Date(fromMs), new Date(toMs)];

const fixNames = ['no', 't', 'seen', 'lat', 'lon', 'speed', 'heading', 'occupancy', 'route'] as const;

function selectFixes(
  tx: Query,
  asked: SliceAsked,
  resolution: Resolution,
): Promise<Columns<(typeof fixNames)[number]>> {
  if (resolution === 'minute')
    return selectColumns(
      tx,
      fixNames,
      // The last of a whole minute is known at its end, as in a moment.
      `SELECT vehicle_no AS no, ${since('bucket')} AS seen, ${since('bucket')} + ${minuteMs} AS t, lat_e6 AS lat,
         lon_e6 AS lon, round(speed_dmps)::int AS speed, NULL::int AS heading, round(occupancy_pct)::int AS occupancy,
         route_no AS route
       FROM vehicle_minute WHERE bucket > $1::timestamptz - INTERVAL '1 minute' AND bucket <= $2::timestamptz - INTERVAL '1 minute'`,
      range(asked),
    );
  const times = timesOf(asked.known, 'observed_at', `observed_at + received_after_ms * INTERVAL '1 ms'`);
  const rows = `SELECT vehicle_no AS no, ${times.columns}, lat_e6 AS lat, lon_e6 AS lon, speed_dmps AS speed,
      heading_deg AS heading, occupancy_pct AS occupancy, route_no AS route
    FROM vehicle_position WHERE ${times.where}`;
  if (asked.stepSeconds === 0) return selectColumns(tx, fixNames, rows, range(asked));
  return selectColumns(
    tx,
    fixNames,
    `SELECT DISTINCT ON (no, t / ${asked.stepSeconds * 1000}) * FROM (${rows}) AS every
     ORDER BY no, t / ${asked.stepSeconds * 1000}, t DESC, seen DESC`,
    range(asked),
  );
}

const readingNames = ['no', 't', 'seen', 'metric', 'value'] as const;

function selectReadings(tx: Query, asked: SliceAsked): Promise<Columns<(typeof readingNames)[number]>> {
  const times = timesOf(asked.known, 'observed_at', 'received_at');
  return selectColumns(
    tx,
    readingNames,
    `SELECT asset_no AS no, ${times.columns}, metric_no AS metric, value FROM reading WHERE ${times.where}`,
    range(asked),
  );
}

const cameraNames = ['no', 't', 'seen', 'online'] as const;

function selectCameras(tx: Query, asked: SliceAsked): Promise<Columns<(typeof cameraNames)[number]>> {
  const times = timesOf(asked.known, 'observed_at', 'received_at');
  return selectColumns(
    tx,
    cameraNames,
    `SELECT asset_no AS no, ${times.columns}, (state = 'online')::int AS online FROM camera_state WHERE ${times.where}
     UNION ALL
     SELECT asset_no AS no, ${times.columns}, NULL AS online FROM camera_event WHERE ${times.where}`,
    range(asked),
  );
}

const none = { no: [], t: [], seen: [] };

/** All that changed after `fromMs` and up to `toMs`, or as far as a slice holds. */
export async function selectSlice(db: Database, asked: SliceAsked): Promise<StoredSlice> {
  const { kinds } = asked;
  const resolution = resolutionAt(asked.fromMs, asked.nowMs);
  return looking(db, async (tx) => {
    const fixes = kinds.has('vehicle') ? await selectFixes(tx, asked, resolution) : undefined;
    const readings = kinds.has('sensor') ? await selectReadings(tx, asked) : undefined;
    const cameras = kinds.has('camera') ? await selectCameras(tx, asked) : undefined;
    const events = kinds.has('event')
      ? await selectEventsWithin(tx, ...range(asked), slicesAtMost.events)
      : [];
    const names = await selectNames(tx, asked.withSimulated);
    const cutMs = cutOf(asked, [fixes ?? none, readings ?? none, cameras ?? none], events);
    const index = new Places(names.assets);
    const routes = new Places(names.routes);
    const keep = <C extends { no: (number | null)[]; t: (number | null)[] }>(
      columns: C | undefined,
    ): Kept<C> => new Kept(columns, cutMs ?? Number.POSITIVE_INFINITY, index);
    const [f, r, c] = [keep(fixes), keep(readings), keep(cameras)];
    return {
      from: new Date(asked.fromMs).toISOString(),
      to: new Date(cutMs === undefined ? asked.toMs : asked.fromMs + cutMs).toISOString(),
      known: asked.known,
      resolution,
      truncated: cutMs !== undefined,
      vehicles: {
        asset: f.assets,
        t: f.of('t'),
        seen: f.of('seen'),
        latE6: f.of('lat'),
        lonE6: f.of('lon'),
        speedDmps: f.of('speed'),
        headingDeg: f.of('heading'),
        occupancyPct: f.of('occupancy'),
        route: (f.of('route') as (number | null)[]).map((no) => (no === null ? null : routes.of(no)!)),
      },
      readings: {
        asset: r.assets,
        metric: r.of('metric').map((no) => metricIdOf(no) ?? ''),
        t: r.of('t'),
        seen: r.of('seen'),
        value: r.of('value'),
      },
      cameras: {
        asset: c.assets,
        t: c.of('t'),
        seen: c.of('seen'),
        online: c.of('online') as (0 | 1 | null)[],
      },
      assets: index.used,
      routes: routes.used,
      events: events
        .slice(0, slicesAtMost.events)
        .filter(({ at }) => cutMs === undefined || at.getTime() <= asked.fromMs + cutMs),
    };
  });
}

/** Where the slice must end so that none of its tables is short of a row; undefined when all of it fits. */
function cutOf(
  { fromMs }: SliceAsked,
  tables: { t: (number | null)[] }[],
  events: LoggedChange[],
): number | undefined {
  const cuts = tables.flatMap(({ t }) => (t.length > slicesAtMost.rows ? [t.at(-1)! - 1] : []));
  if (events.length > slicesAtMost.events) cuts.push(events.at(-1)!.at.getTime() - fromMs - 1);
  // Never nothing: whoever goes on from the end must get on.
  return cuts.length === 0 ? undefined : Math.max(1, Math.min(...cuts));
}

async function selectNames(
  tx: Query,
  withSimulated: boolean,
): Promise<{ assets: Map<number, string>; routes: Map<number, string> }> {
  const assets = await tx.query<{ no: number; kind: AssetKind; source_id: string }>(
    'SELECT asset_no AS no, kind, source_id FROM asset WHERE $1 OR NOT simulated',
    [withSimulated],
  );
  const routes = await tx.query<{ no: number; route_id: string }>(
    'SELECT route_no AS no, route_id FROM route',
  );
  return {
    assets: new Map(assets.map(({ no, kind, source_id: id }) => [no, toAssetId(kind, id)])),
    routes: new Map(routes.map(({ no, route_id: id }) => [no, id])),
  };
}
