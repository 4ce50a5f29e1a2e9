// SQL of assets and of their newest values.
import {
  defaultExpectedEverySeconds,
  toAssetId,
  type AssetKind,
  type AssetRegistration,
} from '../model/asset.ts';
import type { AssetChange, RegisteredAsset } from '../model/device.ts';
import type { PictureAsset } from '../model/picture.ts';
import { appendChange } from './changes.ts';
import type { Database, Query } from './connect.ts';

export interface StoredAsset extends PictureAsset {
  assetNo: number;
  sourceId: string;
  /** Of a camera: where its picture is fetched. Never leaves the server. */
  streamUrl: string | undefined;
}

interface AssetRow {
  asset_no: number;
  kind: AssetKind;
  source_id: string;
  name: string;
  lat: number | null;
  lon: number | null;
  simulated: boolean;
  unconfirmed: boolean;
  expected_every_seconds: number;
  stream_url: string | null;
  observed_at: Date | null;
  feed_id: string | null;
  latest_lat: number | null;
  latest_lon: number | null;
  values: Record<string, [value: unknown, observedAt: number]> | null;
}

function toAsset(row: AssetRow): StoredAsset {
  const values: StoredAsset['values'] = new Map();
  for (const [key, [value, observedAt]] of Object.entries(row.values ?? {}))
    values.set(key, { value, observedAt });
  return {
    assetNo: row.asset_no,
    sourceId: row.source_id,
    id: toAssetId(row.kind, row.source_id),
    kind: row.kind,
    name: row.name,
    simulated: row.simulated,
    unconfirmed: row.unconfirmed,
    expectedEverySeconds: row.expected_every_seconds,
    observedAt: row.observed_at?.getTime(),
    feedId: row.feed_id ?? undefined,
    lat: row.latest_lat ?? row.lat ?? undefined,
    lon: row.latest_lon ?? row.lon ?? undefined,
    values,
    streamUrl: row.stream_url ?? undefined,
  };
}

/** Every asset with its newest values; simulated ones only where they are wanted. */
export async function selectAssets(db: Query, withSimulated = true): Promise<StoredAsset[]> {
  const rows = await db.query<AssetRow>(
    `SELECT a.asset_no, a.kind, a.source_id, a.name, a.lat, a.lon, a.simulated, a.unconfirmed,
       a.expected_every_seconds, a.attributes->>'streamUrl' AS stream_url,
       l.observed_at, l.feed_id, l.lat AS latest_lat, l.lon AS latest_lon, l.values
     FROM asset a LEFT JOIN asset_latest l USING (asset_no)
     WHERE $1 OR NOT a.simulated ORDER BY a.asset_no`,
    [withSimulated],
  );
  return rows.map(toAsset);
}

export async function selectAssetNo(
  db: Query,
  kind: AssetKind,
  sourceId: string,
): Promise<number | undefined> {
  const [row] = await db.query<{ asset_no: number }>(
    'SELECT asset_no FROM asset WHERE kind = $1 AND source_id = $2',
    [kind, sourceId],
  );
  return row?.asset_no;
}

/** Where a camera's picture is fetched; undefined when the camera is not known or has none. */
export async function selectStreamUrl(db: Query, sourceId: string): Promise<string | undefined> {
  const [row] = await db.query<{ stream_url: string | null }>(
    `SELECT attributes->>'streamUrl' AS stream_url FROM asset WHERE kind = 'camera' AND source_id = $1`,
    [sourceId],
  );
  return row?.stream_url ?? undefined;
}

export async function updateStreamUrl(db: Query, assetNo: number, streamUrl: string): Promise<void> {
  await db.execute(
    `UPDATE asset SET attributes = attributes || jsonb_build_object('streamUrl', $2::text) WHERE asset_no = $1`,
    [assetNo, streamUrl],
  );
}

export interface NewAsset {
  kind: AssetKind;
  sourceId: string;
  name: string;
  simulated: boolean;
}

/** Assets that were heard before anybody registered them: unconfirmed, named as their source names them. Returns numbers in order. */
export async function upsertHeardAssets(db: Query, assets: NewAsset[]): Promise<number[]> {
  const rows = await db.query<{ asset_no: number; kind: string; source_id: string }>(
    `INSERT INTO asset (kind, source_id, name, simulated, unconfirmed, expected_every_seconds)
     SELECT kind, source_id, name, simulated, true, expected
     FROM unnest($1::text[], $2::text[], $3::boolean[], $4::real[], $5::text[])
       AS t (kind, source_id, simulated, expected, name)
     ON CONFLICT (kind, source_id) DO UPDATE SET source_id = excluded.source_id
     RETURNING asset_no, kind, source_id`,
    [
      assets.map((asset) => asset.kind),
      assets.map((asset) => asset.sourceId),
      assets.map((asset) => asset.simulated),
      assets.map((asset) => defaultExpectedEverySeconds[asset.kind]),
      assets.map((asset) => asset.name),
    ],
  );
  const numbers = new Map(rows.map((row) => [`${row.kind}:${row.source_id}`, row.asset_no]));
  return assets.map((asset) => numbers.get(toAssetId(asset.kind, asset.sourceId))!);
}

/** Assets as somebody who knows them registers them: confirmed; what is known already is brought up to date. */
export async function registerAssets(db: Query, assets: AssetRegistration[]): Promise<number> {
  return db.execute(
    `INSERT INTO asset (kind, source_id, name, lat, lon, simulated, unconfirmed, expected_every_seconds)
     SELECT kind, source_id, name, lat, lon, simulated, false, expected
     FROM unnest($1::text[], $2::text[], $3::text[], $4::float8[], $5::float8[], $6::boolean[], $7::real[])
       AS t (kind, source_id, name, lat, lon, simulated, expected)
     ON CONFLICT (kind, source_id) DO UPDATE SET name = excluded.name, lat = excluded.lat, lon = excluded.lon,
       unconfirmed = false, expected_every_seconds = excluded.expected_every_seconds`,
    [
      assets.map((asset) => asset.kind),
      assets.map((asset) => asset.sourceId),
      assets.map((asset) => asset.name),
      assets.map((asset) => asset.lat ?? null),
      assets.map((asset) => asset.lon ?? null),
      assets.map((asset) => asset.simulated),
      assets.map((asset) => asset.expectedEverySeconds ?? defaultExpectedEverySeconds[asset.kind]),
    ],
  );
}

interface RegisteredRow {
  asset_no: number;
  kind: AssetKind;
  source_id: string;
  name: string;
  lat: number | null;
  lon: number | null;
  expected_every_seconds: number;
  unconfirmed: boolean;
  version: number;
}

/**
 * Changes what is given of an asset's registration. What stands still and is placed anew is there at once, whatever
 * place it was shown at; a vehicle stays where it was heard last.
 * @param actor as the change log names actors.
 * @returns undefined when there is no such asset.
 */
export async function updateAsset(
  db: Database,
  kind: AssetKind,
  sourceId: string,
  change: AssetChange,
  actor: string,
): Promise<RegisteredAsset | undefined> {
  return db.transaction(async (tx) => {
    const { name, lat, lon, expectedEverySeconds, confirmed } = change;
    const [row] = await tx.query<RegisteredRow>(
      `UPDATE asset SET name = coalesce($3, name), lat = coalesce($4, lat), lon = coalesce($5, lon),
         expected_every_seconds = coalesce($6, expected_every_seconds), unconfirmed = unconfirmed AND NOT $7,
         version = version + 1
       WHERE kind = $1 AND source_id = $2
       RETURNING asset_no, kind, source_id, name, lat, lon, expected_every_seconds, unconfirmed, version`,
      [
        kind,
        sourceId,
        name ?? null,
        lat ?? null,
        lon ?? null,
        expectedEverySeconds ?? null,
        confirmed ?? false,
      ],
    );
    if (row === undefined) return undefined;
    if (kind !== 'vehicle' && lat !== undefined)
      await tx.execute('UPDATE asset_latest SET lat = $2, lon = $3 WHERE asset_no = $1', [
        row.asset_no,
        lat,
        lon,
      ]);
    const { id, version, ...body } = toRegistered(row);
    await appendChange(tx, { noun: 'asset', id, version, actor, body });
    return { id, version, ...body };
  });
}

const toRegistered = (row: RegisteredRow): RegisteredAsset => ({
  id: toAssetId(row.kind, row.source_id),
  kind: row.kind,
  sourceId: row.source_id,
  name: row.name,
  lat: row.lat,
  lon: row.lon,
  expectedEverySeconds: row.expected_every_seconds,
  unconfirmed: row.unconfirmed,
  version: row.version,
});

export interface LatestRow {
  assetNo: number;
  observedAt: number;
  receivedAt: number;
  feedId?: string | undefined;
  lat: number | undefined;
  lon: number | undefined;
  values: PictureAsset['values'];
}

/** One upsert for a whole batch; a row that holds something newer stays. */
export async function upsertLatest(db: Query, rows: LatestRow[]): Promise<void> {
  if (rows.length === 0) return;
  await db.execute(
    `INSERT INTO asset_latest (asset_no, observed_at, received_at, lat, lon, values, feed_id)
     SELECT asset_no, to_timestamp(observed_ms / 1000.0), to_timestamp(received_ms / 1000.0), lat, lon, values, feed_id
     FROM unnest($1::int[], $2::float8[], $3::float8[], $4::float8[], $5::float8[], $6::jsonb[], $7::text[])
       AS t (asset_no, observed_ms, received_ms, lat, lon, values, feed_id)
     -- what was removed meanwhile has no newest values
     WHERE EXISTS (SELECT FROM asset WHERE asset.asset_no = t.asset_no)
     ON CONFLICT (asset_no) DO UPDATE SET observed_at = excluded.observed_at, received_at = excluded.received_at,
       lat = coalesce(excluded.lat, asset_latest.lat), lon = coalesce(excluded.lon, asset_latest.lon),
       values = asset_latest.values || excluded.values, feed_id = coalesce(excluded.feed_id, asset_latest.feed_id)
     WHERE excluded.observed_at >= asset_latest.observed_at`,
    [
      rows.map((row) => row.assetNo),
      rows.map((row) => row.observedAt),
      rows.map((row) => row.receivedAt),
      rows.map((row) => row.lat ?? null),
      rows.map((row) => row.lon ?? null),
      rows.map((row) => valuesJson(row.values)),
      rows.map((row) => row.feedId ?? null),
    ],
    'upsert-latest',
  );
}

function valuesJson(values: PictureAsset['values']): string {
  const stored: Record<string, [unknown, number]> = {};
  for (const [key, held] of values) stored[key] = [held.value, held.observedAt];
  return JSON.stringify(stored);
}
