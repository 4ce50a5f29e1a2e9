// SQL of what adapters must still know after a restart: births of Sparkplug, datastreams of SensorThings.
import type { Query } from './connect.ts';

export interface MemoryRow {
  feedId: string;
  key: string;
  /** Of what was learnt, epoch milliseconds: the newest of a key is kept. */
  at: number;
  value: Buffer;
}

/** What is remembered, of one feed or of all. */
export async function selectMemory(db: Query, feedId?: string): Promise<MemoryRow[]> {
  const rows = await db.query<{ feed_id: string; key: string; at: Date; value: Buffer }>(
    'SELECT feed_id, key, at, value FROM adapter_memory WHERE $1::text IS NULL OR feed_id = $1',
    [feedId ?? null],
  );
  return rows.map((row) => ({ feedId: row.feed_id, key: row.key, at: row.at.getTime(), value: row.value }));
}

/** Remembers; what is older than the row that is there changes nothing. */
export async function upsertMemory(db: Query, rows: readonly MemoryRow[]): Promise<void> {
  const newest = newestOfEach(rows);
  if (newest.length === 0) return;
  await db.execute(
    `INSERT INTO adapter_memory (feed_id, key, at, value)
     SELECT feed_id, key, to_timestamp(ms / 1000.0), decode(value, 'base64')
     FROM unnest($1::text[], $2::text[], $3::float8[], $4::text[]) AS t (feed_id, key, ms, value)
     ON CONFLICT (feed_id, key) DO UPDATE SET at = excluded.at, value = excluded.value
     WHERE excluded.at >= adapter_memory.at`,
    [
      newest.map((row) => row.feedId),
      newest.map((row) => row.key),
      newest.map((row) => row.at),
      newest.map((row) => row.value.toString('base64')),
    ],
  );
}

/** One statement cannot touch a row twice. */
function newestOfEach(rows: readonly MemoryRow[]): MemoryRow[] {
  const newest = new Map<string, MemoryRow>();
  for (const given of rows) {
    // Text columns take every character but NUL.
    const row = { ...given, key: given.key.replaceAll('\0', '\uFFFD') };
    const id = `${row.feedId}\0${row.key}`;
    if (row.at >= (newest.get(id)?.at ?? Number.NEGATIVE_INFINITY)) newest.set(id, row);
  }
  return [...newest.values()];
}
