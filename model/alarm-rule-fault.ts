// What is wrong with a rule beyond its schema, so that it could never do what it says: the first fault, by its field.
import type { AlarmCondition, AlarmRuleText, ConditionOf } from './alarm-rule.ts';
import { parseAssetId, type AssetKind } from './asset.ts';
import { metrics } from './metrics.ts';

export type RuleFaultCode =
  | 'empty-text'
  | 'limit-out-of-reach'
  | 'never-returns'
  | 'change-out-of-reach'
  | 'area-not-one'
  | 'area-empty'
  | 'wrong-kind'
  | 'unknown'
  | 'suppresses-itself'
  | 'suppress-each-other';

export interface RuleFault {
  /** As a path within the rule: `condition.limit`. */
  field: string;
  /** A sentence for people. */
  detail: string;
  /** The same for who says it in another language, with what the sentence speaks of. */
  code: RuleFaultCode;
  given: Readonly<Record<string, string | number>>;
}

/** What the rule may name. */
export interface KnownCity {
  districtCodes: ReadonlySet<string>;
  routeIds: ReadonlySet<string>;
  agencyIds: ReadonlySet<string>;
  feedIds: ReadonlySet<string>;
  /** Every other rule with what suppresses it. */
  suppressedBy: ReadonlyMap<string, readonly string[]>;
}

/** @param id of the rule itself; undefined while it has none. */
export function alarmRuleFault(rule: AlarmRuleText, known: KnownCity, id?: string): RuleFault | undefined {
  return (
    wordsFault(rule) ??
    conditionFault(rule.condition, known) ??
    ownerFault(rule, known) ??
    suppressionFault(rule, known, id)
  );
}

function wordsFault({ name, rationalisation, procedure }: AlarmRuleText): RuleFault | undefined {
  const { cause, consequence, action } = rationalisation;
  const all = [
    ['name', name],
    ['rationalisation.cause', cause],
    ['rationalisation.consequence', consequence],
    ['rationalisation.action', action],
    ...procedure.map((step, n) => [`procedure.${n}`, step] as const),
  ] as const;
  for (const [field, words] of all) {
    for (const language of ['id', 'en'] as const)
      if (words[language].trim() === '')
        return { field: `${field}.${language}`, detail: 'The text is empty.', code: 'empty-text', given: {} };
  }
  return undefined;
}

function conditionFault(condition: AlarmCondition, known: KnownCity): RuleFault | undefined {
  const fault = kindFault(condition, known) ?? assetsFault(condition, known);
  return fault && { ...fault, field: `condition.${fault.field}` };
}

function kindFault(condition: AlarmCondition, known: KnownCity): RuleFault | undefined {
  switch (condition.kind) {
    case 'threshold':
    case 'agreeing':
      return limitFault(condition);
    case 'rate-of-change':
      return changeFault(condition);
    case 'headway':
    case 'bunching':
    case 'off-route':
      return unknownOf('routeIds', condition.routeIds, known.routeIds, 'line');
    case 'feed-silent':
      return unknownOf('feedIds', condition.feedIds, known.feedIds, 'feed');
    case 'geofence':
      return areaFault(condition, known);
    case 'silence':
    case 'camera-offline':
      return undefined;
  }
}

/** A limit that no plausible value passes would never raise; a dead band beyond the range would never return. */
function limitFault(condition: ConditionOf<'threshold'> | ConditionOf<'agreeing'>): RuleFault | undefined {
  const { metric, side, limit, deadband } = condition;
  const { min, max, unit } = metrics[metric];
  const range = `${min} to ${max} ${unit}`.trim();
  const reachable = side === 'above' ? limit >= min && limit < max : limit > min && limit <= max;
  if (!reachable)
    return {
      field: 'limit',
      detail: `${metric} is plausible from ${range}: nothing plausible lies ${side} ${limit}.`,
      code: 'limit-out-of-reach',
      given: { metric, side, limit, min, max },
    };
  const clearsAt = side === 'above' ? limit - deadband : limit + deadband;
  if (clearsAt < min || clearsAt > max)
    return {
      field: 'deadband',
      detail: `The alarm would return at ${clearsAt}, outside of what is plausible (${range}): it would stand for ever.`,
      code: 'never-returns',
      given: { metric, clearsAt, min, max },
    };
  return undefined;
}

function changeFault({ metric, change }: ConditionOf<'rate-of-change'>): RuleFault | undefined {
  const { min, max, unit } = metrics[metric];
  if (change <= max - min) return undefined;
  const detail = `${metric} is plausible from ${min} to ${max} ${unit}: it cannot change by ${change}.`;
  return { field: 'change', detail, code: 'change-out-of-reach', given: { metric, change, min, max } };
}

function areaFault(
  { ring, districtCodes }: ConditionOf<'geofence'>,
  known: KnownCity,
): RuleFault | undefined {
  if ((ring === undefined) === (districtCodes === undefined))
    return {
      field: ring === undefined ? 'districtCodes' : 'ring',
      detail: 'The area is either a ring or the codes of kecamatan: give one of them.',
      code: 'area-not-one',
      given: {},
    };
  if (districtCodes !== undefined)
    return unknownOf('districtCodes', districtCodes, known.districtCodes, 'kecamatan');
  if (areaOf(ring!) > 0) return undefined;
  return { field: 'ring', detail: 'The ring encloses nothing.', code: 'area-empty', given: {} };
}

/** In square degrees, by the shoelace formula. */
function areaOf(ring: readonly (readonly [number, number])[]): number {
  let twice = 0;
  ring.forEach(([x, y], n) => {
    const [nextX, nextY] = ring[(n + 1) % ring.length]!;
    twice += x * nextY - nextX * y;
  });
  return Math.abs(twice) / 2;
}

const kindOf = (condition: AlarmCondition): AssetKind | undefined => {
  switch (condition.kind) {
    case 'threshold':
    case 'rate-of-change':
    case 'agreeing':
      return 'sensor';
    case 'silence':
      return condition.assetKind;
    case 'geofence':
      return 'vehicle';
    case 'camera-offline':
      return 'camera';
    default:
      return undefined;
  }
};

function assetsFault(condition: AlarmCondition, known: KnownCity): RuleFault | undefined {
  if (!('assets' in condition)) return undefined;
  const { ids = [], districtCodes = [] } = condition.assets;
  const kind = kindOf(condition);
  const wrong = ids.findIndex((id) => parseAssetId(id)?.kind !== kind);
  if (wrong >= 0)
    return {
      field: `assets.ids.${wrong}`,
      detail: `${ids[wrong]!} is no id of a ${kind}: ${kind}:… is expected.`,
      code: 'wrong-kind',
      given: { id: ids[wrong]!, kind: kind! },
    };
  return unknownOf('assets.districtCodes', districtCodes, known.districtCodes, 'kecamatan');
}

function unknownOf(
  field: string,
  given: readonly string[],
  known: ReadonlySet<string>,
  noun: string,
): RuleFault | undefined {
  const n = given.findIndex((id) => !known.has(id));
  return n < 0 ? undefined : unknownFault(`${field}.${n}`, noun, given[n]!);
}

const unknownFault = (field: string, noun: string, id: string): RuleFault => ({
  field,
  detail: `The city knows no ${noun} ${id}.`,
  code: 'unknown',
  given: { noun, id },
});

function ownerFault({ rationalisation }: AlarmRuleText, { agencyIds }: KnownCity): RuleFault | undefined {
  const { owner } = rationalisation;
  if (agencyIds.has(owner)) return undefined;
  return unknownFault('rationalisation.owner', 'agency', owner);
}

/** Two alarms that explain each other away would both be hidden. */
function suppressionFault(
  { suppressedByRuleIds }: AlarmRuleText,
  { suppressedBy }: KnownCity,
  id: string | undefined,
): RuleFault | undefined {
  for (const [n, other] of suppressedByRuleIds.entries()) {
    const field = `suppressedByRuleIds.${n}`;
    if (other === id)
      return { field, detail: 'A rule cannot suppress itself.', code: 'suppresses-itself', given: {} };
    if (!suppressedBy.has(other)) return unknownFault(field, 'rule', other);
    if (id !== undefined && reaches(other, id, suppressedBy))
      return {
        field,
        detail: `${other} is suppressed by this rule already: both would be hidden.`,
        code: 'suppress-each-other',
        given: { id: other },
      };
  }
  return undefined;
}

function reaches(from: string, to: string, suppressedBy: KnownCity['suppressedBy']): boolean {
  const seen = new Set([from]);
  for (const id of seen) {
    const next = suppressedBy.get(id) ?? [];
    if (next.includes(to)) return true;
    for (const each of next) seen.add(each);
  }
  return false;
}
