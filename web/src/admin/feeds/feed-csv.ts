// The feeds table as CSV (RFC 4180), for spreadsheets: nothing in it can be taken for a formula. Pure.
import { toCsv } from '../../ui/csv.ts';
import type { FeedRow } from './feed-rows.ts';

const header = [
  'id',
  'name',
  'address',
  'format',
  'state',
  'simulated',
  'rate_per_second',
  'lag_p50_ms',
  'lag_p99_ms',
  'received',
  'rejected',
  'rejected_by_reason',
  'duplicates',
  'waiting',
  'last_message_at',
  'fault',
];

/** With a byte order mark, so that spreadsheets read it as UTF-8; times are ISO 8601 UTC. */
export function toFeedCsv(rows: readonly FeedRow[], sayName: (row: FeedRow) => string): string {
  const lines = rows.map((row) => {
    const reasons = Object.entries(row.counts?.rejectedByReason ?? {});
    return [
      row.id,
      sayName(row),
      row.address,
      row.format,
      row.state,
      String(row.simulated),
      row.live?.ratePerSecond,
      row.live?.lagP50Ms,
      row.live?.lagP99Ms,
      row.counts?.received,
      row.counts?.rejected,
      reasons.map(([reason, count]) => `${reason} ${count}`).join('; '),
      row.counts?.duplicates,
      row.live?.waiting,
      row.lastMessageAt === undefined ? undefined : new Date(row.lastMessageAt).toISOString(),
      row.fault,
    ];
  });
  return toCsv(header, lines);
}
