// The table of faults on the screen: what was done, what the screen said then, and how soon.
import type { TestContext } from 'vitest';

export interface ScreenRow {
  fault: string;
  /** In which part of the screen. */
  where: string;
  /** The words, as they stood there. */
  says: string;
  /** From the fault until they stood there; the aim is 5. Printed only. */
  seconds: number;
}

declare module 'vitest' {
  interface TaskMeta {
    screenRows?: ScreenRow[];
  }
}

/** Hands a row to the reporter. */
export function addScreenRow(context: TestContext, row: ScreenRow): void {
  (context.task.meta.screenRows ??= []).push(row);
}

/** As Markdown. */
export function toScreenTable(rows: readonly ScreenRow[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    line(['fault', 'where', 'what the screen says', 'seconds until said']),
    line(['---', '---', '---', '---:']),
    ...rows.map((row) =>
      line([row.fault, row.where, row.says.replaceAll(/\s+/g, ' ').trim(), row.seconds.toFixed(1)]),
    ),
  ].join('\n');
}
