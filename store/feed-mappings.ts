// SQL of mappings: how each feed's own names, units and clock are read.
import type { FeedMapping, Mapping } from '../model/source.ts';
import { appendChange } from './changes.ts';
import type { Database, Query } from './connect.ts';
import { toJsonb } from './jsonb.ts';
import { StaleVersionError } from './stale.ts';

const none: FeedMapping = { mapping: {}, version: 0 };

/** Every mapping, by the id of its feed; feeds without one are read as their format says. */
export async function selectMappings(db: Query): Promise<Map<string, FeedMapping>> {
  const rows = await db.query<{ feed_id: string } & FeedMapping>(
    'SELECT feed_id, mapping, version FROM feed_mapping',
  );
  return new Map(rows.map(({ feed_id: feedId, mapping, version }) => [feedId, { mapping, version }]));
}

export async function selectMapping(db: Query, feedId: string): Promise<FeedMapping> {
  const [row] = await db.query<FeedMapping>('SELECT mapping, version FROM feed_mapping WHERE feed_id = $1', [
    feedId,
  ]);
  return row ?? none;
}

/**
 * Puts a mapping in the place of the one that was seen.
 * @param seen its version, 0 for none.
 * @throws {StaleVersionError} with the mapping as it stands.
 */
export async function upsertMapping(
  db: Database,
  feedId: string,
  mapping: Mapping,
  seen: number,
  actor: string,
): Promise<FeedMapping> {
  return db.transaction((tx) => putMapping(tx, feedId, mapping, actor, seen));
}

/**
 * As `upsertMapping`, in the transaction of the caller, of which it must be the end or followed by other changes only.
 * @param seen undefined replaces whatever is there.
 */
export async function putMapping(
  tx: Query,
  feedId: string,
  mapping: Mapping,
  actor: string,
  seen?: number,
): Promise<FeedMapping> {
  const [row] = await tx.query<FeedMapping>(
    `INSERT INTO feed_mapping (feed_id, mapping) SELECT $1, $2::jsonb WHERE $3::int IS NULL OR $3 = 0
       OR EXISTS (SELECT FROM feed_mapping WHERE feed_id = $1)
     ON CONFLICT (feed_id) DO UPDATE SET mapping = excluded.mapping, version = feed_mapping.version + 1
       WHERE $3::int IS NULL OR feed_mapping.version = $3
     RETURNING mapping, version`,
    [feedId, toJsonb(mapping), seen ?? null],
  );
  if (row === undefined) throw new StaleVersionError(await selectMapping(tx, feedId));
  // Names in payloads are the devices' words; that identities are kept is everybody's business.
  const { metrics, clockOffsetMinutes, keepIdentities } = mapping;
  const body = {
    did: 'changed',
    metrics: Object.keys(metrics ?? {}).length,
    clockOffsetMinutes,
    keepIdentities,
  };
  await appendChange(tx, { noun: 'mapping', id: feedId, version: row.version, actor, body });
  return row;
}
