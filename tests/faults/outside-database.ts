// The database of an outside city: PostgreSQL that the test starts, or a new one on the server of DATABASE_URL.
import { hasPostgres, withoutPostgres } from '../server/postgres.ts';
import { newTestDatabase } from '../database.ts';
import { startPostgresServer, type OutsideDatabase } from './postgres-server.ts';
import { TcpProxy } from './tcp-proxy.ts';

export const outsideDatabaseName =
  process.env.DATABASE_URL === undefined ? 'PostgreSQL' : 'TimescaleDB (DATABASE_URL)';

export const withoutOutsideDatabase =
  hasPostgres || process.env.DATABASE_URL !== undefined ? undefined : withoutPostgres;

export const startOutsideDatabase = (): Promise<OutsideDatabase> =>
  process.env.DATABASE_URL === undefined ? startPostgresServer() : borrowServer();

/** A server that is not ours is neither stopped nor frozen: a proxy before it is. */
async function borrowServer(): Promise<OutsideDatabase> {
  const database = await newTestDatabase();
  const url = new URL(database.databaseUrl!);
  const proxy = await TcpProxy.listen(Number(url.port || 5432));
  url.hostname = '127.0.0.1';
  url.port = String(proxy.port);
  return {
    url: url.href,
    port: proxy.port,
    start: async () => proxy.admit(),
    gone: async () => proxy.refuse(),
    kill: async () => proxy.refuse(),
    hang: async () => proxy.swallow(),
    letGo: async () => proxy.letGo(),
    remove: async () => {
      await proxy.close();
      await database.remove();
    },
  };
}
