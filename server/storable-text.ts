// Refuses text that the store cannot hold, before any route sees it: NUL, and half of a surrogate pair.
import type { FastifyInstance } from 'fastify';
import { HttpProblem } from './problem.ts';

/** Path of the first string, or name of a member, that PostgreSQL cannot keep; undefined when there is none. */
export function unstorableField(value: unknown, path: readonly string[] = []): string | undefined {
  if (typeof value === 'string') return isStorable(value) ? undefined : path.join('.');
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, member] of Object.entries(value)) {
    if (!isStorable(key)) return path.join('.');
    const field = unstorableField(member, [...path, key]);
    if (field !== undefined) return field;
  }
  return undefined;
}

const isStorable = (text: string): boolean => !/[\0\p{Surrogate}]/u.test(text);

/** Looks at what was parsed and found valid, so it is no deeper than the schemas allow. */
export function refuseUnstorable(app: FastifyInstance): void {
  app.addHook('preHandler', async ({ body, query }) => {
    if (Buffer.isBuffer(body)) return;
    const field = unstorableField(body) ?? unstorableField(query);
    if (field === undefined) return;
    const detail = 'The text holds NUL or half of a character, which cannot be stored.';
    throw new HttpProblem(400, detail, field === '' ? {} : { field });
  });
}
