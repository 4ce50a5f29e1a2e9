// GET /api/openapi.json, /api/docs, /api/asyncapi.json: what the server offers, made from the schemas that run it.
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import Type from 'typebox';
import { toAsyncApi } from '../../model/asyncapi.ts';
import type { App } from '../app.ts';
import { sessionCookie } from '../session.ts';

/** Made by a plugin that knows of no access. */
export const docsPath = '/api/docs';

const AnyObject = Type.Object({}, { additionalProperties: true });

/** Before the routes: it hears of each as it is made. */
export async function collectRoutes(app: App, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Simpang',
        version,
        description:
          'The real-time operations dashboard a city runs on. Errors are RFC 9457 problem documents.',
        license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
      },
      components: {
        securitySchemes: { session: { type: 'apiKey', in: 'cookie', name: sessionCookie } },
      },
    },
    transform: ({ schema, url, route }) => {
      const isPublic = route.config?.access === 'public';
      return { schema: { ...schema, security: isPublic ? [] : [{ session: [] }] }, url };
    },
  });
}

export async function documentRoutes(app: App, version: string): Promise<void> {
  app.get(
    '/api/openapi.json',
    {
      config: { access: 'public' },
      schema: { summary: 'This document', tags: ['documents'], response: { 200: AnyObject } },
    },
    async () => app.swagger(),
  );
  const asyncApi = toAsyncApi(version);
  app.get(
    '/api/asyncapi.json',
    {
      config: { access: 'public' },
      schema: {
        summary: 'MQTT topics and websocket events, as AsyncAPI 3.0',
        tags: ['documents'],
        response: { 200: AnyObject },
      },
    },
    async () => asyncApi,
  );
  await app.register(swaggerUi, { routePrefix: docsPath, staticCSP: false });
}
