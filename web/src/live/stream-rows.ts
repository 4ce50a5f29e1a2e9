// The rows of the stream: what calls for somebody on top, then what is grave and still so, the rest by time; in a flood alarms are put together. Pure.
import { isUnanswered, type Alarm, type AlarmPriority } from '../../../model/alarm.ts';
import { floodSince, groupAlarms, type AlarmGroup } from '../../../model/alarm-flood.ts';
import { newestFirst, occurrenceKey, raisedMs } from './alarm-list.ts';
import { filterOf, keptEntries, type Entry, type StreamFilter } from './stream-entries.ts';

export type StreamRow = { key: string; at: number } & (
  | { kind: 'alarm'; alarm: Alarm; inGroup: boolean }
  | { kind: 'group'; group: AlarmGroup; open: boolean }
  | { kind: 'entry'; entry: Entry }
);

export interface StreamQuery {
  filter: StreamFilter;
  /** Only alarms of this priority. */
  priority: AlarmPriority | undefined;
  /** Of the text filter, both put into lower case by the caller; empty matches all. */
  alarmMatches: (alarm: Alarm) => boolean;
  entryMatches: (entry: Entry) => boolean;
}

export interface StreamSource {
  /** Those that stand. */
  standing: readonly Alarm[];
  /** Occurrences that are over. */
  over: readonly Alarm[];
  /** Newest first. */
  entries: readonly Entry[];
  /** While a flood lasts: how a desk can read it; undefined otherwise. */
  groups: readonly AlarmGroup[] | undefined;
  openGroups: ReadonlySet<string>;
}

/** The stream as rows; alarms are never left out for want of room, other entries are. */
export function toRows(source: StreamSource, query: StreamQuery): StreamRow[] {
  const { filter, priority } = query;
  const wanted = (alarm: Alarm): boolean =>
    (priority === undefined || alarm.priority === priority) && query.alarmMatches(alarm);
  const withAlarms = filter === 'all' || filter === 'alarms';
  const standing = withAlarms ? source.standing.filter(wanted) : [];
  const grouped = groupRows(source, standing);
  const top = standing
    .filter((alarm) => isUnanswered(alarm) && !grouped.members.has(alarm))
    .sort(newestFirst);
  const below = standing.filter((alarm) => !isUnanswered(alarm) && !grouped.members.has(alarm));
  // What somebody has seen and still holds must not sink under what happens since: the grave stay in sight.
  const held = below.filter(isHeld).sort((a, b) => a.priority - b.priority || newestFirst(a, b));
  const quiet = below.filter((alarm) => !isHeld(alarm));
  const over = withAlarms ? source.over.filter(wanted) : [];
  const onlyAlarms = filter === 'alarms' || priority !== undefined;
  const entries = onlyAlarms
    ? []
    : source.entries.filter(
        (entry) => (filter === 'all' || filterOf(entry) === filter) && query.entryMatches(entry),
      );
  const first: StreamRow[] = [...grouped.rows.filter(callsSomebody), ...top.map(alarmRow)].sort(
    (a, b) => Number(isCritical(b)) - Number(isCritical(a)) || b.at - a.at,
  );
  const rest = [
    ...grouped.rows.filter((row) => !callsSomebody(row)),
    ...[...quiet, ...over].map(alarmRow),
  ].sort((a, b) => b.at - a.at);
  const room = Math.max(0, keptEntries - first.length - held.length - rest.length);
  return unfold([...first, ...held.map(alarmRow), ...merge(rest, entries.slice(0, room))]);
}

/** How many rows each tab has, whatever the text filter says. */
export function countRows({
  standing,
  over,
  entries,
}: Pick<StreamSource, 'standing' | 'over' | 'entries'>): Record<StreamFilter, number> {
  const alarms = standing.length + over.length;
  let assets = 0;
  for (const entry of entries) if (filterOf(entry) === 'assets') assets++;
  return { all: alarms + entries.length, alarms, feeds: entries.length - assets, assets };
}

/**
 * While a flood lasts, the alarms that came up in it put together.
 * @param alarms those that were annunciated lately, whether they stand or are over.
 */
export function floodGroups(
  alarms: readonly Alarm[],
  nowMs: number,
  districtOf: (alarm: Alarm) => string | undefined,
): { since: number; raised: number; groups: AlarmGroup[] } | undefined {
  const annunciated = alarms.filter(({ state }) => state !== 'suppressed' && state !== 'out-of-service');
  const since = floodSince(annunciated.map(raisedMs), nowMs);
  if (since === undefined) return undefined;
  const inFlood = annunciated.filter((alarm) => raisedMs(alarm) > since - 600_000).sort(newestFirst);
  const calling = inFlood.filter(isUnanswered);
  return { since, raised: inFlood.length, groups: groupAlarms(calling, districtOf).groups };
}

const alarmRow = (alarm: Alarm): StreamRow => ({
  key: occurrenceKey(alarm),
  at: raisedMs(alarm),
  kind: 'alarm',
  alarm,
  inGroup: false,
});

function groupRows(
  { groups, openGroups }: StreamSource,
  standing: readonly Alarm[],
): { rows: StreamRow[]; members: ReadonlySet<Alarm> } {
  const members = new Set<Alarm>();
  const rows: StreamRow[] = [];
  const shown = new Set(standing);
  for (const group of groups ?? []) {
    const alarms = group.alarms.filter((alarm) => shown.has(alarm));
    if (alarms.length < 2) continue;
    for (const alarm of alarms) members.add(alarm);
    const open = openGroups.has(group.key);
    rows.push({ key: group.key, at: raisedMs(alarms[0]!), kind: 'group', group: { ...group, alarms }, open });
  }
  return { rows, members };
}

const callsSomebody = (row: StreamRow): boolean =>
  row.kind === 'group' && row.group.alarms.some(isUnanswered);

/** Acknowledged and still so, of the two priorities that cannot wait. */
const isHeld = ({ state, priority }: Alarm): boolean => state === 'acknowledged' && priority <= 2;

const isCritical = (row: StreamRow): boolean => row.kind === 'alarm' && row.alarm.priority === 1;

/** Both newest first. */
function merge(rows: readonly StreamRow[], entries: readonly Entry[]): StreamRow[] {
  const merged: StreamRow[] = [];
  let next = 0;
  for (const entry of entries) {
    while (next < rows.length && rows[next]!.at >= entry.at) merged.push(rows[next++]!);
    merged.push({ key: entry.key, at: entry.at, kind: 'entry', entry });
  }
  while (next < rows.length) merged.push(rows[next++]!);
  return merged;
}

/** Under an open group its alarms. */
const unfold = (rows: readonly StreamRow[]): StreamRow[] =>
  rows.flatMap((row) =>
    row.kind === 'group' && row.open
      ? [
          row,
          ...row.group.alarms.map((alarm) => ({
            ...(alarmRow(alarm) as StreamRow & { kind: 'alarm' }),
            inGroup: true,
          })),
        ]
      : [row],
  );
