// Which pages are ours: the origin that requests and sockets of a browser must come from.
import type { IncomingHttpHeaders } from 'node:http';

const hostPattern = /^[A-Za-z0-9._-]+(:\d{1,5})?$|^\[[0-9A-Fa-f:.]+\](:\d{1,5})?$/;

export class Origins {
  readonly #public: URL | undefined;

  /** @param publicUrl the address people type; without it pages of whatever host they came by are ours. */
  constructor(publicUrl: string | undefined) {
    this.#public = publicUrl === undefined ? undefined : new URL(publicUrl);
  }

  get secure(): boolean {
    return this.#public?.protocol === 'https:';
  }

  /**
   * True when a browser says that a page of somebody else made the request. Browsers say so with every unsafe request;
   * whoever says nothing is no browser, and carries no cookie against its owner's will.
   */
  isForeign(headers: IncomingHttpHeaders): boolean {
    const site = headers['sec-fetch-site'];
    if (site !== undefined) return site !== 'same-origin' && site !== 'none';
    return this.isForeignSocket(headers);
  }

  /** The same of a websocket's handshake, where the Origin alone counts: browsers differ about the other header. */
  isForeignSocket({ origin, host }: IncomingHttpHeaders): boolean {
    if (origin === undefined) return false;
    if (!URL.canParse(origin)) return true;
    const given = new URL(origin);
    return given.origin !== this.#public?.origin && given.host !== host?.toLowerCase();
  }

  /** Where the page's websocket goes, for the content policy: older browsers do not count it as 'self'. */
  socketOrigin(host: string | undefined): string {
    if (this.#public) return `${this.secure ? 'wss' : 'ws'}://${this.#public.host}`;
    return host !== undefined && hostPattern.test(host) ? `ws://${host}` : '';
  }
}
