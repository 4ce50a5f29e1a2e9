// Rules and alarms to test with.
import type { AlarmAct } from '../model/alarm.ts';
import type { AlarmCondition, AlarmRuleText } from '../model/alarm-rule.ts';

const both = (id: string, en = id) => ({ id, en });

export const thresholdCondition: AlarmCondition = {
  kind: 'threshold',
  metric: 'pm25',
  side: 'above',
  limit: 150,
  deadband: 10,
  assets: {},
};

export const ruleText = (change: Partial<AlarmRuleText> = {}): AlarmRuleText => ({
  name: both('PM2.5 tinggi', 'PM2.5 high'),
  priority: 2,
  condition: thresholdCondition,
  onDelaySeconds: 60,
  offDelaySeconds: 60,
  rationalisation: {
    cause: both('Pembakaran', 'Burning'),
    consequence: both('Sesak napas', 'Breathing trouble'),
    action: both('Kabari Dinas Lingkungan Hidup', 'Tell the environment agency'),
    respondWithinMinutes: 15,
    owner: 'dlh',
  },
  procedure: [both('Lihat kamera', 'Look at the camera'), both('Telepon', 'Call')],
  suppressedByRuleIds: [],
  ...change,
});

export const raising = (
  subjectId = 'sensor:air-1',
  change: Partial<Extract<AlarmAct, { act: 'raise' }>> = {},
): Extract<AlarmAct, { act: 'raise' }> => ({
  act: 'raise',
  evidence: { value: 171.5, limit: 150, unit: 'µg/m³', assetIds: [] },
  subject: { id: subjectId, name: 'Udara 1', lat: 2.95, lon: 99.05, simulated: false },
  priority: 2,
  name: both('PM2.5 tinggi', 'PM2.5 high'),
  ...change,
});
