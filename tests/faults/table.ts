// The fault table: what each row holds, how a test hands it in, and how it is printed.
import type { TestContext } from 'vitest';

export interface FaultRow {
  fault: string;
  parts: string;
  /** Handed to the broker, tries again included. */
  sent: number;
  acknowledged: number;
  stored: number;
  /** Of vehicle and time. */
  distinct: number;
  /** Acknowledged, and not in the store. */
  lost: number;
  doubled: number;
  /** Vehicles whose live value is other than their newest row. */
  liveDiffers: number | null;
  peakMiB: number | null;
  journalBytes: number | null;
  /** From the fault to the first answer of health that was not ok; null where health has nothing to say. */
  healthSeconds: number | null;
  remarks: string;
}

declare module 'vitest' {
  interface TaskMeta {
    faultRows?: FaultRow[];
  }
}

/** Hands a row to the reporter. */
export function addRow(context: TestContext, row: FaultRow): void {
  (context.task.meta.faultRows ??= []).push(row);
}

const columns: [string, (row: FaultRow) => string][] = [
  ['fault', (row) => row.fault],
  ['parts', (row) => row.parts],
  ['sent', (row) => String(row.sent)],
  ['acknowledged', (row) => String(row.acknowledged)],
  ['stored', (row) => String(row.stored)],
  ['distinct', (row) => String(row.distinct)],
  ['lost', (row) => String(row.lost)],
  ['doubled', (row) => String(row.doubled)],
  ['live = store', (row) => liveOf(row.liveDiffers)],
  ['RSS MiB', (row) => row.peakMiB?.toFixed(0) ?? ''],
  ['journal bytes', (row) => row.journalBytes?.toString() ?? ''],
  ['health, s', (row) => row.healthSeconds?.toFixed(1) ?? ''],
  ['remarks', (row) => row.remarks],
];

function liveOf(differing: number | null): string {
  if (differing === null) return '';
  return differing === 0 ? 'yes' : `${differing} differ`;
}

/** As Markdown. */
export function toTable(rows: readonly FaultRow[]): string {
  const line = (cells: string[]): string => `| ${cells.join(' | ')} |`;
  const isText = (name: string): boolean => ['fault', 'parts', 'live = store', 'remarks'].includes(name);
  return [
    line(columns.map(([name]) => name)),
    line(columns.map(([name]) => (isText(name) ? '---' : '---:'))),
    ...rows.map((row) => line(columns.map(([, cell]) => cell(row)))),
  ].join('\n');
}
