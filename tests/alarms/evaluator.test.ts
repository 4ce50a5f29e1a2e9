// The evaluator: delays and dead bands against a naive recomputation, restarts, and a picture that is not current.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ConditionOf } from '../../model/alarm-rule.ts';
import { atSecond, newStage, ruleOf, startMs } from './stage.ts';

const condition: ConditionOf<'threshold'> = {
  kind: 'threshold',
  metric: 'noise',
  side: 'above',
  limit: 70,
  deadband: 5,
  assets: {},
};

/** Second by second: what holds, for how long, and what is raised by it. */
function naive(
  values: Map<number, number>,
  untilSecond: number,
  onDelay: number,
  offDelay: number,
): string[] {
  const lines: string[] = [];
  let [holds, sinceSecond, raised] = [false, 0, false];
  for (let second = 0; second <= untilSecond; second++) {
    const turn = (): void => {
      if (holds === raised || second < sinceSecond + (holds ? onDelay : offDelay)) return;
      raised = holds;
      lines.push(`${raised ? 'raise' : 'return'} sensor:a @${second}`);
    };
    turn();
    const value = values.get(second);
    if (value === undefined) continue;
    const now = value > 70 ? true : value <= 65 ? false : holds;
    if (now !== holds) [holds, sinceSecond] = [now, second];
    turn();
  }
  return lines;
}

test('raises and returns are those of a recomputation second by second, however seldom it is asked', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 60, max: 75 })), {
        maxLength: 60,
      }),
      fc.integer({ min: 0, max: 60 }),
      fc.integer({ min: 0, max: 60 }),
      fc.array(fc.integer({ min: 0, max: 2400 }), { maxLength: 20 }),
      (steps, onDelaySeconds, offDelaySeconds, ticks) => {
        const values = new Map<number, number>();
        let second = 0;
        for (const [pause, value] of steps) values.set((second += pause), value);
        const untilSecond = second + 200;
        const stage = newStage(ruleOf(condition, { onDelaySeconds, offDelaySeconds }));
        const moments = [...new Set([...values.keys(), ...ticks.filter((tick) => tick < untilSecond)])];
        for (const moment of moments.sort((one, other) => one - other)) {
          const noise = values.get(moment);
          if (noise === undefined) stage.tick(moment);
          else stage.see(moment, 'sensor:a', { noise });
        }
        stage.tick(untilSecond);
        expect(stage.out()).toEqual(naive(values, untilSecond, onDelaySeconds, offDelaySeconds));
      },
    ),
  );
});

const stood = (subjectId: string) => ({
  ruleId: 'the-rule',
  subject: { id: subjectId, name: subjectId, lat: null, lon: null, simulated: false },
  evidence: { value: null, limit: null, unit: '', assetIds: [] },
  raisedAtMs: startMs - 60_000,
});

test('after a restart what still holds is not raised again, and what went away meanwhile returns', () => {
  const stage = newStage(ruleOf(condition));
  stage.evaluator.restore([stood('sensor:a'), stood('sensor:b')], startMs);
  stage.see(1, 'sensor:a', { noise: 80 });
  stage.see(2, 'sensor:b', { noise: 50 });
  expect(stage.out()).toEqual(['return sensor:b @2']);
  expect(stage.evaluator.raised().map(({ subject }) => subject.id)).toEqual(['sensor:a']);
});

test('while the picture is not known to be current nothing returns and delays stand still', () => {
  const stage = newStage(ruleOf(condition, { onDelaySeconds: 30 }));
  stage.see(0, 'sensor:a', { noise: 80 });
  stage.current(10, false);
  stage.tick(100);
  expect(stage.out()).toEqual([]);
  stage.current(100, true);
  stage.tick(119);
  expect(stage.out()).toEqual([]);
  stage.tick(120);
  expect(stage.out()).toEqual(['raise sensor:a @120']);
  stage.current(130, false);
  stage.see(131, 'sensor:a', { noise: 50 });
  stage.tick(200);
  expect(stage.out()).toEqual([]);
  stage.current(201, true);
  stage.tick(202);
  expect(stage.out()).toHaveLength(1);
});

test('what is seen just before the picture is current again is delayed by its own delay, not by the blindness', () => {
  const stage = newStage(ruleOf(condition, { onDelaySeconds: 60 }));
  stage.current(10, false);
  stage.see(3_609, 'sensor:a', { noise: 80 });
  stage.current(3_610, true);
  stage.tick(3_669);
  expect(stage.out()).toEqual([]);
  stage.tick(3_700);
  expect(stage.out()).toEqual(['raise sensor:a @3670']);
});

test('an asset that a rule no longer looks at is no matter of it any more', () => {
  const stage = newStage(ruleOf(condition));
  stage.see(0, 'sensor:a', { noise: 80 });
  const narrowed = ruleOf({ ...condition, assets: { ids: ['sensor:b'] } });
  const ended = stage.evaluator.setRules([narrowed], stage.picture.values(), atSecond(5));
  expect(ended).toMatchObject([{ what: 'return', subject: { id: 'sensor:a' } }]);
});

test('an asset that is gone takes its alarms with it', () => {
  const stage = newStage(ruleOf(condition));
  stage.see(0, 'sensor:a', { noise: 80 });
  stage.gone(1, 'sensor:a');
  expect(stage.out()).toEqual(['raise sensor:a @0', 'return sensor:a @1']);
});

test('an edited condition begins anew with what is raised; an edited text changes nothing', () => {
  const stage = newStage(ruleOf(condition));
  stage.see(0, 'sensor:a', { noise: 80 });
  const assets = () => stage.picture.values();
  expect(stage.evaluator.setRules([ruleOf(condition, { priority: 1 })], assets(), atSecond(1))).toEqual([]);
  const lower = ruleOf({ ...condition, limit: 60 });
  expect(stage.evaluator.setRules([lower], assets(), atSecond(2))).toEqual([]);
  const higher = ruleOf({ ...condition, limit: 90 });
  expect(stage.evaluator.setRules([higher], assets(), atSecond(3))).toMatchObject([{ what: 'return' }]);
  expect(stage.evaluator.setRules([], assets(), atSecond(4))).toEqual([]);
});
