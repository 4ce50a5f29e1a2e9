// One request of a poller: conditional, bounded in time and size, redirected a few times, never onto another protocol.
import type { Credentials } from '../model/source.ts';
import {
  connectionFault,
  parseAddress,
  PollFault,
  shownAddress,
  statusFault,
  toCredentialHeaders,
} from './poll-fault.ts';

/** What the last whole answer may be asked by: "has it changed since?" (RFC 9110, 13.1). */
export interface Validators {
  etag?: string;
  lastModified?: string;
}

export interface PolledBody {
  body: Buffer;
  contentType: string;
  validators: Validators;
  /** Where it was found in the end. */
  url: URL;
}

export interface PollRequest {
  address: string;
  /** To whom alone the credentials go. */
  origin: string;
  credentials: Credentials | undefined;
  validators: Validators;
  timeoutMs: number;
  maxBytes: number;
  fetch: typeof globalThis.fetch;
  /** Ends it at once. */
  stop: AbortSignal;
}

const maxRedirects = 5;
const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * Asks once.
 * @returns undefined when nothing changed (304), or there is nothing (204).
 * @throws {PollFault} in words for people; whatever `fetch` threw is in none of them.
 */
export async function requestBody(request: PollRequest): Promise<PolledBody | undefined> {
  const abort = new AbortController();
  const end = (): void => abort.abort();
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    end();
  }, request.timeoutMs);
  request.stop.addEventListener('abort', end, { once: true });
  if (request.stop.aborted) end();
  let url = parseAddress(request.address);
  try {
    const response = await follow(request, url, abort.signal, (moved) => (url = moved));
    return await toBody(response, url, request);
  } catch (error) {
    if (late)
      throw new PollFault(
        `no answer within ${Math.round(request.timeoutMs / 1000)} s from ${shownAddress(url)}`,
      );
    throw error instanceof PollFault ? error : connectionFault(error, url);
  } finally {
    clearTimeout(timer);
    request.stop.removeEventListener('abort', end);
    // Whatever was not read to its end is let go.
    end();
  }
}

async function follow(
  request: PollRequest,
  start: URL,
  signal: AbortSignal,
  moved: (url: URL) => void,
): Promise<Response> {
  let url = start;
  for (let hops = 0; hops <= maxRedirects; hops++) {
    const response = await request.fetch(url, {
      redirect: 'manual',
      headers: toHeaders(request, url),
      signal,
    });
    const location = response.headers.get('location');
    if (!redirects.has(response.status) || location === null) return response;
    await response.body?.cancel();
    url = toNext(url, location);
    moved(url);
  }
  throw new PollFault(
    `${shownAddress(start)} sends from one address to the next, more than ${maxRedirects} times`,
  );
}

function toNext(url: URL, location: string): URL {
  if (!URL.canParse(location, url.href))
    throw new PollFault(`${shownAddress(url)} sends on to what is no address`);
  const next = new URL(location, url);
  if (next.protocol !== url.protocol) {
    const words =
      next.protocol === 'https:' ? `: enter https://${shownAddress(next)}` : ', which is not followed';
    throw new PollFault(`${shownAddress(url)} sends on to another protocol, ${next.protocol}//${words}`);
  }
  return parseAddress(next.href);
}

function toHeaders({ credentials, origin, validators }: PollRequest, url: URL): Headers {
  const headers =
    credentials !== undefined && url.origin === origin ? toCredentialHeaders(credentials) : new Headers();
  headers.set('user-agent', 'Simpang');
  if (validators.etag !== undefined) headers.set('if-none-match', validators.etag);
  if (validators.lastModified !== undefined) headers.set('if-modified-since', validators.lastModified);
  return headers;
}

async function toBody(response: Response, url: URL, request: PollRequest): Promise<PolledBody | undefined> {
  if (response.status === 304 || response.status === 204) return undefined;
  if (!response.ok) throw statusFault(response, url, Date.now());
  const { headers } = response;
  const [etag, lastModified] = [headers.get('etag'), headers.get('last-modified')];
  return {
    body: await readAll(response, url, request.maxBytes),
    contentType: headers.get('content-type') ?? '',
    validators: { ...(etag ? { etag } : {}), ...(lastModified ? { lastModified } : {}) },
    url,
  };
}

/** Counted as it is unpacked, so that a small answer that unpacks to much is stopped on its way. */
async function readAll(response: Response, url: URL, maxBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) {
      const mebibytes = Math.round(maxBytes / 2 ** 20);
      throw new PollFault(`${shownAddress(url)} answers with more than ${mebibytes} MiB; no more is taken`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
