// GET /api/users: who works here, for the names beside what people did; the change log bears none.
import Type from 'typebox';
import { Person } from '../../model/alarm-http.ts';
import { desks } from '../../model/roles.ts';
import type { Query } from '../../store/connect.ts';
import { selectUsers, userActor } from '../../store/users.ts';
import type { App } from '../app.ts';

export function userRoutes(app: App, db: Query): void {
  app.get(
    '/api/users',
    {
      config: { access: desks },
      schema: {
        summary: 'Everybody who has an account, with the name to show beside what they did',
        tags: ['users'],
        response: { 200: Type.Array(Person) },
      },
    },
    async (_request, reply) => {
      reply.header('cache-control', 'no-store');
      const users = await selectUsers(db);
      return users.map(({ userNo, displayName, role, disabledAt }) => ({
        actor: userActor(userNo),
        displayName,
        role,
        disabled: disabledAt !== undefined,
      }));
    },
  );
}
