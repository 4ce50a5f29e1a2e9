// SQL of tracks: the fixes of one vehicle over a stretch of time.
import type { Fix } from '../model/track.ts';
import type { Database } from './connect.ts';

/** Both ends belong to it: epoch milliseconds. */
export interface TrackRange {
  fromMs: number;
  toMs: number;
}

export interface StoredTrack {
  resolution: 'fix' | 'minute';
  /** In order. */
  fixes: Fix[];
  truncated: boolean;
}

/** A whole day of a vehicle that tells where it is each four seconds. */
export const fixesAtMost = 20_000;
const statementTimeoutMs = 10_000;
/** Fixes are kept for 30 days; a day less, for dropping goes by whole chunks. */
const fixesKeptMs = 29 * 86_400_000;

const sources = {
  fix: `SELECT observed_at AS at, lat_e6, lon_e6 FROM vehicle_position
        WHERE vehicle_no = $1 AND observed_at BETWEEN $2 AND $3 ORDER BY observed_at DESC LIMIT $4`,
  minute: `SELECT bucket AS at, lat_e6, lon_e6 FROM vehicle_minute
           WHERE vehicle_no = $1 AND bucket BETWEEN $2 AND $3 ORDER BY bucket DESC LIMIT $4`,
};

/** @param nowMs older than 29 days before this only minutes are left. */
export async function selectTrack(
  db: Database,
  vehicleNo: number,
  { fromMs, toMs }: TrackRange,
  nowMs: number,
): Promise<StoredTrack> {
  const resolution = fromMs >= nowMs - fixesKeptMs ? 'fix' : 'minute';
  const rows = await db.transaction(async (tx) => {
    await tx.execute(`SET LOCAL statement_timeout = ${statementTimeoutMs}`);
    return tx.query<{ at: Date; lat_e6: number; lon_e6: number }>(sources[resolution], [
      vehicleNo,
      new Date(fromMs),
      new Date(toMs),
      fixesAtMost + 1,
    ]);
  });
  const truncated = rows.length > fixesAtMost;
  const fixes = rows
    .slice(0, fixesAtMost)
    .reverse()
    .map(({ at, lat_e6: lat, lon_e6: lon }): Fix => ({ at: at.getTime(), lat: lat / 1e6, lon: lon / 1e6 }));
  return { resolution, fixes, truncated };
}
