// The keys of all that stands in a journal, also of what was stored already: what ingest may ever have acknowledged.
import { join } from 'node:path';
import { Journal } from '../../ingest/journal.ts';
import { keyOf } from './load.ts';

/** Reads only, so ingest may be running: what it writes meanwhile may be missing. */
export async function journalledKeys(dataFolder: string): Promise<Set<string>> {
  const folder = join(dataFolder, 'journal');
  const journal = await Journal.open({ folder, onSynced: () => undefined, onError: () => undefined });
  const keys = new Set<string>();
  for await (const { messages } of journal.read(0, () => undefined)) {
    for (const { topic, payload } of messages) {
      const { observedAt } = JSON.parse(payload.toString()) as { observedAt: number };
      keys.add(keyOf({ vehicle: topic.split('/')[2]!, observedAt }));
    }
  }
  await journal.close();
  return keys;
}
