// How far a browser is behind: frames made for its socket that its connection has not yet taken.
import type { LiveSocket } from './socket.ts';

/** Counts from now on. Frames handed to the connection are counted as taken, at most one hand-over of them. */
export function countBacklog(socket: LiveSocket): () => number {
  let waiting = 0;
  socket.conn.on('packetCreate', () => waiting++);
  socket.conn.on('flush', (packets: unknown[]) => {
    waiting = Math.max(0, waiting - packets.length);
  });
  return () => waiting;
}
