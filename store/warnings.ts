// SQL of warnings: each message once, and which of them stand, whatever the order in which they came.
import { rankOfSeverity, type Warning } from '../model/warning.ts';
import { appendChange, canonicalJson } from './changes.ts';
import type { Query } from './connect.ts';

export const warningStates = ['standing', 'superseded', 'cancelled'] as const;
export type WarningState = (typeof warningStates)[number];

export interface WarningRow {
  /** The feed that told it. */
  sourceId: string;
  /** Epoch milliseconds. */
  receivedAt: number;
  simulated: boolean;
  warning: Warning;
}

interface Held extends WarningRow {
  id: string;
  state: WarningState;
  version: number;
}

const prefixOf = ({ simulated }: Pick<WarningRow, 'simulated'>): string => (simulated ? 'sim/' : '');

/** The `warning_id`. A simulated warning can neither replace nor cancel a real one: their ids never meet. */
export const keyOfWarning = (row: Pick<WarningRow, 'simulated' | 'warning'>): string =>
  prefixOf(row) + row.warning.id;

const referencesOf = (row: Pick<WarningRow, 'simulated' | 'warning'>): string[] =>
  row.warning.references.map((id) => prefixOf(row) + id);

/**
 * Puts down the messages that are new, or newer than what is held of the same id, and works out anew what they touch:
 * a warning is cancelled by a cancel that refers to it, superseded by an update that does, else it stands. Only later
 * messages count (`sentAt`), and an exercise never ends what is real. What became of each goes to the change log, under
 * its lock: call it last in the transaction.
 * @returns the keys (`keyOfWarning`) of those that were new or newer; the others are repetitions.
 */
export async function upsertWarnings(tx: Query, rows: readonly WarningRow[]): Promise<Set<string>> {
  if (rows.length === 0) return new Set();
  const held = await selectHeld(tx, rows.map(keyOfWarning));
  const taken = new Map<string, WarningRow>();
  for (const given of rows) {
    const row = given.simulated ? { ...given, warning: { ...given.warning, exercise: true } } : given;
    const key = keyOfWarning(row);
    if (isNewer(row, taken.get(key) ?? held.get(key))) taken.set(key, row);
  }
  if (taken.size === 0) return new Set();
  await writeMessages(tx, taken);
  const touched = new Set(taken.keys());
  for (const [key, row] of taken) {
    for (const id of referencesOf(row)) touched.add(id);
    const before = held.get(key);
    if (before !== undefined) for (const id of referencesOf(before)) touched.add(id);
  }
  await settle(tx, [...touched], held, taken);
  return new Set(taken.keys());
}

/** Of what was sent at the same time the one received later is a correction, and from another source only the graver. */
function isNewer(row: WarningRow, before: WarningRow | undefined): boolean {
  if (before === undefined) return true;
  const [sentAt, sentBefore] = [row, before].map(({ warning }) => Date.parse(warning.sentAt)) as [
    number,
    number,
  ];
  if (sentAt !== sentBefore) return sentAt > sentBefore;
  if (canonicalJson(row.warning) === canonicalJson(before.warning)) return false;
  if (row.sourceId === before.sourceId) return row.receivedAt > before.receivedAt;
  return rankOfSeverity(row.warning.severity) < rankOfSeverity(before.warning.severity);
}

async function selectHeld(tx: Query, ids: string[]): Promise<Map<string, Held>> {
  const rows = await tx.query<SelectedRow>(
    `SELECT ${columns} FROM warning WHERE warning_id = ANY ($1)`,
    [ids],
    'select-held-warnings',
  );
  return new Map(rows.map((row) => [row.warning_id, toHeld(row)]));
}

/** The state is worked out afterwards, when all of the batch are there. */
const writeMessages = (tx: Query, taken: ReadonlyMap<string, WarningRow>): Promise<number> =>
  tx.execute(
    `INSERT INTO warning (warning_id, source_id, body, action, refers_to, exercise, sent_at, expires_at, state,
       simulated, version, received_at)
     SELECT w.id, w.source_id, w.body, w.body ->> 'action', ARRAY(SELECT jsonb_array_elements_text(w.refers_to)),
       (w.body ->> 'exercise')::boolean, (w.body ->> 'sentAt')::timestamptz, (w.body ->> 'expiresAt')::timestamptz,
       'standing', w.simulated, 0, w.received_at
     FROM jsonb_to_recordset($1::jsonb) AS w (id text, source_id text, body jsonb, refers_to jsonb, simulated boolean,
       received_at timestamptz)
     ON CONFLICT (warning_id) DO UPDATE SET source_id = excluded.source_id, body = excluded.body,
       action = excluded.action, refers_to = excluded.refers_to, exercise = excluded.exercise,
       sent_at = excluded.sent_at, expires_at = excluded.expires_at, received_at = excluded.received_at`,
    [
      JSON.stringify(
        [...taken].map(([id, row]) => ({
          id,
          source_id: row.sourceId,
          body: row.warning,
          refers_to: referencesOf(row),
          simulated: row.simulated,
          received_at: new Date(row.receivedAt).toISOString(),
        })),
      ),
    ],
    'upsert-warnings',
  );

/** Works out how the touched ones stand now, and logs those of which something changed. */
async function settle(
  tx: Query,
  touched: string[],
  held: ReadonlyMap<string, Held>,
  taken: ReadonlyMap<string, WarningRow>,
): Promise<void> {
  const rows = await tx.query<SelectedRow & { next: WarningState }>(
    `SELECT ${columns}, CASE
         WHEN w.action = 'cancel' OR 'cancel' = ANY (m.actions) THEN 'cancelled'
         WHEN 'update' = ANY (m.actions) THEN 'superseded'
         ELSE 'standing' END AS next
     FROM warning w LEFT JOIN LATERAL (
       SELECT array_agg(later.action) AS actions FROM warning later
       WHERE later.refers_to @> ARRAY[w.warning_id] AND later.warning_id <> w.warning_id
         AND later.sent_at >= w.sent_at AND (w.exercise OR NOT later.exercise)
     ) m ON true
     WHERE w.warning_id = ANY ($1) ORDER BY w.sent_at, w.warning_id`,
    [touched],
    'settle-warnings',
  );
  const changed = rows.filter(({ warning_id: id, state, version, next, body }) => {
    if (version === 0 || state !== next) return true;
    const before = held.get(id);
    return taken.has(id) && before !== undefined && !saysTheSame(before.warning, body);
  });
  if (changed.length === 0) return;
  await tx.execute(
    `UPDATE warning w SET state = c.state, version = w.version + 1
     FROM unnest($1::text[], $2::text[]) AS c (warning_id, state) WHERE w.warning_id = c.warning_id`,
    [changed.map((row) => row.warning_id), changed.map((row) => row.next)],
  );
  for (const row of changed) await log(tx, row);
}

/** Feeds send the same again with a new time; that changes nothing for anybody. */
const saysTheSame = (before: Warning, after: Warning): boolean =>
  canonicalJson({ ...before, sentAt: '' }) === canonicalJson({ ...after, sentAt: '' });

/** A cancel of its own id is no warning: what it did stands in the entries of those it cancelled. */
async function log(
  tx: Query,
  { warning_id: id, version, body, next }: SelectedRow & { next: WarningState },
): Promise<void> {
  if (body.action === 'cancel' && version === 0) return;
  const { severity, kind, expiresAt, texts, event } = body;
  const headline = texts[0]?.headline || event;
  await appendChange(tx, {
    noun: 'warning',
    id,
    version: version + 1,
    actor: 'ingest',
    body: { state: next, headline, severity, kind, expiresAt },
  });
}

interface SelectedRow {
  warning_id: string;
  source_id: string;
  body: Warning;
  state: WarningState;
  simulated: boolean;
  version: number;
  received_at: Date;
}

const columns = ['warning_id', 'source_id', 'body', 'state', 'simulated', 'version', 'received_at'].join(
  ', ',
);

const toHeld = (row: SelectedRow): Held => ({
  id: row.warning_id,
  sourceId: row.source_id,
  warning: row.body,
  state: row.state,
  simulated: row.simulated,
  version: row.version,
  receivedAt: row.received_at.getTime(),
});

/** A warning that stands, under its key. */
export type StandingWarning = Omit<Held, 'state'>;

/**
 * Those that nothing ended and that had not expired, newest first; also those that are to begin later.
 * @param now epoch milliseconds.
 */
export async function selectStandingWarnings(db: Query, now: number): Promise<StandingWarning[]> {
  const rows = await db.query<SelectedRow>(
    `SELECT ${columns} FROM warning WHERE state = 'standing' AND (expires_at IS NULL OR expires_at > $1)
     ORDER BY sent_at DESC, warning_id`,
    [new Date(now)],
  );
  return rows.map(toStanding);
}

/** Those of the ids that had not expired at `at`, however they stand now; newest first. */
export async function selectWarnings(db: Query, ids: string[], at: Date): Promise<StandingWarning[]> {
  if (ids.length === 0) return [];
  const rows = await db.query<SelectedRow>(
    `SELECT ${columns} FROM warning WHERE warning_id = ANY ($1) AND (expires_at IS NULL OR expires_at > $2)
     ORDER BY sent_at DESC, warning_id`,
    [ids, at],
  );
  return rows.map(toStanding);
}

function toStanding(row: SelectedRow): StandingWarning {
  const { state: _, ...standing } = toHeld(row);
  return standing;
}
