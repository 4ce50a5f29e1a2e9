// GET, POST /api/views and PATCH, DELETE /api/views/{id}: the saved views of whoever asks.
import Type from 'typebox';
import { Problem } from '../../model/http.ts';
import { desks } from '../../model/roles.ts';
import { NewView, SavedView, ViewChange } from '../../model/saved-view.ts';
import type { Database } from '../../store/connect.ts';
import { deleteView, insertView, selectViews, SlotTakenError, updateView } from '../../store/views.ts';
import type { App } from '../app.ts';
import { HttpProblem } from '../problem.ts';
import { orStale, staleProblem } from '../stale.ts';

const Params = Type.Object({ id: Type.String({ pattern: '^[1-9][0-9]{0,8}$' }) });
/** A wall keeps nothing of its own. */
const access = { config: { access: ['viewer', ...desks] } } as const;
const tags = ['views'];

export function viewRoutes(app: App, db: Database): void {
  app.get(
    '/api/views',
    {
      ...access,
      schema: {
        summary: 'Your saved views of the map',
        tags,
        response: { 200: Type.Object({ views: Type.Array(SavedView) }) },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store');
      return { views: await selectViews(db, request.session!.userNo) };
    },
  );

  app.post(
    '/api/views',
    {
      ...access,
      schema: {
        summary: 'Keep what you look at under a name and a key',
        tags,
        body: NewView,
        response: { 201: SavedView, 400: Problem, 409: Problem },
      },
    },
    async (request, reply) => {
      const view = await orTaken(insertView(db, request.session!.userNo, request.body));
      return reply.code(201).send(view);
    },
  );

  app.patch(
    '/api/views/:id',
    {
      ...access,
      schema: {
        summary: 'Name a saved view anew, or replace what it shows',
        tags,
        params: Params,
        body: ViewChange,
        response: { 200: SavedView, 400: Problem, 404: Problem, 409: staleProblem(SavedView) },
      },
    },
    async (request) => {
      const id = Number(request.params.id);
      const view = await orStale(updateView(db, request.session!.userNo, id, request.body));
      if (view === undefined) throw notThere(id);
      return view;
    },
  );

  app.delete(
    '/api/views/:id',
    {
      ...access,
      schema: {
        summary: 'Delete a saved view; the answer holds all that brings it back',
        tags,
        params: Params,
        querystring: Type.Object({ version: Type.Integer({ minimum: 1 }) }),
        response: { 200: SavedView, 404: Problem, 409: staleProblem(SavedView) },
      },
    },
    async (request) => {
      const id = Number(request.params.id);
      const view = await orStale(deleteView(db, request.session!.userNo, id, request.query.version));
      if (view === undefined) throw notThere(id);
      return view;
    },
  );
}

const notThere = (id: number): HttpProblem => new HttpProblem(404, `You have no saved view ${id}.`);

/** @throws {HttpProblem} 409 naming the slot. */
async function orTaken<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof SlotTakenError)) throw error;
    throw new HttpProblem(409, `slot: ${error.message}`, { field: 'slot' });
  }
}
