// Fetches a camera's stream for those who may see it: only from networks where cameras are, bounded in time and size.
import http from 'node:http';
import https from 'node:https';
import { lookup } from 'node:dns';
import { BlockList, isIP, isIPv6, type LookupFunction } from 'node:net';
import { isLoopback } from './access.ts';
import { HttpProblem } from './problem.ts';

const answerWithinMs = 5_000;
export const maxPlaylistBytes = 256 * 1024;
/** Four seconds at 16 Mbit/s. */
export const maxSegmentBytes = 8 * 1024 * 1024;

/** What a player asks for by name, and how it is served. */
const contentTypes: Record<string, string> = {
  m3u8: 'application/vnd.apple.mpegurl',
  ts: 'video/mp2t',
  m4s: 'video/iso.segment',
  mp4: 'video/mp4',
  aac: 'audio/aac',
  vtt: 'text/vtt',
};

/** Names with folders between them: no empty part, none that starts with a dot, nothing that needs escaping. */
const pathPattern = /^(?:[A-Za-z0-9_-][A-Za-z0-9._-]*\/){0,4}[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}$/;

export const entryPlaylist = 'index.m3u8';

export interface StreamPart {
  url: URL;
  contentType: string;
  isPlaylist: boolean;
}

/**
 * Where a part of a stream is: `index.m3u8` is the stream's own address, all else lies beside or below it.
 * @returns undefined for a path that no part of this stream can have.
 */
export function toStreamPart(streamUrl: string, path: string): StreamPart | undefined {
  if (!URL.canParse(streamUrl) || !pathPattern.test(path)) return undefined;
  const entry = new URL(streamUrl);
  if (entry.protocol !== 'http:' && entry.protocol !== 'https:') return undefined;
  const extension = path.slice(path.lastIndexOf('.') + 1);
  if (!path.includes('.') || !Object.hasOwn(contentTypes, extension)) return undefined;
  const url = path === entryPlaylist ? entry : new URL(folderOf(entry).href + path);
  if (!isBelow(url, entry)) return undefined;
  return { url, contentType: contentTypes[extension]!, isPlaylist: extension === 'm3u8' };
}

/** With the slash at its end, and without query. */
const folderOf = (url: URL): URL => new URL('.', url);

const isBelow = (url: URL, entry: URL): boolean =>
  url.origin === entry.origin && url.pathname.startsWith(folderOf(entry).pathname);

/**
 * A playlist with every address in it relative to the stream's folder, so that the camera's own is never shown.
 * @returns undefined when it names a place outside of that folder.
 */
export function relativePlaylist(text: string, { url }: StreamPart, streamUrl: string): string | undefined {
  const entry = new URL(streamUrl);
  let outside = false;
  const relative = (address: string): string => {
    const target = URL.canParse(address, url.href) ? new URL(address, url) : undefined;
    // Relative to the playlist in which it stands, which players resolve it against.
    const from = folderOf(url).pathname;
    if (target !== undefined && isBelow(target, entry) && target.pathname.startsWith(from)) {
      return target.pathname.slice(from.length);
    }
    outside = true;
    return '';
  };
  const lines = text.split(/\r?\n/).map((line) => {
    if (line.trim() === '') return line;
    if (!line.startsWith('#')) return relative(line.trim());
    return line.replaceAll(/URI="([^"]*)"/g, (_, address: string) => `URI="${relative(address)}"`);
  });
  return outside ? undefined : lines.join('\n');
}

/** Where cameras may be: addresses and networks (`10.20.0.0/16`); this machine only for simulated ones. */
export class CameraNetworks {
  readonly #allowed = new BlockList();

  /** @throws for text that is no address and no network. */
  constructor(networks: readonly string[]) {
    for (const network of networks) {
      const [address = '', prefix] = network.split('/');
      if (isIP(address) === 0) throw new Error(`${network} is not an address or a network of cameras`);
      const family = isIPv6(address) ? 'ipv6' : 'ipv4';
      if (prefix === undefined) this.#allowed.addAddress(address, family);
      else this.#allowed.addSubnet(address, Number(prefix), family);
    }
  }

  allows(address: string, simulated: boolean): boolean {
    if (simulated) return isLoopback(address);
    return this.#allowed.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
  }

  /** Resolves names, and fails for one that leads anywhere else: checked on the address that is connected to. */
  lookup(simulated: boolean): LookupFunction {
    return (hostname, options, done) => {
      lookup(hostname, { ...options, all: true }, (error, addresses) => {
        const allowed = error ? [] : addresses.filter(({ address }) => this.allows(address, simulated));
        const [first] = allowed;
        if (error || first === undefined) return done(error ?? new ForeignCameraError(), '', 0);
        if (options.all) done(null, allowed);
        else done(null, first.address, first.family);
      });
    };
  }
}

class ForeignCameraError extends Error {
  override name = 'ForeignCameraError';
  override message = 'the camera is not in a network of cameras';
}

const agentOptions = { keepAlive: true, maxSockets: 64, timeout: answerWithinMs };
const newAgents = () => ({ 'http:': new http.Agent(agentOptions), 'https:': new https.Agent(agentOptions) });

/** Kept apart, so that no connection made under one rule is used again under the other. */
const agents = { simulated: newAgents(), real: newAgents() };

/**
 * The bytes of a part.
 * @throws {HttpProblem} 404 as the camera says, 502 and 504 when it does not give what it should, in words that do not
 *   name its address.
 */
export async function fetchStreamPart(
  part: StreamPart,
  simulated: boolean,
  networks: CameraNetworks,
): Promise<Buffer> {
  const host = part.url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0 && !networks.allows(host, simulated)) throw refusal(new ForeignCameraError());
  const signal = AbortSignal.timeout(answerWithinMs);
  try {
    const agent = agents[simulated ? 'simulated' : 'real'][part.url.protocol as 'http:' | 'https:'];
    return await get(part, { agent, lookup: networks.lookup(simulated), signal });
  } catch (error) {
    throw error instanceof HttpProblem ? error : refusal(error as Error, signal.aborted);
  }
}

const refusal = (cause: Error, late = false): HttpProblem =>
  late
    ? new HttpProblem(504, 'The camera does not answer.', { cause })
    : new HttpProblem(502, 'The camera cannot be reached.', { cause });

function get({ url, isPlaylist }: StreamPart, options: http.RequestOptions): Promise<Buffer> {
  const { request } = url.protocol === 'https:' ? https : http;
  const limit = isPlaylist ? maxPlaylistBytes : maxSegmentBytes;
  return new Promise((resolve, reject) => {
    const asked = request(url, options, (answer) => {
      const chunks: Buffer[] = [];
      let size = 0;
      if (answer.statusCode !== 200) {
        answer.resume();
        const status = answer.statusCode === 404 ? 404 : 502;
        return reject(new HttpProblem(status, `The camera answered ${answer.statusCode ?? 'nothing'}.`));
      }
      answer.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size <= limit) chunks.push(chunk);
        else answer.destroy(new HttpProblem(502, `The camera sent more than ${limit} bytes.`));
      });
      answer.on('end', () => resolve(Buffer.concat(chunks)));
      answer.on('error', reject);
    });
    asked.on('error', reject);
    asked.end();
  });
}
