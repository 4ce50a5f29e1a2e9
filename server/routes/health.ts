// GET /api/health: whether the server can serve, and the state of all it depends on.
import Type from 'typebox';
import { Health, Problem } from '../../model/http.ts';
import type { App } from '../app.ts';
import type { HealthWatch } from '../health.ts';
import { HttpProblem } from '../problem.ts';

const Unable = Type.Intersect([Problem, Type.Object({ checks: Health.properties.checks })]);

export function healthRoutes(app: App, health: HealthWatch): void {
  app.get(
    '/api/health',
    {
      config: { access: 'public' },
      schema: {
        summary: 'Whether the server can serve, and the state of all it depends on',
        tags: ['system'],
        response: { 200: Health, 503: Unable },
      },
    },
    async (_request, reply) => {
      const state = health.toHealth();
      if (!health.canServe) {
        throw new HttpProblem(503, 'There is no picture of the city yet.', {
          extra: { checks: state.checks },
        });
      }
      reply.header('cache-control', 'no-store');
      return state;
    },
  );
}
