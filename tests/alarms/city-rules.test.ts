// The rules of the city's file on its simulated day: what they raise, and how often.
import { expect, test } from 'vitest';
import { Evaluator } from '../../alarms/evaluator.ts';
import type { Outcome } from '../../alarms/outcome.ts';
import { readCity } from '../../cities/read-city.ts';
import type { PictureAsset } from '../../model/picture.ts';
import { createSimulation, createWorld } from '../../simulators/simulation.ts';
import { defaultSeed } from '../../simulators/random.ts';
import { citiesFolder } from '../places.ts';
import { ground, newAsset } from './stage.ts';

const city = await readCity('pematangsiantar', citiesFolder);
const rules = city.alarmRules.rules.map((rule) => ({ ...rule, state: 'live' as const, version: 1 }));

/** Feeds of the simulated city as an evaluator hears of them, without ingest between. */
function outcomesOf(startMs: number, hours: number): Outcome[] {
  const simulation = createSimulation(createWorld(city, defaultSeed, startMs), startMs, 'http://cameras');
  const picture = new Map<string, PictureAsset>();
  const evaluator = new Evaluator({ ground, assetOf: (id) => picture.get(id) });
  evaluator.setCurrent(true, startMs);
  evaluator.setRules(rules, [], startMs);
  const outcomes: Outcome[] = [];
  for (let nowMs = startMs; nowMs < startMs + hours * 3_600_000; nowMs += 2_000) {
    for (const { topic, payload } of simulation.tick(nowMs)) {
      const [, kind, sourceId, what] = topic.replace(/^sim\//, '').split('/') as [
        string,
        string,
        string,
        string,
      ];
      if (what === 'event') continue;
      const id = `${kind}:${sourceId}`;
      let asset = picture.get(id);
      if (asset === undefined) picture.set(id, (asset = newAsset(id, { simulated: true })));
      const { observedAt, lat, lon, readings, ...values } = payload as unknown as Record<string, unknown>;
      const observedAtMs = Date.parse(String(observedAt));
      if (observedAtMs < (asset.observedAt ?? 0) || Number(values.speedMps ?? 0) > 100) continue;
      asset.observedAt = observedAtMs;
      if (typeof lat === 'number') asset.lat = lat;
      if (typeof lon === 'number') asset.lon = lon;
      for (const [key, value] of Object.entries({ ...values, ...(readings as object | undefined) }))
        // What is absurd ingest refuses.
        if (value !== 6_553_500) asset.values.set(key, { value, observedAt: observedAtMs });
      outcomes.push(...evaluator.changed(asset, nowMs));
    }
    outcomes.push(...evaluator.tick(nowMs));
  }
  return outcomes;
}

test('about 20 rules, of which few are grave', () => {
  const share = (...priorities: number[]): number =>
    rules.filter(({ priority }) => priorities.includes(priority)).length / rules.length;
  expect(rules.length).toBeGreaterThanOrEqual(18);
  // ISA-18.2 clause 8.5: about 5, 15 and 80 percent.
  expect(share(1)).toBeLessThanOrEqual(0.06);
  expect(share(1, 2)).toBeLessThanOrEqual(0.21);
});

test('the simulated morning raises a handful an hour, and no flood', () => {
  // SIMULATED_HOURS=24 prints a whole day: some 115 alarms, at most 11 in an hour.
  const hours = Number(process.env.SIMULATED_HOURS ?? 0.3);
  const startMs = Number(process.env.SIMULATED_FROM ?? Date.UTC(2026, 2, 3, 0));
  const raised = outcomesOf(startMs, hours).filter(({ what }) => what === 'raise');
  if (process.env.SIMULATED_HOURS !== undefined)
    console.log(
      raised
        .map(
          ({ rule, subject, atMs, evidence }) =>
            `${new Date(atMs + 7 * 3_600_000).toISOString().slice(5, 16)} ${rule.id} ${subject.id} ${evidence.value}`,
        )
        .join('\n'),
    );
  expect(raised.length).toBeGreaterThan(0);
  const inTenMinutes = raised.map(
    ({ atMs }) => raised.filter((each) => each.atMs >= atMs && each.atMs < atMs + 600_000).length,
  );
  expect(Math.max(...inTenMinutes)).toBeLessThanOrEqual(10);
}, 600_000);
