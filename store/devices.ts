// SQL of devices: who may sign in at the broker, and the topics of each.
import type { Device, DeviceWithPassword } from '../model/device.ts';
import { appendChange } from './changes.ts';
import type { Database, Query } from './connect.ts';
import { hashDevicePassword, newDevicePassword } from './device-passwords.ts';
import type { MosquittoDevice } from './mosquitto-files.ts';

interface DeviceRow {
  username: string;
  note: string;
  publish: string[];
  subscribe: string[];
  created_at: Date;
  revoked_at: Date | null;
  version: number;
}

const columns = 'username, note, publish, subscribe, created_at, revoked_at, version';

const toDevice = (row: DeviceRow): Device => ({
  username: row.username,
  note: row.note,
  publish: row.publish,
  subscribe: row.subscribe,
  createdAt: row.created_at.toISOString(),
  revokedAt: row.revoked_at?.toISOString() ?? null,
  version: row.version,
});

/** Somebody of that name may sign in already. */
export class DeviceTakenError extends Error {
  override name = 'DeviceTakenError';
}

/** Every device by name, those that were revoked among them. */
export async function selectDevices(db: Query): Promise<Device[]> {
  const rows = await db.query<DeviceRow>(`SELECT ${columns} FROM device ORDER BY username COLLATE "C"`);
  return rows.map(toDevice);
}

/** Who may sign in, with hashes: for the broker. Those that were revoked are left out. */
export async function selectDevicesForBroker(db: Query): Promise<MosquittoDevice[]> {
  return db.query<MosquittoDevice>(
    `SELECT username, password_hash AS "passwordHash", publish, subscribe FROM device
     WHERE revoked_at IS NULL ORDER BY username COLLATE "C"`,
  );
}

export type DeviceRights = Pick<Device, 'username' | 'note' | 'publish' | 'subscribe'>;

/**
 * Lets a device in under a new password, which is in the answer and nowhere else. A name that was revoked may be given
 * again.
 * @throws {DeviceTakenError}
 */
export async function insertDevice(
  db: Database,
  device: DeviceRights,
  actor: string,
): Promise<DeviceWithPassword> {
  const password = newDevicePassword();
  const hash = await hashDevicePassword(password);
  return db.transaction(async (tx) => {
    const [row] = await tx.query<DeviceRow>(
      `INSERT INTO device (username, password_hash, publish, subscribe, note) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (username) DO UPDATE SET password_hash = excluded.password_hash, publish = excluded.publish,
         subscribe = excluded.subscribe, note = excluded.note, created_at = now(), revoked_at = NULL,
         version = device.version + 1
       WHERE device.revoked_at IS NOT NULL
       RETURNING ${columns}`,
      [device.username, hash, device.publish, device.subscribe, device.note],
    );
    if (row === undefined) throw new DeviceTakenError(`there is a device named ${device.username} already`);
    await logDevice(tx, row, actor, 'created');
    return { ...toDevice(row), password };
  });
}

/**
 * Shuts a device out; asked again, nothing more happens.
 * @returns undefined when there is none of that name.
 */
export async function revokeDevice(
  db: Database,
  username: string,
  actor: string,
): Promise<Device | undefined> {
  return db.transaction(async (tx) => {
    const [row] = await tx.query<DeviceRow>(
      `UPDATE device SET revoked_at = now(), version = version + 1
       WHERE username = $1 AND revoked_at IS NULL RETURNING ${columns}`,
      [username],
    );
    if (row === undefined) return selectDevice(tx, username);
    await logDevice(tx, row, actor, 'revoked');
    return toDevice(row);
  });
}

async function selectDevice(db: Query, username: string): Promise<Device | undefined> {
  const [row] = await db.query<DeviceRow>(`SELECT ${columns} FROM device WHERE username = $1`, [username]);
  return row && toDevice(row);
}

/** Without the note, in which people may be named. */
const logDevice = (tx: Query, row: DeviceRow, actor: string, did: 'created' | 'revoked'): Promise<number> => {
  const { username: id, version, publish, subscribe } = row;
  return appendChange(tx, { noun: 'device', id, version, actor, body: { did, publish, subscribe } });
};
