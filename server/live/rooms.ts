// The websockets: who may open one, what they ask, and their end when the session ends.
import type { Server as HttpServer, IncomingMessage } from 'node:http';
import { Server } from 'socket.io';
import type { LinkState, WatchAnswer } from '../../model/live.ts';
import type { Origins } from '../origin.ts';
import { HttpProblem } from '../problem.ts';
import { sessionCookie, type Sessions } from '../session.ts';
import { countBacklog } from './backlog.ts';
import { followLooks } from './look.ts';
import type { LiveServer, LiveSocket } from './socket.ts';
import { watch, type WatchOptions } from './watch.ts';

export interface RoomsOptions extends WatchOptions {
  server: HttpServer;
  sessions: Sessions;
  origins: Origins;
  parseCookies: (header: string) => Record<string, string | undefined>;
  links: () => LinkState;
  log: (message: string) => void;
}

export interface Rooms {
  readonly io: LiveServer;
  /** The links changed: everybody is told. */
  sendLinks(): void;
  /** Those who were refused for want of a picture are made to ask again. */
  pictureLoaded(): void;
  stop(): void;
}

const recheckEveryMs = 1_000;
/** A page sets its clock by them, and hears by them that the server lives. */
const linksEveryMs = 1_000;
const maxSockets = 2_000;
const maxMessageBytes = 16 * 1024;
/** A page that hears nothing for a few seconds says so: in a quiet city these are all it hears. */
const pingIntervalMs = 2_000;
const pingTimeoutMs = 10_000;
/** A page watches once a connection, or when its layers change. */
const watchesPerWindow = 20;
const watchWindowMs = 10_000;

export function openRooms(options: RoomsOptions): Rooms {
  const io: LiveServer = new Server(options.server, {
    transports: ['websocket'],
    serveClient: false,
    perMessageDeflate: false,
    httpCompression: false,
    maxHttpBufferSize: maxMessageBytes,
    pingInterval: pingIntervalMs,
    pingTimeout: pingTimeoutMs,
    connectTimeout: pingTimeoutMs,
    allowRequest: (request, answer) => {
      const refusal = refusalOf(request, options.origins, io.engine.clientsCount);
      answer(refusal, refusal === undefined);
    },
  });
  io.use((socket, next) => {
    admit(socket, options).then(
      () => next(),
      (error: Error) => next(refused(error)),
    );
  });
  io.on('connection', (socket) => {
    welcome(socket, options);
    followLooks(io, socket);
  });
  options.sessions.onEnd((token) => disconnectTokens(io, new Set([token])));

  const links = setInterval(() => io.emit('links', options.links()), linksEveryMs);
  const recheck = repeatedly(recheckEveryMs, () => recheckSessions(io, options.sessions));
  return {
    io,
    sendLinks: () => void io.emit('links', options.links()),
    pictureLoaded: () => {
      for (const socket of io.sockets.sockets.values()) if (socket.data.waits) socket.conn.close();
    },
    stop: () => {
      clearInterval(links);
      clearInterval(recheck);
      // The connections, not the clients: they come back by themselves to whoever starts next.
      io.engine.close();
    },
  };
}

function refusalOf(request: IncomingMessage, origins: Origins, sockets: number): string | undefined {
  if (origins.isForeignSocket(request.headers)) return 'the page is of another site';
  return sockets >= maxSockets ? 'too many connections' : undefined;
}

async function admit(socket: LiveSocket, { sessions, parseCookies }: RoomsOptions): Promise<void> {
  const token = parseCookies(socket.request.headers.cookie ?? '')[sessionCookie];
  const session = token === undefined ? undefined : await sessions.find(token);
  if (token === undefined || session === undefined) throw new HttpProblem(401, 'Sign in first.');
  socket.data = {
    token,
    session,
    kinds: new Set(),
    nouns: new Set(),
    missed: undefined,
    backlog: countBacklog(socket),
    watchNo: 0,
    waits: false,
    looksAt: undefined,
  };
}

/** What the client reads as `error.message` and `error.data.status`. */
function refused(error: Error): Error {
  const status = error instanceof HttpProblem ? error.status : 500;
  const shown = status === 500 ? 'The server failed.' : error.message;
  return Object.assign(new Error(shown), { data: { status } });
}

function welcome(socket: LiveSocket, options: RoomsOptions): void {
  let watches = 0;
  let windowEndsAt = 0;
  socket.on('watch', (request: unknown, answer: unknown) => {
    if (typeof answer !== 'function') return;
    const reply = answer as (answer: WatchAnswer) => void;
    if (Date.now() > windowEndsAt) {
      watches = 0;
      windowEndsAt = Date.now() + watchWindowMs;
    }
    if (++watches > watchesPerWindow) return reply({ error: 'Too many in a row. Try again in a moment.' });
    watch(socket, request, options).then(reply, (error: unknown) => {
      options.log(`watch: ${String(error)}`);
      reply({ error: 'The server failed.' });
    });
  });
  socket.emit('links', options.links());
}

/** A session that ended takes its sockets with it; one whose role changed begins anew. */
async function recheckSessions(io: LiveServer, sessions: Sessions): Promise<void> {
  const sockets = [...io.sockets.sockets.values()];
  if (sockets.length === 0) return;
  const { gone, valid } = await sessions.recheck([...new Set(sockets.map((socket) => socket.data.token))]);
  disconnectTokens(io, new Set(gone));
  for (const socket of sockets) {
    const now = valid.get(socket.data.token);
    if (now && now.role !== socket.data.session.role) socket.disconnect(true);
  }
}

function disconnectTokens(io: LiveServer, tokens: ReadonlySet<string>): void {
  if (tokens.size === 0) return;
  for (const socket of io.sockets.sockets.values())
    if (tokens.has(socket.data.token)) socket.disconnect(true);
}

/** Never twice at once; a failure waits for the next time (the database is away, and nobody was revoked in it). */
function repeatedly(everyMs: number, work: () => Promise<void>): NodeJS.Timeout {
  let busy = false;
  return setInterval(() => {
    if (busy) return;
    busy = true;
    void work()
      .catch(() => undefined)
      .finally(() => {
        busy = false;
      });
  }, everyMs);
}
