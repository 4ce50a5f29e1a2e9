// Errors as RFC 9457 problem documents: one class to throw, one handler that says no more than the client may know.
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { STATUS_CODES } from 'node:http';
import type { Problem } from '../model/http.ts';
import { DeadlineError } from './deadline.ts';

export interface ProblemOptions {
  /** The offending field, as a path. */
  field?: string;
  headers?: Record<string, string>;
  /** Further members of the document (RFC 9457, 3.2). */
  extra?: Record<string, unknown>;
  cause?: unknown;
}

/** Thrown by routes and hooks; everything of it but `cause` is shown to the client. */
export class HttpProblem extends Error {
  override name = 'HttpProblem';
  readonly status: number;
  readonly options: ProblemOptions;

  constructor(status: number, detail: string, options: ProblemOptions = {}) {
    super(detail, { cause: options.cause });
    this.status = status;
    this.options = options;
  }
}

export const problemType = 'application/problem+json; charset=utf-8';

export const titleOf = (status: number): string => STATUS_CODES[status] ?? 'Error';

export const toProblem = (status: number, detail?: string, options: ProblemOptions = {}): Problem => ({
  type: 'about:blank',
  title: titleOf(status),
  status,
  ...(detail === undefined ? {} : { detail }),
  ...(options.field === undefined ? {} : { field: options.field }),
  ...options.extra,
});

export function sendProblem(
  reply: FastifyReply,
  status: number,
  detail?: string,
  options?: ProblemOptions,
): void {
  void reply
    .code(status)
    .headers({ 'cache-control': 'no-store', ...options?.headers })
    .type(problemType)
    .send(toProblem(status, detail, options));
}

/** `/readings/pm25` as people write it; for a missing member the name of what is missing. */
export function fieldOf(first: { instancePath: string; params: unknown } | undefined): string | undefined {
  if (first === undefined) return undefined;
  const params = first.params as { requiredProperties?: string[]; additionalProperties?: string[] };
  const member = params.requiredProperties?.[0] ?? params.additionalProperties?.[0];
  const path = first.instancePath.split('/').slice(1);
  if (member !== undefined) path.push(member);
  return path.length === 0 ? undefined : path.join('.');
}

/** SQLSTATE classes of a server that is not there for us: 08 connection, 53 resources, 57 operator intervention. */
const awayState = /^(08|53|57)/;
const awayCodes: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
]);
const awayWords = /connection terminated|timeout exceeded when trying to connect|query read timeout/i;

/** Whether an error of the database means that it is away or too slow, rather than that we asked something wrong. */
function isDatabaseAway(error: FastifyError): boolean {
  const { code, message } = error;
  return (
    error instanceof DeadlineError ||
    awayCodes.has(code) ||
    (typeof code === 'string' && code.length === 5 && awayState.test(code)) ||
    awayWords.test(message)
  );
}

/** Where the library's own words say too little, or something else than what was wrong. */
const requestFaults: Readonly<Record<string, string>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'The body must be application/json.',
  FST_ERR_CTP_INVALID_JSON_BODY: 'The body is not JSON, or has a key that is never taken, such as __proto__.',
};

/** The one error handler. */
export function handleError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  if (error instanceof HttpProblem) {
    if (error.cause !== undefined) request.log.warn({ err: error.cause }, error.message);
    return sendProblem(reply, error.status, error.message, error.options);
  }
  if (error.validation) {
    const field = fieldOf(error.validation[0]);
    return sendProblem(reply, 400, error.message, field === undefined ? {} : { field });
  }
  const status = error.statusCode ?? 500;
  // Faults of the request, as Fastify and its plugins word them, name nothing of ours.
  if (status >= 400 && status < 500)
    return sendProblem(reply, status, requestFaults[error.code] ?? error.message);
  request.log.error({ err: error }, 'request failed');
  if (isDatabaseAway(error)) {
    return sendProblem(reply, 503, 'The database does not answer.', { headers: { 'retry-after': '5' } });
  }
  sendProblem(reply, status === 503 ? 503 : 500);
}
