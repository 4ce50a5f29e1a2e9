// npm run bench: ratios against ceilings measured in the same run, as a table. With words, only those parts.
import { cpus } from 'node:os';
import { makeTemplate } from '../database.ts';
import {
  driveVehicles,
  measureBareMap,
  measureDelays,
  measureFirstMap,
  measureFrames,
  startBenchCity,
  withBrowser,
} from './browser.ts';
import { drain, drainHere, type Drained } from './drain.ts';
import { drive } from './drive.ts';
import { measureFaults } from './faults.ts';
import { measureDesk } from './desk.ts';
import { measureMoments } from './moments.ts';
import { parseRows } from './parse.ts';
import { measureStarts } from './start.ts';
import { measureStream } from './stream.ts';

interface Row {
  what: string;
  measured: string;
  ceiling: string;
  ratio: string;
  aim: string;
}

const median = (values: number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

const against = (what: string, measured: number, ceiling: number, aim: string, digits = 0): Row => ({
  what,
  measured: measured.toFixed(digits),
  ceiling: ceiling.toFixed(digits),
  ratio: (measured / ceiling).toFixed(2),
  aim,
});

const alone = (what: string, measured: number, aim: string, digits = 0): Row => ({
  what,
  measured: measured.toFixed(digits),
  ceiling: '',
  ratio: '',
  aim,
});

const turns = 3;

/** In turn, for the machine's speed drifts; the middle counts. */
async function drainRows(): Promise<Row[]> {
  const runs: Record<'bare' | 'simpang', Drained[]> = { bare: [], simpang: [] };
  for (let turn = 0; turn < turns; turn++) {
    runs.bare.push(await drain('bare'));
    runs.simpang.push(await drain('simpang'));
  }
  const row = (what: string, aim: string, digits: number, of: (drained: Drained) => number): Row =>
    against(what, median(runs.simpang.map(of)), median(runs.bare.map(of)), aim, digits);
  return [
    row('stored and acknowledged, msg/s', '≥ 0.9', 0, (drained) => drained.messagesPerSecond),
    row('CPU of the ingest thread, µs a message', '', 1, (drained) => drained.pipelineMicros),
    row(
      'CPU of its other threads (database, disk, GC), µs a message',
      '',
      1,
      (drained) => drained.databaseMicros,
    ),
  ];
}

const delayRows = (): Promise<Row[]> =>
  withBrowser(async (browser) => {
    const city = await startBenchCity();
    const vehicles = driveVehicles(city.mqttUrl, 1_000, 200);
    const delays = await measureDelays(browser, city, 15);
    await vehicles.stop();
    await city.stop();
    return [
      alone('publish to browser at 5,000 msg/s, p50, ms', delays.p50, ''),
      alone('publish to browser at 5,000 msg/s, p99, ms', delays.p99, '< 250'),
    ];
  });

const frameRows = (): Promise<Row[]> =>
  withBrowser(async (browser) => {
    const city = await startBenchCity();
    const rows: Row[] = [];
    const empty = (await measureFrames(browser, city, 0)).shown;
    for (const [assets, everyMs, aim, mixed] of [
      [5_000, 1_000, '≥ 0.9', false],
      [20_000, 10_000, '≥ 0.85', true],
    ] as const) {
      const driving = driveVehicles(city.mqttUrl, assets, everyMs, mixed);
      const frames = await measureFrames(browser, city, assets);
      await driving.stop();
      const what = `frames/s, ${assets} ${mixed ? 'assets' : 'vehicles'}, each heard every ${everyMs / 1_000} s`;
      rows.push(against(`${what}, against the empty map of a city at rest`, frames.shown, empty, aim, 1));
      rows.push(
        against(`${what}, against the same with all of them hidden`, frames.shown, frames.hidden, '', 1),
      );
    }
    await city.stop();
    return rows;
  });

const firstMapRows = (): Promise<Row[]> =>
  withBrowser(async (browser) => {
    const city = await startBenchCity();
    const [ours, bare]: [number[], number[]] = [[], []];
    for (let turn = 0; turn < turns; turn++) {
      bare.push(await measureBareMap(browser));
      ours.push(await measureFirstMap(browser, city));
    }
    await city.stop();
    return [
      against(
        'page to first live map, ms, against a bare MapLibre page',
        median(ours),
        median(bare),
        '< 1.5',
      ),
    ];
  });

const streamRows = (): Promise<Row[]> =>
  withBrowser(async (browser) => {
    const city = await startBenchCity();
    const { idle, full, arriving, away, longestMs } = await measureStream(browser, city);
    await city.stop();
    return [
      against('frames/s, 10,000 rows in the stream, against the page at rest', full, idle, '', 1),
      against(
        'frames/s, 50 rows a second arriving at their top, against the same',
        arriving,
        idle,
        '≥ 0.85',
        1,
      ),
      against('frames/s, 50 rows a second arriving, read in the middle', away, idle, '≥ 0.85', 1),
      alone('longest time between two frames meanwhile, ms', longestMs, ''),
    ];
  });

const deskRows = (): Promise<Row[]> =>
  withBrowser(async (browser) => {
    const city = await startBenchCity();
    const driving = driveVehicles(city.mqttUrl, 20_000, 10_000, true);
    const desk = await measureDesk(browser, city, 20_000);
    await driving.stop();
    await city.stop();
    const of = `${desk.acts} acts beside 20,000 assets, 2,000 changes/s`;
    return [
      alone(`from a key to the end of what it does, p95 of ${of}, ms`, desk.workP95Ms, '< 200'),
      alone('the same, longest, ms', desk.workLongestMs, ''),
      against(
        'from a key to the next picture, ms, against a key that does nothing',
        desk.pictureMs,
        desk.idlePictureMs,
        '',
      ),
      against(
        'heap of the page after them, MiB, against before',
        desk.heapAfter,
        desk.heapBefore,
        '≤ 1.1',
        1,
      ),
    ];
  });

async function startRows(): Promise<Row[]> {
  const starts = await measureStarts();
  return [
    alone('first start with an empty data folder, s', starts.firstSeconds, '< 60', 1),
    alone('second start, s', starts.secondSeconds, '< 5', 1),
    alone('resident with the simulated city after a minute, MB', starts.residentMegabytes, '< 900'),
  ];
}

async function faultRows(): Promise<Row[]> {
  const { liveP99Ms, drainedRowsPerSecond } = await measureFaults();
  return [
    alone('publish to bus while the database is away, 5,000 msg/s, p99, ms', liveP99Ms, '< 1000'),
    alone('journal drained into the embedded database, rows/s', drainedRowsPerSecond, '≥ 20000'),
  ];
}

const momentRows = async (): Promise<Row[]> =>
  (await measureMoments()).map(({ what, ms, bareMs, aim }) => against(what, ms, bareMs, aim, 1));

const parts: Record<string, () => Promise<Row[]>> = {
  ingest: drainRows,
  parse: parseRows,
  delay: delayRows,
  frames: frameRows,
  stream: streamRows,
  desk: deskRows,
  page: firstMapRows,
  start: startRows,
  faults: faultRows,
  moments: momentRows,
};

export async function main([word, ...args]: string[]): Promise<void> {
  if (word === 'drain') {
    console.log(JSON.stringify(await drainHere(args[0]!, args[1]!)));
    process.exit(0);
  }
  if (word === 'drive') await drive(args[0]!, Number(args[1]), Number(args[2]), args[3] === 'mixed');
  await makeTemplate();
  const chosen = [word, ...args].filter((each) => each !== undefined);
  console.log(
    `${new Date().toISOString().slice(0, 10)}, ${cpus().length} × ${cpus()[0]!.model}, Node ${process.version}\n`,
  );
  console.log('| what | Simpang | ceiling | ratio | aim |\n| --- | ---: | ---: | ---: | --- |');
  for (const [name, measure] of Object.entries(parts)) {
    if (chosen.length > 0 && !chosen.includes(name)) continue;
    for (const row of await measure()) {
      console.log(`| ${row.what} | ${row.measured} | ${row.ceiling} | ${row.ratio} | ${row.aim} |`);
    }
  }
  process.exit(0);
}
