// Asking the server: JSON there and back, and the problem document when it refuses. Never throws.
import type { Problem } from '../../../model/http.ts';

export type Answer<T> = { ok: true; value: T } | { ok: false; status: number; problem: Problem };

const answerWithinMs = 15_000;

const asProblem = (status: number, title: string): Problem => ({ type: 'about:blank', title, status });

export interface AskOptions {
  body?: unknown;
  signal?: AbortSignal;
  /** How long an answer is worth waiting for; 15 s unless told. */
  withinMs?: number;
  /** Sent even while the page goes away. */
  keepalive?: boolean;
}

/** @returns the parsed body, or the problem; status 0 when no answer came in time. */
export async function ask<T>(method: string, path: string, options: AskOptions = {}): Promise<Answer<T>> {
  const json =
    options.body === undefined
      ? {}
      : { body: JSON.stringify(options.body), headers: { 'content-type': 'application/json' } };
  const timeout = AbortSignal.timeout(options.withinMs ?? answerWithinMs);
  const signal = options.signal ? AbortSignal.any([options.signal, timeout]) : timeout;
  try {
    const response = await fetch(path, { method, signal, keepalive: options.keepalive ?? false, ...json });
    if (response.ok) {
      const text = await response.text();
      return { ok: true, value: (text === '' ? undefined : JSON.parse(text)) as T };
    }
    return { ok: false, status: response.status, problem: await readProblem(response) };
  } catch {
    return { ok: false, status: 0, problem: asProblem(0, 'unreachable') };
  }
}

async function readProblem(response: Response): Promise<Problem> {
  try {
    const body = (await response.json()) as Partial<Problem>;
    return { ...asProblem(response.status, response.statusText), ...body };
  } catch {
    return asProblem(response.status, response.statusText);
  }
}
