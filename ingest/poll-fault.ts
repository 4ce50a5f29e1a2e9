// Why a poll failed, in words for whoever entered the address: never with what is secret in it.
import type { Credentials } from '../model/source.ts';

export interface PollFaultOptions {
  /** The sender asked for so long a pause, in milliseconds. */
  retryAfterMs?: number | undefined;
}

/** Its message is shown on the feeds screen, so it holds no query, no credentials, and nothing of what was answered. */
export class PollFault extends Error {
  override name = 'PollFault';
  readonly retryAfterMs: number | undefined;

  constructor(message: string, { retryAfterMs }: PollFaultOptions = {}) {
    super(message);
    this.retryAfterMs = retryAfterMs;
  }
}

const maxRetryAfterMs = 3_600_000;

/** An address as it may be shown: keys often stand in the query. */
export const shownAddress = (url: URL): string => `${url.host}${url.pathname}`.slice(0, 200);

/** The address of a source, or why it cannot be polled. @throws {PollFault} */
export function parseAddress(address: string): URL {
  if (!URL.canParse(address)) throw new PollFault('the address is none: expected https://…');
  const url = new URL(address);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new PollFault(`${url.protocol} cannot be polled: expected http:// or https://`);
  if (url.username !== '' || url.password !== '')
    throw new PollFault('the address holds a name or password: enter them as credentials instead');
  return url;
}

/** What stands before the body of an answer that brings none. */
export function statusFault(response: Response, url: URL, now: number): PollFault {
  const { status } = response;
  const retryAfterMs = parseRetryAfter(response.headers.get('retry-after'), now);
  return new PollFault(`${status} from ${shownAddress(url)}: ${meaningOf(status)}`, { retryAfterMs });
}

function meaningOf(status: number): string {
  if (status === 401 || status === 403) return 'are the credentials right?';
  if (status === 404 || status === 410) return 'is the address right?';
  if (status === 429) return 'it is asked too often; asked more seldom from now on';
  if (status >= 500) return 'the sender has a fault of its own';
  return 'that brings nothing to read';
}

/** Seconds, or a date (RFC 9110, 10.2.3); at most an hour. */
export function parseRetryAfter(value: string | null, now: number): number | undefined {
  if (value === null) return undefined;
  const ms = /^\d{1,9}$/.test(value.trim()) ? Number(value) * 1000 : Date.parse(value) - now;
  return Number.isNaN(ms) ? undefined : Math.min(maxRetryAfterMs, Math.max(0, ms));
}

const certificateFaults: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'has expired',
  CERT_NOT_YET_VALID: 'is not valid yet: is the clock right?',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'is signed by itself',
  SELF_SIGNED_CERT_IN_CHAIN: 'is signed by somebody unknown here',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'is signed by somebody unknown here',
  UNABLE_TO_GET_ISSUER_CERT: 'is signed by somebody unknown here',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'is signed by somebody unknown here',
  CERT_REVOKED: 'was revoked',
  ERR_TLS_CERT_ALTNAME_INVALID: 'is for another name',
};

const connectionFaults: Readonly<Record<string, string>> = {
  ENOTFOUND: 'there is no host of that name',
  EAI_AGAIN: 'the name cannot be looked up at the moment',
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the connection broke off',
  EPIPE: 'the connection broke off',
  UND_ERR_SOCKET: 'the connection broke off',
  ETIMEDOUT: 'the host does not answer',
  UND_ERR_CONNECT_TIMEOUT: 'the host does not answer',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  EPROTO: 'no TLS is spoken there: is it http:// ?',
  ERR_SSL_WRONG_VERSION_NUMBER: 'no TLS is spoken there: is it http:// ?',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'no TLS is spoken there: is it http:// ?',
  Z_DATA_ERROR: 'the answer cannot be unpacked',
  Z_BUF_ERROR: 'the answer broke off',
  UND_ERR_HEADERS_OVERFLOW: 'the head of the answer is too large',
};

/** What `fetch` threw. Its own message may quote a header, so it is never passed on. */
export function connectionFault(error: unknown, url: URL): PollFault {
  const { code: own, cause } = error as { code?: unknown; cause?: { code?: unknown } };
  const code = String(cause?.code ?? own ?? '');
  if (Object.hasOwn(certificateFaults, code))
    return new PollFault(`the certificate of ${url.host} ${certificateFaults[code]}`);
  const words = Object.hasOwn(connectionFaults, code)
    ? connectionFaults[code]!
    : `the request failed${/^[A-Z0-9_]{3,60}$/.test(code) ? ` (${code})` : ''}`;
  return new PollFault(`${shownAddress(url)}: ${words}`);
}

/** Basic (RFC 7617), or the header of a key. @throws {PollFault} for a header that HTTP does not allow. */
export function toCredentialHeaders({ username, password, headerName, headerValue }: Credentials): Headers {
  const headers = new Headers();
  if (username !== undefined || password !== undefined) {
    const pair = Buffer.from(`${username ?? ''}:${password ?? ''}`, 'utf8').toString('base64');
    headers.set('authorization', `Basic ${pair}`);
  }
  try {
    if (headerName !== undefined) headers.set(headerName, headerValue ?? '');
  } catch {
    throw new PollFault(
      'the header of the credentials cannot be sent: its name or value holds what HTTP forbids',
    );
  }
  return headers;
}
