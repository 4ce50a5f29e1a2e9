// What `npm test` runs: types, lint, the build, every suite. With words (`npm test -- feeds`) only suites that match.
import { spawnSync } from 'node:child_process';
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
const steps = [
  ...(words.length > 0
    ? []
    : [
        ['tsc', '--noEmit'],
        ['tsc', '--noEmit', '-p', 'tests'],
        ['svelte-check', '--tsconfig', 'web/tsconfig.json', '--fail-on-warnings', '--output', 'human'],
        ['eslint', '.', '--max-warnings', '0'],
        ['prettier', '--check', '--log-level', 'warn', '.'],
      ]),
  ['node', 'build.js'],
  vitest,
];

const failed = [];
for (const step of steps) {
  const [command, ...args] =
    step[0] === 'node' ? [process.execPath, ...step.slice(1)] : ['npx', '--no-install', ...step];
  console.log(`\n— ${step.slice(0, 2).join(' ')}`);
  if (spawnSync(command, args, { stdio: 'inherit' }).status !== 0)
    failed.push(step[0] === 'node' ? 'build' : step[0]);
}

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
