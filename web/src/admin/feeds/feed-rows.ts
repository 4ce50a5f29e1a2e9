// The rows of the feeds table: what ingest says now, what the store counted over the period, and the sources behind. Pure.
import type { Freshness } from '../../../../model/asset.ts';
import type { FeedHistory, FeedMinute, FeedReport, FeedStatus } from '../../../../model/feed.ts';
import type { FormatId, Source } from '../../../../model/source.ts';

export interface FeedRow {
  id: string;
  name: string | null;
  format: FormatId | null;
  transport: FeedStatus['transport'];
  address: string;
  simulated: boolean;
  /** `paused` and `draft` are not taken in; `unknown` was never heard, or ingest itself is silent. */
  state: Freshness | 'unknown' | 'paused' | 'draft';
  fault: string | null;
  /** undefined where ingest does not know the feed. */
  live: FeedStatus | undefined;
  /** Of the period that is shown; undefined while the store does not say. */
  counts: PeriodCounts | undefined;
  /** Of the last hour; made a trend only where it is in sight. */
  minutes: readonly FeedMinute[] | undefined;
  lastMessageAt: number | undefined;
  source: Source | undefined;
}

export interface PeriodCounts {
  received: number;
  rejected: number;
  duplicates: number;
  rejectedByReason: Record<string, number>;
}

/**
 * Stale from half of the time after which it counts as silent. Events have no such time: their silence is no fault; nor is
 * that of a feed which every broker has and nobody ever used.
 */
export function feedFreshness(
  feed: Pick<FeedStatus, 'lastMessageAt' | 'expectedEverySeconds' | 'fault'>,
  nowMs: number,
  isAwaited = true,
): Freshness | 'unknown' {
  if (feed.fault !== null) return 'silent';
  if (feed.lastMessageAt === null)
    return feed.expectedEverySeconds === null || !isAwaited ? 'unknown' : 'silent';
  if (feed.expectedEverySeconds === null) return 'fresh';
  const share = (nowMs - Date.parse(feed.lastMessageAt)) / (feed.expectedEverySeconds * 1000);
  if (share > 1) return 'silent';
  return share > 0.5 ? 'stale' : 'fresh';
}

export interface RowInput {
  report: FeedReport | undefined;
  /** False when the report is only the last that was known. */
  current: boolean;
  history: FeedHistory | undefined;
  sources: readonly Source[];
  nowMs: number;
}

/** One row a feed: those that ingest reports, then the sources that it does not take in, last what was never heard. */
export function toFeedRows(input: RowInput): FeedRow[] {
  const { report, history, sources } = input;
  const bySource = new Map(sources.map((source) => [source.id, source]));
  const byHistory = new Map(history?.feeds.map((feed) => [feed.id, feed]));
  const past = (id: string, live?: FeedStatus): Past => {
    if (history === undefined) return { counts: undefined, minutes: undefined };
    const counted = byHistory.get(id);
    // Ingest that began within the period has counted it too, and is ahead of the store by a minute.
    const fresher = report && Date.parse(report.startedAt) >= Date.parse(history.from) ? live : undefined;
    return { counts: mostOf(counted, fresher), minutes: counted?.minutes ?? [] };
  };
  const rows = (report?.feeds ?? []).map((feed) => {
    const source = bySource.get(feed.id);
    bySource.delete(feed.id);
    return rowOfFeed(feed, source, past(feed.id, feed), input);
  });
  for (const source of bySource.values()) rows.push(rowOfSource(source, past(source.id)));
  const neverHeard = (row: FeedRow): boolean => row.state === 'unknown' && row.lastMessageAt === undefined;
  return [...rows.filter((row) => !neverHeard(row)), ...rows.filter(neverHeard)];
}

type Past = Pick<FeedRow, 'counts' | 'minutes'>;

/** Count by count the larger of two that can only lag behind the truth. */
function mostOf(a: PeriodCounts | undefined, b: PeriodCounts | undefined): PeriodCounts {
  const reasons = new Map(Object.entries(a?.rejectedByReason ?? {}));
  for (const [reason, count] of Object.entries(b?.rejectedByReason ?? {}))
    reasons.set(reason, Math.max(count, reasons.get(reason) ?? 0));
  return {
    received: Math.max(a?.received ?? 0, b?.received ?? 0),
    rejected: Math.max(a?.rejected ?? 0, b?.rejected ?? 0),
    duplicates: Math.max(a?.duplicates ?? 0, b?.duplicates ?? 0),
    rejectedByReason: Object.fromEntries(reasons),
  };
}

function rowOfFeed(feed: FeedStatus, source: Source | undefined, past: Past, input: RowInput): FeedRow {
  const inactive = source !== undefined && source.state !== 'active' ? source.state : undefined;
  const isAwaited = source !== undefined || (past.counts?.received ?? 0) > 0;
  return {
    id: feed.id,
    name: source?.name ?? feed.name,
    format: feed.format,
    transport: feed.transport,
    address: feed.address,
    simulated: feed.simulated,
    state: inactive ?? (input.current ? feedFreshness(feed, input.nowMs, isAwaited) : 'unknown'),
    fault: feed.fault,
    live: feed,
    ...past,
    lastMessageAt: feed.lastMessageAt === null ? undefined : Date.parse(feed.lastMessageAt),
    source,
  };
}

function rowOfSource(source: Source, past: Past): FeedRow {
  return {
    id: source.id,
    name: source.name,
    format: source.format,
    transport: source.transport,
    address: [source.address, source.topicFilter].filter((part) => part !== null).join(' '),
    simulated: false,
    state: source.state === 'active' ? 'unknown' : source.state,
    fault: null,
    live: undefined,
    ...past,
    lastMessageAt: undefined,
    source,
  };
}

/** Rows whose name, id, address or format hold every word that was typed. */
export function filterRows(
  rows: readonly FeedRow[],
  text: string,
  sayName: (row: FeedRow) => string,
): FeedRow[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [...rows];
  return rows.filter((row) => {
    const said = `${sayName(row)} ${row.id} ${row.address} ${row.format ?? ''}`.toLowerCase();
    return words.every((word) => said.includes(word));
  });
}

/** How many rows are in each state. */
export function countStates(rows: readonly FeedRow[]): Record<FeedRow['state'], number> {
  const counts = { fresh: 0, stale: 0, silent: 0, unknown: 0, paused: 0, draft: 0 };
  for (const row of rows) counts[row.state]++;
  return counts;
}

export const periods = ['hour', 'today', 'week'] as const;
export type Period = (typeof periods)[number];

const hourMs = 3_600_000;

/** When a period began, epoch milliseconds; today begins at midnight of the city. */
export function periodStart(period: Period, nowMs: number, timeZone: string): number {
  if (period === 'hour') return nowMs - hourMs;
  if (period === 'week') return nowMs - 7 * 24 * hourMs;
  const clock = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  }).format(nowMs);
  const [hours = 0, minutes = 0, seconds = 0] = clock.split(':').map(Number);
  return nowMs - ((hours * 60 + minutes) * 60 + seconds) * 1000 - (nowMs % 1000);
}
