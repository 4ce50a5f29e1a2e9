// Why something did not work, as a sentence, and at which field the server found it.
import type { AdminWords } from '../words/admin-id.ts';
import type { Problem } from '../../../model/http.ts';

export function problemWords(
  { status, problem }: { status: number; problem: Problem },
  w: AdminWords,
): string {
  if (status === 0) return w.unreachable;
  if (status === 409 && problem.field === undefined) return w.staleVersion;
  return w.serverSaid(status, problem.detail ?? problem.title);
}

/** What is said at a field: the server's sentence when its path ends there. */
export function faultAt(field: string, problem: Problem | undefined): string | undefined {
  if (problem?.field === undefined) return undefined;
  const path = problem.field.replace(/^\//, '').replaceAll('/', '.');
  const names = path === field || path.startsWith(`${field}.`) || path.endsWith(`.${field}`);
  return names ? (problem.detail ?? problem.title) : undefined;
}
