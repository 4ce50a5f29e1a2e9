// Who may call what: every route declares its access, and is refused at build when it does not.
import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify';
import { BlockList, isIPv6 } from 'node:net';
import { signedIn, type Access } from '../model/roles.ts';
import type { Origins } from './origin.ts';
import { HttpProblem } from './problem.ts';
import { sessionCookie, type Sessions, type SignedIn } from './session.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access;
    /** Also open, without a session, to processes of this machine that come by no proxy. */
    loopback?: true;
  }
  interface FastifyRequest {
    /** Who asks; null on public routes, for which nobody is looked up. */
    session: SignedIn | null;
  }
}

export interface GuardOptions {
  sessions: Sessions;
  origins: Origins;
  /** Routes under these paths are made by plugins that know of no access, and are public. */
  publicPlugins: readonly string[];
}

const unsafeMethods: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

/** Hooks on the root: call before any route is registered. */
export function guardAccess(app: FastifyInstance, options: GuardOptions): void {
  app.decorateRequest('session', null);
  app.addHook('onRoute', (route) => declareAccess(route, options.publicPlugins));
  app.addHook('onRequest', async (request) => {
    if (unsafeMethods.has(request.method) && options.origins.isForeign(request.headers)) {
      throw new HttpProblem(403, 'The request comes from another site.');
    }
    const access = accessOf(request);
    if (access === 'public' || (request.routeOptions.config.loopback && isDirectLoopback(request))) return;
    request.session = await demandSession(request, options.sessions);
    if (!access.includes(request.session.role)) {
      throw new HttpProblem(403, `The role ${request.session.role} may not do this.`);
    }
  });
}

function declareAccess(route: RouteOptions, publicPlugins: readonly string[]): void {
  if (publicPlugins.some((path) => route.url === path || route.url.startsWith(`${path}/`))) {
    route.config = { access: 'public', ...route.config };
  }
  if (route.config?.access === undefined) {
    throw new Error(`${String(route.method)} ${route.url} does not declare who may call it (config.access)`);
  }
}

/** What is unknown under /api is hidden from whoever is not signed in; elsewhere it is nobody's secret. */
function accessOf(request: FastifyRequest): Access {
  const { access } = request.routeOptions.config;
  if (access !== undefined) return access;
  return /^\/api(\/|\?|$)/i.test(request.url) ? signedIn : 'public';
}

async function demandSession(request: FastifyRequest, sessions: Sessions): Promise<SignedIn> {
  const token = request.cookies[sessionCookie];
  const session = token === undefined ? undefined : await sessions.find(token);
  if (session === undefined) {
    throw new HttpProblem(401, 'Sign in first.', {
      headers: { 'www-authenticate': 'Session realm="simpang"' },
    });
  }
  return session;
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

export const isLoopback = (address: string): boolean =>
  loopback.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');

/** By the address of the socket; what a proxy on this machine passes on comes from elsewhere. */
function isDirectLoopback(request: FastifyRequest): boolean {
  const { headers } = request;
  const proxied = headers['x-forwarded-for'] ?? headers.forwarded ?? headers.via;
  return proxied === undefined && isLoopback(request.socket.remoteAddress ?? '');
}
