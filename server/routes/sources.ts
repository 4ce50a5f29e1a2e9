// /api/sources: feeds that an admin connects, from the first try to their end.
import type { FastifyReply } from 'fastify';
import Type from 'typebox';
import { Problem } from '../../model/http.ts';
import { admins } from '../../model/roles.ts';
import {
  ChangedSource,
  Source,
  SourceChange,
  SourceDraft,
  Trial,
  type Credentials,
} from '../../model/source.ts';
import {
  credentialsFault,
  defaultPollEverySeconds,
  sourceFault,
  type Described,
} from '../../model/source-fault.ts';
import type { Database } from '../../store/connect.ts';
import type { Secrets } from '../../store/secrets.ts';
import {
  deleteSource,
  insertSource,
  selectSource,
  selectSources,
  selectTrial,
  updateSource,
} from '../../store/sources.ts';
import { StaleVersionError } from '../../store/stale.ts';
import { userActor } from '../../store/users.ts';
import type { App } from '../app.ts';
import { HttpProblem } from '../problem.ts';
import { orStale, staleProblem } from '../stale.ts';

const Params = Type.Object({ id: Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,63}$' }) });
const tags = ['sources'];
const access = {
  config: { access: admins },
  onRequest: async (_request: unknown, reply: FastifyReply) => {
    reply.header('cache-control', 'no-store');
  },
} as const;

const dropped =
  'The address names another host than the credentials were given for: they were deleted. Enter those of the new one.';

export function sourceRoutes(app: App, db: Database, secrets: Secrets): void {
  app.get(
    '/api/sources',
    {
      ...access,
      schema: { summary: 'Every source, by name', tags, response: { 200: Type.Array(Source) } },
    },
    async () => selectSources(db),
  );

  app.post(
    '/api/sources',
    {
      ...access,
      schema: {
        summary: 'Add a source, as a draft that is tried and not yet taken in',
        tags,
        body: SourceDraft,
        response: { 201: Source, 400: Problem },
      },
    },
    async (request, reply) => {
      const draft = completed(request.body);
      demandGood(draft, request.body.credentials);
      const source = await insertSource(db, secrets, draft, userActor(request.session!.userNo));
      return reply.code(201).header('location', `/api/sources/${source.id}`).send(source);
    },
  );

  app.get(
    '/api/sources/:id',
    {
      ...access,
      schema: { summary: 'A source', tags, params: Params, response: { 200: Source, 404: Problem } },
    },
    async (request) => demandSource(db, request.params.id),
  );

  app.patch(
    '/api/sources/:id',
    {
      ...access,
      schema: {
        summary: 'Change a source, or whether it is tried, taken in or paused',
        tags,
        params: Params,
        body: SourceChange,
        response: { 200: ChangedSource, 400: Problem, 404: Problem, 409: staleProblem(Source) },
      },
    },
    async (request) => {
      const { id } = request.params;
      const change = { ...request.body };
      if (change.name !== undefined) change.name = change.name.trim();
      const held = await demandSource(db, id);
      // What is judged below must be what is changed.
      if (held.version !== change.version) await orStale(Promise.reject(new StaleVersionError(held)));
      const { credentials, ...given } = change;
      demandGood({ ...held, ...given }, credentials);
      const actor = userActor(request.session!.userNo);
      const updated = await orStale(updateSource(db, secrets, id, change, actor));
      if (updated === undefined) throw notThere(id);
      return updated.credentialsDropped ? { ...updated.source, notice: dropped } : updated.source;
    },
  );

  app.delete(
    '/api/sources/:id',
    {
      ...access,
      schema: {
        summary: 'Delete a source with its mapping and rejects; what it brought stays',
        tags,
        params: Params,
        response: { 204: Type.Null(), 404: Problem },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      if (!(await deleteSource(db, id, userActor(request.session!.userNo)))) throw notThere(id);
      return reply.code(204).send(null);
    },
  );

  app.get(
    '/api/sources/:id/trial',
    {
      ...access,
      schema: {
        summary: 'How the trial of a draft goes, or the connection of a source',
        tags,
        params: Params,
        response: { 200: Trial, 404: Problem },
      },
    },
    async (request) => {
      const { id } = request.params;
      const trial = await selectTrial(db, id);
      if (trial !== undefined) return trial;
      await demandSource(db, id);
      return { state: 'waiting' as const, fault: null, at: new Date().toISOString(), samples: [], names: [] };
    },
  );
}

/** The draft with what is left out filled in. */
function completed(draft: SourceDraft): SourceDraft & Described {
  const pollEverySeconds =
    draft.pollEverySeconds ?? (draft.transport === 'http' ? defaultPollEverySeconds : null);
  return {
    ...draft,
    name: draft.name.trim(),
    address: draft.address ?? null,
    topicFilter: draft.topicFilter ?? null,
    pollEverySeconds,
  };
}

function demandGood(source: Described, credentials: Credentials | null | undefined): void {
  const fault =
    sourceFault(source) ??
    (credentials == null ? undefined : credentialsFault(source.transport, credentials));
  if (fault !== undefined) throw new HttpProblem(400, fault.detail, { field: fault.field });
}

const notThere = (id: string): HttpProblem => new HttpProblem(404, `There is no source ${id}.`);

async function demandSource(db: Database, id: string): Promise<Source> {
  const source = await selectSource(db, id);
  if (source === undefined) throw notThere(id);
  return source;
}
