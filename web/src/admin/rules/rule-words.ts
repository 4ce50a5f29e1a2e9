// What a rule watches for, in one line. Pure.
import type { AlarmCondition } from '../../../../model/alarm-rule.ts';
import { metrics, type MetricId } from '../../../../model/metrics.ts';
import type { Words } from '../../words/id.ts';
import type { RuleWords } from '../../words/rule-id.ts';
import { numberWords } from '../../words/say.ts';

export interface RuleSpeech {
  code: 'id' | 'en';
  t: Words;
  w: RuleWords;
}

const measured = (metric: MetricId, value: number, { t }: RuleSpeech): string => {
  const { unit } = metrics[metric];
  const digits = Number.isInteger(value) ? 0 : Math.max(1, metrics[metric].digits);
  return `${numberWords(value, t.locale, digits)} ${unit}`.trim();
};

/** `10 mnt`; whole hours as hours. */
export function durationWords(seconds: number, t: Words): string {
  if (seconds < 120) return t.seconds(Math.round(seconds));
  if (seconds % 3600 === 0 || seconds >= 48 * 3600) return t.hours(Math.round(seconds / 3600));
  return t.minutes(Math.round(seconds / 60));
}

export function conditionWords(condition: AlarmCondition, speech: RuleSpeech): string {
  const { t, w, code } = speech;
  const { describe: d } = w;
  const n = (value: number): string => numberWords(value, t.locale);
  switch (condition.kind) {
    case 'threshold':
      return d[condition.side](
        metrics[condition.metric][code],
        measured(condition.metric, condition.limit, speech),
      );
    case 'agreeing': {
      const { metric, side, limit, atLeast } = condition;
      return d.agreeing(n(atLeast), d[side](metrics[metric][code], measured(metric, limit, speech)));
    }
    case 'rate-of-change': {
      const { metric, side, change, withinSeconds } = condition;
      return d[side](
        metrics[metric][code],
        measured(metric, change, speech),
        durationWords(withinSeconds, t),
      );
    }
    case 'silence':
      return d.silence(w.assetKinds[condition.assetKind], n(condition.afterIntervals));
    case 'headway':
      return d.headway(durationWords(condition.longerThanSeconds, t));
    case 'bunching':
      return d.bunching(n(condition.atLeast), `${n(condition.closerThanM)} m`);
    case 'geofence':
      return d[condition.side];
    case 'off-route':
      return d.offRoute(`${n(condition.furtherThanM)} m`);
    case 'camera-offline':
      return d.cameraOffline;
    case 'feed-silent':
      return d.feedSilent;
  }
}
