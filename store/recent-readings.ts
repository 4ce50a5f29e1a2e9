// SQL of what sensors measured lately, for rules that look back.
import { toAssetId } from '../model/asset.ts';
import { metrics, type MetricId } from '../model/metrics.ts';
import type { Query } from './connect.ts';

/** A rule that looks back a day over a thousand sensors; what is more is left out, the oldest first. */
const maxRows = 500_000;

/** Readings of a metric observed since then, by asset id, oldest first; times in epoch milliseconds. */
export async function selectReadingsSince(
  db: Query,
  metric: MetricId,
  sinceMs: number,
): Promise<Map<string, [atMs: number, value: number][]>> {
  const rows = await db.query<{ source_id: string; at_ms: number; value: number }>(
    `SELECT source_id, (extract(epoch FROM observed_at) * 1000)::int8 AS at_ms, value
     FROM reading JOIN asset USING (asset_no)
     WHERE metric_no = $1 AND observed_at >= $2 AND asset.kind = 'sensor' ORDER BY observed_at DESC LIMIT $3`,
    [metrics[metric].no, new Date(sinceMs), maxRows],
  );
  const readings = new Map<string, [number, number][]>();
  for (const { source_id, at_ms, value } of rows.reverse()) {
    const id = toAssetId('sensor', source_id);
    const known = readings.get(id);
    if (known === undefined) readings.set(id, [[at_ms, value]]);
    else known.push([at_ms, value]);
  }
  return readings;
}
