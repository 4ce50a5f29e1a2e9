// SQL of saved views: each account's own, written with their entry of the change log.
import {
  viewSlots,
  type NewView,
  type SavedView,
  type ViewChange,
  type ViewLook,
} from '../model/saved-view.ts';
import { appendChange } from './changes.ts';
import type { Database, Query } from './connect.ts';
import { toJsonb } from './jsonb.ts';
import { StaleVersionError } from './stale.ts';
import { userActor } from './users.ts';

/** All slots are taken, or the one that was asked for is. */
export class SlotTakenError extends Error {
  override name = 'SlotTakenError';
}

interface ViewRow {
  view_no: number;
  slot: number;
  name: string;
  look: ViewLook;
  version: number;
}

const columns = 'view_no, slot, name, look, version';

const toView = ({ view_no: id, slot, name, look, version }: ViewRow): SavedView => ({
  id,
  slot,
  name,
  look,
  version,
});

/** The views of an account, by slot. */
export async function selectViews(db: Query, userNo: number): Promise<SavedView[]> {
  const rows = await db.query<ViewRow>(`SELECT ${columns} FROM saved_view WHERE user_no = $1 ORDER BY slot`, [
    userNo,
  ]);
  return rows.map(toView);
}

/** @throws {SlotTakenError} when there is no room, or not there. */
export async function insertView(db: Database, userNo: number, view: NewView): Promise<SavedView> {
  return db.transaction(async (tx) => {
    // Two pages of one account at once take different slots.
    await tx.query('SELECT 1 FROM app_user WHERE user_no = $1 FOR UPDATE', [userNo]);
    const taken = new Set((await selectViews(tx, userNo)).map(({ slot }) => slot));
    const free = Array.from({ length: viewSlots }, (_, n) => n + 1).find((slot) => !taken.has(slot));
    const slot = view.slot ?? free;
    if (slot === undefined) throw new SlotTakenError(`all ${viewSlots} are taken`);
    if (taken.has(slot)) throw new SlotTakenError(`${slot} is taken`);
    const [row] = await tx.query<ViewRow>(
      `INSERT INTO saved_view (user_no, slot, name, look) VALUES ($1, $2, $3, $4) RETURNING ${columns}`,
      [userNo, slot, view.name.trim(), toJsonb(view.look)],
    );
    return logged(tx, userNo, toView(row!), 'saved');
  });
}

/**
 * @returns undefined when the account has no such view.
 * @throws {StaleVersionError} with the view as it stands.
 */
export async function updateView(
  db: Database,
  userNo: number,
  id: number,
  change: ViewChange,
): Promise<SavedView | undefined> {
  return db.transaction(async (tx) => {
    const held = await demandVersion(tx, userNo, id, change.version);
    if (held === undefined) return undefined;
    const { name = held.name, look = held.look } = change;
    const [row] = await tx.query<ViewRow>(
      `UPDATE saved_view SET name = $2, look = $3, version = version + 1 WHERE view_no = $1 RETURNING ${columns}`,
      [id, name.trim(), toJsonb(look)],
    );
    return logged(tx, userNo, toView(row!), 'changed');
  });
}

/**
 * @returns the view as it was, for whoever wants it back; undefined when the account has no such view.
 * @throws {StaleVersionError} with the view as it stands.
 */
export async function deleteView(
  db: Database,
  userNo: number,
  id: number,
  version: number,
): Promise<SavedView | undefined> {
  return db.transaction(async (tx) => {
    const held = await demandVersion(tx, userNo, id, version);
    if (held === undefined) return undefined;
    await tx.execute('DELETE FROM saved_view WHERE view_no = $1', [id]);
    await logged(tx, userNo, { ...held, version: version + 1 }, 'deleted');
    return held;
  });
}

async function demandVersion(
  tx: Query,
  userNo: number,
  id: number,
  version: number,
): Promise<SavedView | undefined> {
  const [row] = await tx.query<ViewRow>(
    `SELECT ${columns} FROM saved_view WHERE view_no = $1 AND user_no = $2 FOR UPDATE`,
    [id, userNo],
  );
  if (row === undefined) return undefined;
  if (row.version !== version) throw new StaleVersionError(toView(row));
  return toView(row);
}

/** Without the name, which the log could not forget. */
async function logged(
  tx: Query,
  userNo: number,
  view: SavedView,
  did: 'saved' | 'changed' | 'deleted',
): Promise<SavedView> {
  const { id, version, slot, look } = view;
  const body = { did, slot, look };
  await appendChange(tx, { noun: 'view', id: String(id), version, actor: userActor(userNo), body });
  return view;
}
