// SQL of replays: rejects that somebody asked to have read again, and what came of it. One at a time a feed.
import type { Mapping, Replay, ReplayRequest } from '../model/source.ts';
import { appendChange } from './changes.ts';
import type { Database, Query } from './connect.ts';
import { putMapping } from './feed-mappings.ts';
import { toJsonb } from './jsonb.ts';

export type ReplayResult = Pick<
  Replay,
  'messages' | 'accepted' | 'duplicates' | 'rejected' | 'rejects' | 'fault'
>;

interface ReplayRow {
  replay_no: number;
  feed_id: string;
  state: Replay['state'];
  dry_run: boolean;
  reason: string | null;
  mapping: Mapping | null;
  result: Partial<ReplayResult>;
}

const columns = 'replay_no, feed_id, state, dry_run, reason, mapping, result';
const noResult: ReplayResult = {
  messages: 0,
  accepted: 0,
  duplicates: 0,
  rejected: 0,
  rejects: [],
  fault: null,
};

const toReplay = (row: ReplayRow): Replay => ({
  id: row.replay_no,
  feedId: row.feed_id,
  state: row.state,
  dryRun: row.dry_run,
  ...noResult,
  ...row.result,
});

/** Another replay of the feed waits or runs. */
export class ReplayUnderWayError extends Error {
  override name = 'ReplayUnderWayError';
  readonly current: Replay;

  constructor(current: Replay) {
    super(`replay ${current.id} of this feed is ${current.state}`);
    this.current = current;
  }
}

/**
 * Asks for a replay. One that is not a dry run and comes with a mapping puts that in force first, in the same
 * transaction.
 * @throws {ReplayUnderWayError}
 */
export async function insertReplay(
  db: Database,
  feedId: string,
  request: ReplayRequest,
  actor: string,
): Promise<Replay> {
  const { dryRun, reason, mapping } = request;
  return db.transaction(async (tx) => {
    await tx.execute(`DELETE FROM replay WHERE created_at < now() - interval '30 days'`);
    const [row] = await tx.query<ReplayRow>(
      `INSERT INTO replay (feed_id, reason, mapping, dry_run) VALUES ($1, $2, $3::jsonb, $4)
       ON CONFLICT (feed_id) WHERE state IN ('waiting', 'running') DO NOTHING RETURNING ${columns}`,
      [feedId, reason ?? null, mapping === undefined ? null : toJsonb(mapping), dryRun],
    );
    if (row === undefined) throw new ReplayUnderWayError(await selectUnderWay(tx, feedId));
    if (!dryRun && mapping !== undefined) await putMapping(tx, feedId, mapping, actor);
    const body = { did: 'asked', feedId, dryRun, reason };
    await appendChange(tx, { noun: 'replay', id: String(row.replay_no), version: 1, actor, body });
    return toReplay(row);
  });
}

async function selectUnderWay(tx: Query, feedId: string): Promise<Replay> {
  const [row] = await tx.query<ReplayRow>(
    `SELECT ${columns} FROM replay WHERE feed_id = $1 ORDER BY replay_no DESC LIMIT 1`,
    [feedId],
  );
  return toReplay(row!);
}

export async function selectReplay(db: Query, id: number): Promise<Replay | undefined> {
  const [row] = await db.query<ReplayRow>(`SELECT ${columns} FROM replay WHERE replay_no = $1`, [id]);
  return row && toReplay(row);
}

/** A replay for ingest to do. */
export interface TakenReplay {
  id: number;
  feedId: string;
  /** Only rejects of this reason; undefined: all. */
  reason: string | undefined;
  /** To be read with; undefined: the one in force. */
  mapping: Mapping | undefined;
  dryRun: boolean;
}

/** The replay that waits longest, now running; undefined when none waits. */
export async function takeWaitingReplay(db: Query): Promise<TakenReplay | undefined> {
  const [row] = await db.query<ReplayRow>(
    `UPDATE replay SET state = 'running' WHERE replay_no = (
       SELECT replay_no FROM replay WHERE state = 'waiting' ORDER BY replay_no LIMIT 1 FOR UPDATE SKIP LOCKED)
     RETURNING ${columns}`,
  );
  return (
    row && {
      id: row.replay_no,
      feedId: row.feed_id,
      reason: row.reason ?? undefined,
      mapping: row.mapping ?? undefined,
      dryRun: row.dry_run,
    }
  );
}

/** How a replay goes or went. */
export async function updateReplay(
  db: Query,
  id: number,
  state: Replay['state'],
  result: ReplayResult,
): Promise<void> {
  await db.execute('UPDATE replay SET state = $2, result = $3::jsonb WHERE replay_no = $1', [
    id,
    state,
    toJsonb(result),
  ]);
}

/**
 * For the start of ingest: what ran when it ended will not go on by itself.
 * @returns how many there were.
 */
export const failInterruptedReplays = (db: Query): Promise<number> =>
  db.execute(
    `UPDATE replay SET state = 'failed', result = result || jsonb_build_object('fault', $1::text)
     WHERE state = 'running'`,
    ['Ingest was stopped while it read these messages again. What it took in is kept; ask once more.'],
  );
