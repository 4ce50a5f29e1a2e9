// Builds what changed (server bundle with esbuild, web pages with vite) and, with `run`, starts a command from it.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(fileURLToPath(import.meta.url));
const dist = join(root, 'dist');

/** Each worker thread is an entry of its own; so is the benchmark, which only `npm run bench` starts. */
const entries = [
  'simpang.ts',
  'store/embedded/worker.ts',
  'simulators/camera-encoder.ts',
  'tests/bench/main.ts',
];

const targets = {
  server: {
    sources: [
      'simpang.ts',
      'model',
      'store',
      'bus',
      'ingest',
      'alarms',
      'server',
      'simulators',
      'cities',
      'tests',
    ],
    kinds: /\.ts$/,
    build: buildServer,
  },
  web: { sources: ['web', 'model'], kinds: /./, build: buildWeb },
};

function filesUnder(path) {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path).flatMap((name) => filesUnder(join(path, name)));
}

/** Changes with any source's name, size or time; no tool has to be loaded to know that nothing changed. */
function fingerprint({ sources, kinds }) {
  const hash = createHash('sha256');
  for (const source of ['package-lock.json', 'build.js', ...sources]) {
    for (const file of filesUnder(join(root, source))) {
      if (!kinds.test(file) && sources.includes(source)) continue;
      const { size, mtimeMs } = statSync(file);
      hash.update(`${file}:${size}:${mtimeMs}\n`);
    }
  }
  return hash.digest('hex');
}

async function buildServer() {
  const { build } = await import('esbuild');
  await build({
    absWorkingDir: root,
    entryPoints: entries.filter((entry) => existsSync(join(root, entry))),
    outdir: dist,
    outbase: root,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    packages: 'external',
    sourcemap: true,
    logLevel: 'warning',
  });
}

async function buildWeb() {
  const { build } = await import('vite');
  await build({ configFile: join(root, 'web/vite.config.ts'), logLevel: 'warn' });
}

const stampOf = (name) => join(dist, `.${name}-built`);
const isStale = (name) =>
  !existsSync(stampOf(name)) || readFileSync(stampOf(name), 'utf8') !== fingerprint(targets[name]);

export async function buildStale(names = Object.keys(targets)) {
  for (const name of names.filter(isStale)) {
    const stamp = fingerprint(targets[name]);
    await targets[name].build();
    mkdirSync(dist, { recursive: true });
    writeFileSync(stampOf(name), stamp);
  }
}

async function main([command, ...rest]) {
  if (command === undefined) return buildStale();
  if (!['run', 'bench'].includes(command)) {
    console.error('Usage: node build.js [run COMMAND | bench [NAME]]; without words it builds what changed.');
    process.exit(2);
  }
  const needed = command === 'run' && ['start', 'server'].includes(rest[0]) ? ['server', 'web'] : ['server'];
  const stale = needed.filter(isStale);
  if (stale.length > 0) {
    console.error(`Building: ${stale.join(', ')} …`);
    // In a process of its own, so that the compilers' memory is given back before the city starts.
    const built = spawnSync(
      process.execPath,
      ['-e', `import('./build.js').then((b) => b.buildStale(${JSON.stringify(stale)}))`],
      {
        cwd: root,
        stdio: ['ignore', 'inherit', 'inherit'],
      },
    );
    if (built.status !== 0) process.exit(built.status ?? 1);
  }
  process.setSourceMapsEnabled(true);
  const entry = join(dist, command === 'bench' ? 'tests/bench/main.js' : 'simpang.js');
  const { main: start } = await import(entry);
  await start(rest);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv.slice(2));
