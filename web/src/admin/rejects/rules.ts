// The rules of a feed as people edit them: how its clock is read, and what its names mean. Pure.
import type { Reject } from '../../../../model/feed.ts';
import { isMetricId } from '../../../../model/metrics.ts';
import type { Mapping } from '../../../../model/source.ts';

export type Reading = NonNullable<NonNullable<Mapping['metrics']>[string]>;

/** Zones in which devices of the archipelago write local time as if it were UTC. */
export const localClocks = [
  { minutes: -420, zone: 'WIB (UTC+7)' },
  { minutes: -480, zone: 'WITA (UTC+8)' },
  { minutes: -540, zone: 'WIT (UTC+9)' },
] as const;

const nearMs = 15 * 60_000;

/** How far ahead of our clock a reject of the future was, in seconds. */
function aheadSeconds(reject: Pick<Reject, 'reason' | 'detail'>): number | undefined {
  if (reject.reason !== 'future') return undefined;
  const found = /^(\d+) s ahead/.exec(reject.detail);
  return found ? Number(found[1]) : undefined;
}

/**
 * The clock that explains most of the rejects, in minutes to be added: -420 when they are seven hours ahead, as WIB is
 * that was written as UTC. A feed that is late makes it a little less, never more.
 */
export function suggestClock(rejects: readonly Pick<Reject, 'reason' | 'detail'>[]): number | undefined {
  const ahead = rejects.map(aheadSeconds).filter((seconds) => seconds !== undefined);
  if (ahead.length === 0) return undefined;
  for (const { minutes } of localClocks) {
    const near = ahead.filter((seconds) => Math.abs(seconds * 1000 + minutes * 60_000) <= nearMs);
    if (near.length * 2 > ahead.length) return minutes;
  }
  return undefined;
}

/** The names that rejects complain of: `"kPa"` in the words of `unknown-metric`, or the end of their field. */
export function namesAtFault(rejects: readonly Pick<Reject, 'reason' | 'field' | 'detail'>[]): string[] {
  const names = new Set<string>();
  for (const { reason, field, detail } of rejects) {
    if (!['unknown-metric', 'unknown-unit', 'out-of-range'].includes(reason)) continue;
    const quoted = reason === 'unknown-metric' ? /"((?:[^"\\]|\\.)+)"/.exec(detail)?.[1] : undefined;
    const name = quoted ?? field?.split('.').at(-1);
    if (name && name.length <= 128) names.add(name);
  }
  return [...names].sort();
}

export type NameRule = 'as-is' | 'leave-out' | Reading;

export function ruleOf(mapping: Mapping, name: string): NameRule {
  if (mapping.metrics === undefined || !Object.hasOwn(mapping.metrics, name)) return 'as-is';
  return mapping.metrics[name] ?? 'leave-out';
}

/** The mapping with one name read otherwise; everything else as it was. */
export function withRule(mapping: Mapping, name: string, rule: NameRule): Mapping {
  const metrics = new Map(Object.entries(mapping.metrics ?? {}));
  if (rule === 'as-is') metrics.delete(name);
  else metrics.set(name, rule === 'leave-out' ? null : rule);
  const { metrics: _before, ...rest } = mapping;
  return metrics.size === 0 ? rest : { ...rest, metrics: Object.fromEntries(metrics) };
}

export function withClock(mapping: Mapping, minutes: number): Mapping {
  const { clockOffsetMinutes: _before, ...rest } = mapping;
  return minutes === 0 ? rest : { ...rest, clockOffsetMinutes: minutes };
}

/** What a select of metrics and units was set to: '' as it is, '-' left out. */
export function toRule(chosen: string, unit: string): NameRule {
  if (chosen === '-') return 'leave-out';
  if (!isMetricId(chosen)) return 'as-is';
  return unit.trim() === '' ? { metric: chosen } : { metric: chosen, unit: unit.trim() };
}

export const fromRule = (rule: NameRule): { chosen: string; unit: string } => {
  if (rule === 'as-is') return { chosen: '', unit: '' };
  if (rule === 'leave-out') return { chosen: '-', unit: '' };
  return { chosen: rule.metric, unit: rule.unit ?? '' };
};

/** Whether two mappings read a feed the same way, whatever order they were written in. */
export const sameMapping = (a: Mapping, b: Mapping): boolean => canonical(a) === canonical(b);

const canonical = (mapping: Mapping): string =>
  JSON.stringify([
    mapping.clockOffsetMinutes ?? 0,
    mapping.keepIdentities ?? false,
    Object.entries(mapping.metrics ?? {})
      .map(([name, rule]) => [name, rule?.metric ?? null, rule?.unit ?? null])
      .sort(([a], [b]) => String(a).localeCompare(String(b))),
  ]);

/** Which devices were refused most: the topic's word that tells them apart. */
export function topDevices(
  rejects: readonly Pick<Reject, 'topic'>[],
  most = 5,
): { name: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const { topic } of rejects) counts.set(topic, (counts.get(topic) ?? 0) + 1);
  const named = shortNames([...counts.keys()]);
  return [...counts]
    .map(([topic, count]) => ({ name: named.get(topic) ?? topic, count }))
    .sort((a, b) => b.count - a.count || a.name.localeCompare(b.name))
    .slice(0, most);
}

/** Topics less the levels at which all of them agree. */
function shortNames(topics: readonly string[]): Map<string, string> {
  const split = topics.map((topic) => topic.split('/'));
  const first = split[0];
  const sameShape = first !== undefined && split.every((parts) => parts.length === first.length);
  if (!sameShape || topics.length < 2) return new Map(topics.map((topic) => [topic, deviceOf(topic)]));
  const differs = first.map((_, level) => split.some((parts) => parts[level] !== first[level]));
  return new Map(
    topics.map((topic, index) => [topic, split[index]!.filter((_, level) => differs[level]).join('/')]),
  );
}

/** Of a single topic, the level that names a device in the formats we know; else all of it. */
const deviceOf = (topic: string): string =>
  /(?:^|\/)(?:devices|vehicle|sensor|camera)\/([^/]+)/.exec(topic)?.[1] ?? topic;
