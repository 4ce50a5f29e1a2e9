// Every kind of rule and what watches for it: a new kind is a file and a line here.
import type { AlarmCondition, AlarmConditionKind, ConditionOf } from '../../model/alarm-rule.ts';
import type { Surroundings, Watch } from '../watch.ts';
import { watchAgreeing } from './agreeing.ts';
import { watchBunching } from './bunching.ts';
import { watchCameraOffline } from './camera-offline.ts';
import { watchFeedSilent } from './feed-silent.ts';
import { watchGeofence } from './geofence.ts';
import { watchHeadway } from './headway.ts';
import { watchOffRoute } from './off-route.ts';
import { watchRateOfChange } from './rate-of-change.ts';
import { watchSilence } from './silence.ts';
import { watchThreshold } from './threshold.ts';

type Kinds = {
  [Kind in AlarmConditionKind]: (condition: ConditionOf<Kind>, surroundings: Surroundings) => Watch;
};

const kinds: Kinds = {
  threshold: watchThreshold,
  'rate-of-change': watchRateOfChange,
  silence: watchSilence,
  headway: watchHeadway,
  bunching: watchBunching,
  geofence: watchGeofence,
  'off-route': watchOffRoute,
  'camera-offline': watchCameraOffline,
  'feed-silent': watchFeedSilent,
  agreeing: watchAgreeing,
};

export function newWatch(condition: AlarmCondition, surroundings: Surroundings): Watch {
  const watch = kinds[condition.kind] as (condition: AlarmCondition, surroundings: Surroundings) => Watch;
  return watch(condition, surroundings);
}
