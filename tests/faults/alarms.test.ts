// Two alarms rooms as processes of their own, the writing one killed in mid-flood: no alarm is lost, none comes twice.
import mqtt, { type MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AlarmReport } from '../../model/alarm-report.ts';
import { busTopics } from '../../model/live.ts';
import { insertAlarmRule } from '../../store/alarm-rules.ts';
import { ruleText } from '../alarm-samples.ts';
import { eventually } from '../eventually.ts';
import type { Running } from '../process.ts';
import { outside } from './fault-city.ts';
import { startOutsideCity, type OutsideCity } from './outside-city.ts';

const ruleId = 'flood-pm25';
const sensors = 60;

describe.skipIf(outside.missing !== undefined)(`alarms, ${outside.parts} ${outside.missing ?? ''}`, () => {
  let city: OutsideCity;
  let device: MqttClient;
  let other: Running | undefined;
  /** Of each duty the newest report: who writes, and who stands by. */
  const reports = new Map<boolean, AlarmReport>();

  beforeAll(async () => {
    city = await startOutsideCity({ alarms: true });
    device = await mqtt.connectAsync(city.mqttUrl);
    device.on('message', (_topic, payload) => {
      const report = JSON.parse(payload.toString()) as AlarmReport;
      reports.set(report.leader, report);
    });
    await device.subscribeAsync(busTopics.alarms);
    const rule = ruleText({ onDelaySeconds: 0, offDelaySeconds: 0 });
    await insertAlarmRule(city.db, ruleId, rule, 'live', 'test');
  });
  afterAll(async () => {
    other?.child.kill('SIGKILL');
    await other?.exited;
    await device?.endAsync(true);
    await city?.remove();
  });

  const read = (n: number, pm25: number): Promise<unknown> =>
    device.publishAsync(
      `city/sensor/flood-${n}/reading`,
      JSON.stringify({ observedAt: Date.now(), lat: 2.95, lon: 99.05, readings: { pm25 } }),
      { qos: 1 },
    );

  /** All sensors say a value, one after another; `fault` happens when a third of them has. */
  async function all(pm25: number, fault: () => Promise<unknown>): Promise<void> {
    let happens: Promise<unknown> | undefined;
    for (let n = 0; n < sensors; n++) {
      if (n === sensors / 3) happens = fault();
      await read(n, pm25);
    }
    await happens;
  }

  /** How often each act happened to each alarm of the rule; escalating is a matter of time. */
  const acts = (): Promise<{ act: string; alarms: number; times: number }[]> =>
    city.db.query(
      `SELECT act, count(DISTINCT alarm_no)::int AS alarms, count(*)::int AS times FROM alarm_transition
       WHERE rule_id = $1 AND act <> 'escalate' GROUP BY act ORDER BY act`,
      [ruleId],
    );

  test('each alarm comes once and goes once, whoever writes', async () => {
    await eventually(() => expect(reports.get(true)?.rules).toBeGreaterThan(0));
    other = city.startAnotherAlarmsRoom();
    await eventually(() => expect(reports.get(false)?.rules).toBe(reports.get(true)!.rules));

    await all(171.5, () => city.killAlarms());
    const raised = { act: 'raise', alarms: sensors, times: sensors };
    await eventually(async () => expect(await acts()).toEqual([raised]));

    // The first is back and stands by, then the one that took over dies.
    reports.delete(false);
    await city.start();
    await eventually(() => expect(reports.get(false)?.rules).toBe(reports.get(true)!.rules));
    await all(40, async () => {
      other!.child.kill('SIGKILL');
      await other!.exited;
    });
    const returned = { act: 'return', alarms: sensors, times: sensors };
    await eventually(async () => expect(await acts()).toEqual([raised, returned]));
    reports.clear();
    await eventually(() => expect(reports.get(true)?.standing).toBeGreaterThanOrEqual(sensors));
  });
});
