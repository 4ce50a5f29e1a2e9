// What `npm test` runs: types, lint, the build, every suite. With words (`npm test -- feeds`) only suites that match.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { missingTools } from './tools.js';

const words = process.argv.slice(2);
const reports = mkdtempSync(join(tmpdir(), 'simpang-report-'));
const report = join(reports, 'report.json');

const vitest = [
  'vitest',
  'run',
  ...words,
  '--reporter=default',
  '--reporter=json',
  '--reporter=./tests/faults/reporter.ts',
  `--outputFile.json=${report}`,
];
const checks =
  words.length > 0
    ? []
    : [
        ['tsc', '--noEmit'],
        ['tsc', '--noEmit', '-p', 'tests'],
        ['svelte-check', '--tsconfig', 'web/tsconfig.json', '--fail-on-warnings', '--output', 'human'],
        ['eslint', '.', '--max-warnings', '0'],
        ['prettier', '--check', '--log-level', 'warn', '.'],
      ];

const failed = [];

/** Resolves when the step has ended. What runs beside others speaks at its end, whole. */
function runStep([command, ...args], name, stdio) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', stdio, stdio] });
    const said = [];
    child.stdout?.on('data', (bytes) => said.push(bytes));
    child.stderr?.on('data', (bytes) => said.push(bytes));
    child.on('error', (error) => said.push(Buffer.from(`${error.message}\n`)));
    child.on('close', (code) => {
      if (stdio === 'pipe') process.stdout.write(`\n— ${name}\n${Buffer.concat(said)}`);
      if (code !== 0) failed.push(name);
      resolve();
    });
  });
}
const npx = (step) => ['npx', '--no-install', ...step];
const build = [process.execPath, 'build.js'];

// None of these starts anything or waits for another, so they share the cores.
await Promise.all([
  runStep(build, 'build', 'pipe'),
  ...checks.map((step) => runStep(npx(step), step.slice(0, 4).join(' '), 'pipe')),
]);
console.log('\n— vitest run');
await runStep(npx(vitest), 'vitest', 'inherit');

let counts = { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0 };
try {
  counts = JSON.parse(readFileSync(report, 'utf8'));
} catch {
  failed.push('no report of the suites');
}
rmSync(reports, { recursive: true });

const missing = missingTools();
console.log(
  `\n${counts.numPassedTests} passed, ${counts.numFailedTests} failed, ${counts.numPendingTests} skipped`,
);
if (failed.length > 0) console.log(`Failed: ${failed.join(', ')}`);
for (const line of missing) console.log(line);
process.exitCode = failed.length > 0 || (missing.length > 0 && process.env.CI) ? 1 : 0;
