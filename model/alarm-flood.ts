// Alarm floods after ISA-18.2 clause 16.5.3: when one begins and ends, and alarms put together so that a desk can read them.
import type { Alarm } from './alarm.ts';

/** More than so many in the window begin a flood, fewer than `endsBelow` end it: an operator keeps up with one a minute. */
export const flood = { windowMs: 600_000, beginsAbove: 10, endsBelow: 5 } as const;

/**
 * Since when a flood lasts; undefined when there is none.
 * @param raisedAtMs when alarms were annunciated, in any order, epoch milliseconds; of the last hours at least.
 */
export function floodSince(raisedAtMs: readonly number[], nowMs: number): number | undefined {
  const times = raisedAtMs.filter((at) => at <= nowMs).sort((a, b) => a - b);
  let since: number | undefined;
  let first = 0;
  for (const [n, at] of times.entries()) {
    // Between two alarms the window empties: a flood may end there.
    if (since !== undefined && endedBefore(times, first, n, at)) since = undefined;
    while (times[first]! <= at - flood.windowMs) first++;
    if (n - first + 1 > flood.beginsAbove) since ??= at;
  }
  return since !== undefined && endedBefore(times, first, times.length, nowMs) ? undefined : since;
}

/** Whether fewer than `endsBelow` of `times[first..end)` are still in the window just before `at`. */
function endedBefore(times: readonly number[], first: number, end: number, at: number): boolean {
  let inWindow = 0;
  for (let n = end - 1; n >= first && times[n]! > at - flood.windowMs; n--) inWindow++;
  return inWindow < flood.endsBelow;
}

export const isFlood = (raisedAtMs: readonly number[], nowMs: number): boolean =>
  floodSince(raisedAtMs, nowMs) !== undefined;

export interface AlarmGroup {
  /** Stays the same while the group grows. */
  key: string;
  by: 'rule' | 'district';
  /** The rule's id, or the district's name. */
  of: string;
  /** Newest first; at least two. */
  alarms: readonly Alarm[];
}

/** Raised in one kecamatan within this belong together. */
export const groupWithinMs = 120_000;

/**
 * Puts alarms of one rule together, then those that came up in one kecamatan within two minutes. Priority 1 stays alone:
 * a critical alarm is never a line in a list of others.
 * @param alarms newest first.
 * @param districtOf the kecamatan of an alarm's subject; undefined where nothing says where.
 */
export function groupAlarms(
  alarms: readonly Alarm[],
  districtOf: (alarm: Alarm) => string | undefined,
): { alone: Alarm[]; groups: AlarmGroup[] } {
  const groups: AlarmGroup[] = [];
  const rest: Alarm[] = [];
  const byRule = gather(
    alarms.filter(({ priority }) => priority !== 1),
    ({ ruleId }) => ruleId,
  );
  for (const [of, members] of byRule) {
    if (members.length > 1) groups.push({ key: `rule ${of}`, by: 'rule', of, alarms: members });
    else rest.push(...members);
  }
  const grouped = new Set<Alarm>(groups.flatMap((group) => group.alarms));
  const placed = gather(rest, districtOf);
  for (const [of, members] of placed) {
    if (of === undefined) continue;
    for (const close of runsOf(members)) {
      if (close.length < 2) continue;
      for (const alarm of close) grouped.add(alarm);
      groups.push({ key: `district ${of} ${close.at(-1)!.id}`, by: 'district', of, alarms: close });
    }
  }
  return { alone: alarms.filter((alarm) => !grouped.has(alarm)), groups };
}

/** Cuts where two that follow one another were raised further apart. */
function runsOf(alarms: readonly Alarm[]): Alarm[][] {
  const runs: Alarm[][] = [];
  for (const alarm of [...alarms].sort((a, b) => Date.parse(b.raisedAt) - Date.parse(a.raisedAt))) {
    const before = runs.at(-1)?.at(-1);
    if (before && Date.parse(before.raisedAt) - Date.parse(alarm.raisedAt) <= groupWithinMs)
      runs.at(-1)!.push(alarm);
    else runs.push([alarm]);
  }
  return runs;
}

function gather<K>(alarms: readonly Alarm[], keyOf: (alarm: Alarm) => K): Map<K, Alarm[]> {
  const gathered = new Map<K, Alarm[]>();
  for (const alarm of alarms) {
    const key = keyOf(alarm);
    const members = gathered.get(key);
    if (members === undefined) gathered.set(key, [alarm]);
    else members.push(alarm);
  }
  return gathered;
}
