// SQL of sources: feeds as rows, their sealed credentials, and what their trials showed.
import type {
  FormatId,
  Source,
  SourceChange,
  SourceDraft,
  SourceState,
  Transport,
  Trial,
} from '../model/source.ts';
import { slugOf, toSourceId } from '../model/source-id.ts';
import { appendChange } from './changes.ts';
import type { Database, Query } from './connect.ts';
import { toJsonb } from './jsonb.ts';
import type { Secrets } from './secrets.ts';
import { openCredentials, originOf, sealCredentials, type OpenedCredentials } from './source-credentials.ts';
import { StaleVersionError } from './stale.ts';

interface SourceRow {
  source_id: string;
  name: string;
  format: FormatId;
  transport: Transport;
  address: string | null;
  topic_filter: string | null;
  poll_every_seconds: number | null;
  expected_every_seconds: number | null;
  has_credentials: boolean;
  state: SourceState;
  version: number;
}

const columns = `source_id, name, format, transport, address, topic_filter, poll_every_seconds,
  expected_every_seconds, credentials IS NOT NULL AS has_credentials, state, version`;

const toSource = (row: SourceRow): Source => ({
  id: row.source_id,
  name: row.name,
  format: row.format,
  transport: row.transport,
  address: row.address,
  topicFilter: row.topic_filter,
  pollEverySeconds: row.poll_every_seconds,
  expectedEverySeconds: row.expected_every_seconds,
  state: row.state,
  hasCredentials: row.has_credentials,
  version: row.version,
});

/** Every source, by name. */
export async function selectSources(db: Query): Promise<Source[]> {
  const rows = await db.query<SourceRow>(`SELECT ${columns} FROM source ORDER BY lower(name), source_id`);
  return rows.map(toSource);
}

export async function selectSource(db: Query, id: string): Promise<Source | undefined> {
  const [row] = await db.query<SourceRow>(`SELECT ${columns} FROM source WHERE source_id = $1`, [id]);
  return row && toSource(row);
}

/** A source as ingest needs it. Never leaves the process. */
export type SourceForIngest = Source & OpenedCredentials;

/** Every source with its credentials in clear; those that cannot be opened say why and do not stop the others. */
export async function selectSourcesForIngest(db: Query, secrets: Secrets): Promise<SourceForIngest[]> {
  const rows = await db.query<SourceRow & { credentials: Buffer | null }>(
    `SELECT ${columns}, credentials FROM source ORDER BY source_id`,
  );
  return rows.map((row) => ({
    ...toSource(row),
    ...openCredentials(secrets, row.source_id, row.credentials),
  }));
}

/**
 * Makes a source, as a draft. Its id comes from its name; ids of sources that were deleted are not used again, for
 * what they brought may still lie in the journal.
 * @param actor as the change log names actors.
 */
export async function insertSource(
  db: Database,
  secrets: Secrets,
  draft: SourceDraft,
  actor: string,
): Promise<Source> {
  for (;;) {
    const source = await db.transaction(async (tx) => {
      const id = toSourceId(draft.name, await selectTakenIds(tx, slugOf(draft.name)));
      const inserted = await insertRow(tx, secrets, id, draft);
      if (inserted !== undefined) await logSource(tx, inserted, actor, { did: 'created' });
      return inserted;
    });
    // Undefined: another source of the same name was made at the same moment.
    if (source !== undefined) return source;
  }
}

async function selectTakenIds(tx: Query, slug: string): Promise<Set<string>> {
  const rows = await tx.query<{ id: string }>(
    `SELECT source_id AS id FROM source WHERE source_id LIKE '%' || $1 || '%'
     UNION SELECT noun_id FROM change_log WHERE noun = 'source' AND noun_id LIKE '%' || $1 || '%'`,
    [slug],
  );
  return new Set(rows.map((row) => row.id));
}

async function insertRow(
  tx: Query,
  secrets: Secrets,
  id: string,
  draft: SourceDraft,
): Promise<Source | undefined> {
  const [row] = await tx.query<SourceRow>(
    `INSERT INTO source (source_id, name, format, transport, address, topic_filter, poll_every_seconds,
       expected_every_seconds, credentials, state)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'draft') ON CONFLICT DO NOTHING RETURNING ${columns}`,
    [
      id,
      draft.name,
      draft.format,
      draft.transport,
      draft.address ?? null,
      draft.topicFilter ?? null,
      draft.pollEverySeconds ?? null,
      draft.expectedEverySeconds ?? null,
      sealCredentials(secrets, id, draft.credentials),
    ],
  );
  return row && toSource(row);
}

/** What of a source decides where and how it is reached: with another one, what a trial showed is void. */
const connecting = ['address', 'topicFilter', 'pollEverySeconds', 'credentials'] as const;

export interface UpdatedSource {
  source: Source;
  /** The stored credentials were let go of, because the address names another host than they were given for. */
  credentialsDropped: boolean;
}

/**
 * Changes what is given of a source.
 * @returns undefined when there is no such source.
 * @throws {StaleVersionError} with the source as it stands, when `change.version` is not its version.
 */
export async function updateSource(
  db: Database,
  secrets: Secrets,
  id: string,
  change: SourceChange,
  actor: string,
): Promise<UpdatedSource | undefined> {
  return db.transaction(async (tx) => {
    const [row] = await tx.query<SourceRow>(`SELECT ${columns} FROM source WHERE source_id = $1 FOR UPDATE`, [
      id,
    ]);
    if (row === undefined) return undefined;
    if (row.version !== change.version) throw new StaleVersionError(toSource(row));
    const credentialsDropped =
      row.has_credentials &&
      change.credentials === undefined &&
      change.address !== undefined &&
      originOf(change.address) !== originOf(row.address);
    const source = await updateRow(
      tx,
      secrets,
      row,
      credentialsDropped ? { ...change, credentials: null } : change,
    );
    const changed = Object.keys(change).filter((key) => key !== 'version');
    if (connecting.some((field) => changed.includes(field)))
      await tx.execute('DELETE FROM source_trial WHERE source_id = $1', [id]);
    await logSource(tx, source, actor, {
      did: 'changed',
      changed,
      ...(credentialsDropped ? { credentialsDropped } : {}),
    });
    return { source, credentialsDropped };
  });
}

async function updateRow(tx: Query, secrets: Secrets, row: SourceRow, change: SourceChange): Promise<Source> {
  const given = <T>(value: T | undefined, held: T): T => (value === undefined ? held : value);
  const [updated] = await tx.query<SourceRow>(
    `UPDATE source SET name = $2, address = $3, topic_filter = $4, poll_every_seconds = $5,
       expected_every_seconds = $6, state = $7, credentials = CASE WHEN $8 THEN $9::bytea ELSE credentials END,
       version = version + 1
     WHERE source_id = $1 RETURNING ${columns}`,
    [
      row.source_id,
      given(change.name, row.name),
      given(change.address, row.address),
      given(change.topicFilter, row.topic_filter),
      given(change.pollEverySeconds, row.poll_every_seconds),
      given(change.expectedEverySeconds, row.expected_every_seconds),
      given(change.state, row.state),
      change.credentials !== undefined,
      sealCredentials(secrets, row.source_id, change.credentials),
    ],
  );
  return toSource(updated!);
}

/**
 * Removes a source, how it is read, what its adapter remembers, its rejects and replays. Its observations, assets and
 * counters stay.
 * @returns false when there is none.
 */
export async function deleteSource(db: Database, id: string, actor: string): Promise<boolean> {
  return db.transaction(async (tx) => {
    const [row] = await tx.query<SourceRow>(`DELETE FROM source WHERE source_id = $1 RETURNING ${columns}`, [
      id,
    ]);
    if (row === undefined) return false;
    for (const table of ['feed_mapping', 'adapter_memory', 'replay', 'reject'])
      await tx.execute(`DELETE FROM ${table} WHERE feed_id = $1`, [id]);
    await logSource(tx, { ...toSource(row), version: row.version + 1 }, actor, { did: 'deleted' });
    return true;
  });
}

/** Addresses may hold keys and are left out. */
const logSource = (
  tx: Query,
  { id, format, transport, state, version }: Source,
  actor: string,
  body: Record<string, unknown>,
): Promise<number> =>
  appendChange(tx, { noun: 'source', id, version, actor, body: { ...body, format, transport, state } });

/** How the trial of a source goes. One whose source was deleted meanwhile is forgotten. */
export async function upsertTrial(db: Query, sourceId: string, trial: Trial): Promise<void> {
  await db.execute(
    `INSERT INTO source_trial (source_id, at, trial)
     SELECT source_id, $2, $3::jsonb FROM source WHERE source_id = $1 FOR SHARE
     ON CONFLICT (source_id) DO UPDATE SET at = excluded.at, trial = excluded.trial`,
    [sourceId, trial.at, toJsonb(trial)],
  );
}

/** The newest word of a trial; undefined while there is none. */
export async function selectTrial(db: Query, sourceId: string): Promise<Trial | undefined> {
  const [row] = await db.query<{ trial: Trial }>('SELECT trial FROM source_trial WHERE source_id = $1', [
    sourceId,
  ]);
  return row?.trial;
}
