// npm run bench: ratios against ceilings measured in the same run, as a table.
import { makeTemplate } from '../database.ts';
import { drain, drainHere, type Drained } from './drain.ts';

interface Row {
  what: string;
  measured: string;
  ceiling: string;
  ratio: string;
  aim: string;
}

const round = (value: number, digits = 0): string => value.toFixed(digits);

/** In turn, for the machine's speed drifts; the middle of three counts. */
async function drainRows(): Promise<Row[]> {
  const runs: Record<'bare' | 'simpang', Drained[]> = { bare: [], simpang: [] };
  for (let turn = 0; turn < 3; turn++) {
    runs.bare.push(await drain('bare'));
    runs.simpang.push(await drain('simpang'));
  }
  const middle = (kind: 'bare' | 'simpang', of: (drained: Drained) => number): number =>
    runs[kind].map(of).sort((a, b) => a - b)[1]!;
  const row = (what: string, aim: string, digits: number, of: (drained: Drained) => number): Row => {
    const [bare, simpang] = [middle('bare', of), middle('simpang', of)];
    return {
      what,
      measured: round(simpang, digits),
      ceiling: round(bare, digits),
      ratio: round(simpang / bare, 2),
      aim,
    };
  };
  return [
    row('stored and acknowledged, msg/s', '≥ 0.9', 0, (drained) => drained.messagesPerSecond),
    row('CPU of ingest, µs a message', '', 1, (drained) => drained.pipelineMicros),
    row('CPU of the embedded database, µs a message', '', 1, (drained) => drained.databaseMicros),
  ];
}

export async function main([part, ...args]: string[]): Promise<void> {
  if (part === 'drain' && args.length === 2) {
    console.log(JSON.stringify(await drainHere(args[0]!, args[1]!)));
    process.exit(0);
  }
  await makeTemplate();
  print(await drainRows());
  process.exit(0);
}

function print(rows: Row[]): void {
  console.log('| what | simpang | ceiling | ratio | aim |\n| --- | ---: | ---: | ---: | --- |');
  for (const row of rows) {
    console.log(`| ${row.what} | ${row.measured} | ${row.ceiling} | ${row.ratio} | ${row.aim} |`);
  }
}
