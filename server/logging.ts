// What the log may hold: no cookies, no passwords, no addresses of people, and routes instead of what was asked of them.
import type { FastifyInstance } from 'fastify';
import type { LoggerOptions } from 'pino';

/** For whoever makes the logger; the second net below `logRequests`, which logs none of these in the first place. */
export const logOptions: LoggerOptions = {
  base: null,
  redact: {
    paths: [
      'password',
      '*.password',
      'token',
      '*.token',
      'req.headers.cookie',
      'req.headers.authorization',
      'res.headers["set-cookie"]',
      'headers.cookie',
      'headers.authorization',
      // Of PostgreSQL's errors: the offending row.
      'err.detail',
      'err.where',
    ],
    censor: '[not logged]',
  },
};

/** A line a request, at `debug`: an address can hold a code that stands for a person, so the route's pattern is logged. */
export function logRequests(app: FastifyInstance): void {
  app.addHook('onResponse', async (request, reply) => {
    request.log.debug(
      {
        method: request.method,
        route: request.routeOptions.url ?? 'unknown',
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime),
      },
      'answered',
    );
  });
}
