// The default city is whole, and a broken one is refused with the file and the field.
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readCity } from '../../cities/read-city.ts';
import type { City } from '../../model/city.ts';
import { citiesFolder } from '../places.ts';

describe('Pematangsiantar', () => {
  let city: City;
  beforeAll(async () => {
    city = await readCity('pematangsiantar', citiesFolder);
  });

  test('holds everything that is known of it', () => {
    expect({
      districts: city.districts.districts.length,
      subdistricts: city.districts.subdistricts.length,
      junctions: city.streets.junctions.length,
      streets: city.streets.streets.length,
      edges: countEdges(city),
      ground: city.ground.lines.length,
      facilities: city.facilities.facilities.length,
      lines: city.lines.lines.length,
      agencies: city.agencies.agencies.length,
      indicators: city.indicators.indicators.length,
      categories: city.categories.categories.length,
      sources: city.facts.sources.length,
    }).toEqual({
      districts: 8,
      subdistricts: 53,
      junctions: 60,
      streets: 56,
      edges: 98,
      ground: 7,
      facilities: 53,
      lines: 14,
      agencies: 14,
      indicators: 36,
      categories: 13,
      sources: 15,
    });
  });

  test('adds up', () => {
    const people = city.districts.districts.reduce((sum, each) => sum + each.population2024Estimated, 0);
    expect(people).toBe(city.facts.population);
    expect(city.categories.categories.reduce((sum, each) => sum + each.sharePct, 0)).toBe(100);
    expect(city.rhythms.hourly.rainPctOfDay.reduce((sum, each) => sum + each, 0)).toBe(100);
    expect(city.rhythms.hourly.callsPctOfDay.reduce((sum, each) => sum + each, 0)).toBe(100);
    expect(new Set(city.indicators.indicators.map((each) => each.id)).size).toBe(36);
    expect(new Set(city.indicators.indicators.map((each) => each.dimension)).size).toBe(6);
  });

  test('lies within its bounds', () => {
    const [west, south, east, north] = city.facts.bounds as [number, number, number, number];
    const places = [
      ...city.streets.junctions,
      ...city.facilities.facilities,
      ...city.districts.subdistricts.map((each) => ({ ...each, position: each.centroid })),
    ];
    for (const { name, position } of places) {
      const [lon, lat] = position as [number, number];
      expect(lon >= west && lon <= east && lat >= south && lat <= north, name).toBe(true);
    }
  });
});

const countEdges = (city: City): number => {
  const edges = new Set<string>();
  for (const { chain } of city.streets.streets) {
    const ids = chain.filter((link) => typeof link === 'string');
    for (const [from, id] of ids.slice(1).entries()) edges.add([ids[from], id].sort().join(' '));
  }
  return edges.size;
};

describe('a broken city is refused', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'simpang-city-'));
    await cp(join(citiesFolder, 'pematangsiantar'), folder, { recursive: true });
  });
  afterEach(() => rm(folder, { recursive: true }));

  const spoil = async (file: string, change: (content: string) => string) => {
    const path = join(folder, file);
    const content = await readFile(path, 'utf8');
    const spoiled = change(content);
    expect(spoiled).not.toBe(content);
    await writeFile(path, spoiled);
  };
  const refusal = () => expect(readCity(folder, citiesFolder)).rejects;

  test.each([
    ['districts.json', '"areaKm2": 5.34', '"areaKm2": "5.34"', '/districts/0/areaKm2'],
    ['streets.json', '"class": "arterial"', '"class": "motorway"', '/streets/0/class'],
    ['lines.json', '"colour": "#d62728"', '"colour": "red"', '/lines/0/colour'],
    ['lines.json', '"par", "anl"', '"par", "xyz"', '/lines/0/junctions/1: no junction "xyz"'],
    ['lines.json', '"par", "anl"', '"par", "smd"', '/lines/0/junctions/1: no street joins "par" and "smd"'],
    ['streets.json', '"bri", "bkt"', '"bri", "xyz"', '/streets/0/chain: no junction "xyz"'],
    ['streets.json', '"Proklamasi"', '"Proklamator"', '/junctions/0/subdistrict: no subdistrict'],
    ['categories.json', '["psc119"]', '["psc120"]', '/categories/0/agencies: no agency "psc120"'],
    ['rhythms.json', '"hrs"', '"hrx"', '/pm25MeanByJunctionUgM3/hrx: no junction'],
    ['city.json', '"population": 277054,', '', '/: must have required propert'],
  ])('%s: %s', async (file, from, to, field) => {
    await spoil(file, (content) => content.replace(from, to));
    await refusal().toThrow(`${join(folder, file)}: ${field}`);
  });

  test('streets that do not hang together', async () => {
    await spoil('streets.json', (content) => content.replace(/"asa"\]/, '"sam"]'));
    await refusal().toThrow('"asa" hangs together with no other street');
  });

  test('a file that is not JSON, and one that is missing', async () => {
    await spoil('ground.json', (content) => content.slice(0, -10));
    await refusal().toThrow(/ground\.json: is not JSON/);
    await rm(join(folder, 'ground.json'));
    await refusal().toThrow(/ground\.json: cannot be read \(ENOENT\)/);
  });
});
