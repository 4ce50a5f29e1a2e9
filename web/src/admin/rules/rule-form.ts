// The form of a rule: every field as it is typed, made from a rule and made into one. Pure.
import type {
  AlarmCondition,
  AlarmConditionKind,
  AlarmRuleText,
  ConditionOf,
} from '../../../../model/alarm-rule.ts';
import type { AlarmPriority } from '../../../../model/alarm.ts';
import type { MetricId } from '../../../../model/metrics.ts';
import type { Words } from '../../../../model/words.ts';

export interface RuleForm {
  name: Words;
  priority: AlarmPriority;
  kind: AlarmConditionKind;
  metric: MetricId;
  valueSide: 'above' | 'below';
  changeSide: 'rises' | 'falls';
  areaSide: 'inside' | 'outside';
  limit: string;
  deadband: string;
  change: string;
  withinMinutes: string;
  assetKind: 'vehicle' | 'sensor' | 'camera';
  afterIntervals: string;
  routeIds: string[];
  longerThanMinutes: string;
  closerThanM: string;
  atLeast: string;
  areaBy: 'districts' | 'ring';
  ring: string;
  areaDistricts: string[];
  furtherThanM: string;
  feedIds: string;
  ids: string;
  idPrefix: string;
  districtCodes: string[];
  onDelaySeconds: string;
  offDelaySeconds: string;
  cause: Words;
  consequence: Words;
  action: Words;
  respondWithinMinutes: string;
  owner: string;
  procedure: Words[];
  suppressedByRuleIds: string[];
}

const blank = (): Words => ({ id: '', en: '' });

export const emptyRuleForm = (): RuleForm => ({
  name: blank(),
  priority: 3,
  kind: 'threshold',
  metric: 'pm25',
  valueSide: 'above',
  changeSide: 'rises',
  areaSide: 'inside',
  limit: '',
  deadband: '',
  change: '',
  withinMinutes: '30',
  assetKind: 'sensor',
  afterIntervals: '10',
  routeIds: [],
  longerThanMinutes: '30',
  closerThanM: '100',
  atLeast: '2',
  areaBy: 'districts',
  ring: '',
  areaDistricts: [],
  furtherThanM: '200',
  feedIds: '',
  ids: '',
  idPrefix: '',
  districtCodes: [],
  onDelaySeconds: '60',
  offDelaySeconds: '60',
  cause: blank(),
  consequence: blank(),
  action: blank(),
  respondWithinMinutes: '15',
  owner: '',
  procedure: [],
  suppressedByRuleIds: [],
});

const text = (value: number): string => String(value).replace('.', ',');
const minutesText = (seconds: number): string => text(seconds / 60);

export function ruleFormOf(rule: AlarmRuleText): RuleForm {
  const { condition, rationalisation } = rule;
  return {
    ...emptyRuleForm(),
    ...fieldsOf(condition),
    ...('assets' in condition ? assetFieldsOf(condition.assets) : {}),
    kind: condition.kind,
    name: { ...rule.name },
    priority: rule.priority,
    onDelaySeconds: text(rule.onDelaySeconds),
    offDelaySeconds: text(rule.offDelaySeconds),
    cause: { ...rationalisation.cause },
    consequence: { ...rationalisation.consequence },
    action: { ...rationalisation.action },
    respondWithinMinutes: text(rationalisation.respondWithinMinutes),
    owner: rationalisation.owner,
    procedure: rule.procedure.map((step) => ({ ...step })),
    suppressedByRuleIds: [...rule.suppressedByRuleIds],
  };
}

type Assets = ConditionOf<'threshold'>['assets'];

const assetFieldsOf = ({ ids = [], idPrefix = '', districtCodes = [] }: Assets): Partial<RuleForm> => ({
  ids: ids.join('\n'),
  idPrefix,
  districtCodes: [...districtCodes],
});

function fieldsOf(condition: AlarmCondition): Partial<RuleForm> {
  switch (condition.kind) {
    case 'threshold':
    case 'agreeing': {
      const { metric, side, limit, deadband } = condition;
      const atLeast = condition.kind === 'agreeing' ? { atLeast: text(condition.atLeast) } : {};
      return { metric, valueSide: side, limit: text(limit), deadband: text(deadband), ...atLeast };
    }
    case 'rate-of-change': {
      const { metric, side, change, withinSeconds } = condition;
      return { metric, changeSide: side, change: text(change), withinMinutes: minutesText(withinSeconds) };
    }
    case 'silence':
      return { assetKind: condition.assetKind, afterIntervals: text(condition.afterIntervals) };
    case 'headway':
      return {
        routeIds: [...condition.routeIds],
        longerThanMinutes: minutesText(condition.longerThanSeconds),
      };
    case 'bunching':
      return {
        routeIds: [...condition.routeIds],
        closerThanM: text(condition.closerThanM),
        atLeast: text(condition.atLeast),
      };
    case 'geofence':
      return {
        areaSide: condition.side,
        areaBy: condition.ring === undefined ? 'districts' : 'ring',
        ring: (condition.ring ?? []).map((corner) => corner.join(', ')).join('\n'),
        areaDistricts: [...(condition.districtCodes ?? [])],
      };
    case 'off-route':
      return { routeIds: [...condition.routeIds], furtherThanM: text(condition.furtherThanM) };
    case 'feed-silent':
      return { feedIds: condition.feedIds.join('\n') };
    case 'camera-offline':
      return {};
  }
}

/** What cannot be read is NaN: as JSON it is null, and the server says which field that is. */
export const numberOf = (typed: string): number =>
  typed.trim() === '' ? Number.NaN : Number(typed.trim().replace(',', '.'));
const secondsOf = (minutes: string): number => Math.round(numberOf(minutes) * 60);
const linesOf = (typed: string): string[] =>
  typed
    .split(/[\n;]/)
    .map((line) => line.trim())
    .filter(Boolean);
const trimmed = ({ id, en }: Words): Words => ({ id: id.trim(), en: en.trim() });

export function toRuleText(form: RuleForm): AlarmRuleText {
  return {
    name: trimmed(form.name),
    priority: form.priority,
    condition: toCondition(form),
    onDelaySeconds: numberOf(form.onDelaySeconds),
    offDelaySeconds: numberOf(form.offDelaySeconds),
    rationalisation: {
      cause: trimmed(form.cause),
      consequence: trimmed(form.consequence),
      action: trimmed(form.action),
      respondWithinMinutes: numberOf(form.respondWithinMinutes),
      owner: form.owner,
    },
    procedure: form.procedure.map(trimmed),
    suppressedByRuleIds: [...form.suppressedByRuleIds],
  };
}

function toCondition(form: RuleForm): AlarmCondition {
  const { kind, metric, routeIds, districtCodes } = form;
  const ids = linesOf(form.ids);
  const idPrefix = form.idPrefix.trim();
  const assets = {
    ...(ids.length > 0 ? { ids } : {}),
    ...(idPrefix === '' ? {} : { idPrefix }),
    ...(districtCodes.length > 0 ? { districtCodes: [...districtCodes] } : {}),
  };
  const measured = {
    metric,
    side: form.valueSide,
    limit: numberOf(form.limit),
    deadband: numberOf(form.deadband),
    assets,
  };
  switch (kind) {
    case 'threshold':
      return { kind, ...measured };
    case 'agreeing':
      return { kind, ...measured, atLeast: numberOf(form.atLeast) };
    case 'rate-of-change':
      return {
        kind,
        metric,
        side: form.changeSide,
        change: numberOf(form.change),
        withinSeconds: secondsOf(form.withinMinutes),
        assets,
      };
    case 'silence':
      return { kind, assetKind: form.assetKind, afterIntervals: numberOf(form.afterIntervals), assets };
    case 'headway':
      return { kind, routeIds: [...routeIds], longerThanSeconds: secondsOf(form.longerThanMinutes) };
    case 'bunching':
      return {
        kind,
        routeIds: [...routeIds],
        closerThanM: numberOf(form.closerThanM),
        atLeast: numberOf(form.atLeast),
      };
    case 'geofence':
      return form.areaBy === 'ring'
        ? { kind, side: form.areaSide, ring: toRing(form.ring), assets }
        : { kind, side: form.areaSide, districtCodes: [...form.areaDistricts], assets };
    case 'off-route':
      return { kind, routeIds: [...routeIds], furtherThanM: numberOf(form.furtherThanM) };
    case 'camera-offline':
      return { kind, assets };
    case 'feed-silent':
      return { kind, feedIds: linesOf(form.feedIds) };
  }
}

/** `99.06, 2.95` a line; decimal commas only where a space parts the two. */
const toRing = (typed: string): [number, number][] =>
  linesOf(typed).map((line) => {
    const [lon = '', lat = ''] = line.includes('.') ? line.split(/[,\s]+/) : line.split(/\s+/);
    return [numberOf(lon), numberOf(lat)];
  });

/** Fields that are empty or no number, as paths that the server would name, before it is asked. */
export function faultsOfRule(
  rule: AlarmRuleText,
  w: { needText: string; needNumber: string },
): Map<string, string> {
  const faults = new Map<string, string>();
  const look = (value: unknown, path: string): void => {
    if (typeof value === 'number' && Number.isNaN(value)) faults.set(path, w.needNumber);
    else if (value === '') faults.set(path, w.needText);
    else if (typeof value === 'object' && value !== null)
      for (const [key, member] of Object.entries(value)) look(member, path === '' ? key : `${path}.${key}`);
  };
  look(rule, '');
  return faults;
}
