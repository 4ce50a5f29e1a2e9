// Both homes of the store for one suite: PostgreSQL, with several sessions at once, and the embedded database.
import { newTestDatabase } from '../database.ts';
import { hasPostgres, startPostgres, type TestDatabase } from '../server/postgres.ts';

async function startEmbedded(): Promise<TestDatabase> {
  const made = await newTestDatabase();
  const db = await made.open();
  return {
    db,
    close: async () => {
      await db.close();
      await made.remove();
    },
  };
}

export const homes: { name: string; missing: boolean; start: () => Promise<TestDatabase> }[] = [
  { name: 'PostgreSQL', missing: !hasPostgres, start: () => startPostgres() },
  { name: 'embedded', missing: false, start: startEmbedded },
];
