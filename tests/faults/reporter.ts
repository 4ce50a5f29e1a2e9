// Prints the fault tables at the end of a run that had faults in it.
import type { Reporter, TestModule } from 'vitest/node';
import { toScreenTable, type ScreenRow } from './screen-table.ts';
import { toTable, type FaultRow } from './table.ts';

export default class FaultReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const rows: FaultRow[] = [];
    const screenRows: ScreenRow[] = [];
    for (const module of modules)
      for (const test of module.children.allTests()) {
        rows.push(...(test.meta().faultRows ?? []));
        screenRows.push(...(test.meta().screenRows ?? []));
      }
    if (rows.length > 0) console.log(`\n${toTable(rows)}\n`);
    if (screenRows.length > 0) console.log(`\nFaults on the screen\n\n${toScreenTable(screenRows)}\n`);
  }
}
