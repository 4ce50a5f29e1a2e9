// What stands in a journal, also what was stored already: what ingest may ever have acknowledged.
import { join } from 'node:path';
import { Journal } from '../../ingest/journal.ts';

/**
 * Adds the times of each vehicle of a fleet. Reads only, so ingest may be running: what it writes meanwhile may be
 * missing.
 */
export async function addJournalled(
  dataFolder: string,
  fleet: string,
  to: Map<string, Set<number>>,
): Promise<void> {
  const folder = join(dataFolder, 'journal');
  const journal = await Journal.open({ folder, onSynced: () => undefined, onError: () => undefined });
  for await (const { messages } of journal.read(0, () => undefined)) {
    for (const { topic, payload } of messages) {
      const vehicle = topic.split('/')[2]!;
      if (!vehicle.startsWith(`${fleet}-`)) continue;
      const { observedAt } = JSON.parse(payload.toString()) as { observedAt: number };
      const times = to.get(vehicle);
      if (times === undefined) to.set(vehicle, new Set([observedAt]));
      else times.add(observedAt);
    }
  }
  await journal.close();
}
