// GET /api/agencies: who owns what in the city, for the desks.
import Type from 'typebox';
import type { City } from '../../model/city.ts';
import { desks } from '../../model/roles.ts';
import type { App } from '../app.ts';

export function agencyRoutes(app: App, { agencies }: Pick<City, 'agencies'>): void {
  app.get(
    '/api/agencies',
    {
      config: { access: desks },
      schema: {
        summary: 'The agencies of the city',
        tags: ['city'],
        response: { 200: Type.Array(Type.Object({ id: Type.String(), name: Type.String() })) },
      },
    },
    async () => agencies.agencies.map(({ id, name }) => ({ id, name })),
  );
}
