// What the pages may load and who may frame them: security headers, with a content policy that names everything.
import type { FastifyHelmetOptions } from '@fastify/helmet';
import type { IncomingMessage } from 'node:http';
import type { Origins } from './origin.ts';

/**
 * Nothing inline, nothing of others.
 * @param basemapOrigin where a style of somebody else's map is fetched; the one exception, when it is configured.
 */
export function toHelmetOptions(origins: Origins, basemapOrigin?: string): FastifyHelmetOptions {
  const others = basemapOrigin === undefined ? [] : [basemapOrigin];
  const socketOrigin = ({ headers }: IncomingMessage): string => origins.socketOrigin(headers.host);
  return {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'self'"],
        'script-src': ["'self'"],
        'style-src': ["'self'"],
        'worker-src': ["'self'"],
        'img-src': ["'self'", 'data:', 'blob:', ...others],
        'media-src': ["'self'", 'blob:'],
        'connect-src': ["'self'", socketOrigin, ...others],
        'frame-ancestors': ["'none'"],
        'base-uri': ["'none'"],
        'form-action': ["'self'"],
        'object-src': ["'none'"],
        ...(origins.secure ? { 'upgrade-insecure-requests': [] } : {}),
      },
    },
    frameguard: { action: 'deny' },
    hsts: origins.secure ? { maxAge: 31_536_000, includeSubDomains: false } : false,
    referrerPolicy: { policy: 'no-referrer' },
    crossOriginResourcePolicy: { policy: 'same-origin' },
  };
}
