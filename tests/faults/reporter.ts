// Prints the fault table at the end of a run that had faults in it.
import type { Reporter, TestModule } from 'vitest/node';
import { toTable, type FaultRow } from './table.ts';

export default class FaultReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const rows: FaultRow[] = [];
    for (const module of modules)
      for (const test of module.children.allTests()) rows.push(...(test.meta().faultRows ?? []));
    if (rows.length > 0) console.log(`\n${toTable(rows)}\n`);
  }
}
