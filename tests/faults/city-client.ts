// What a city says over HTTP, asked as its admin: the live picture of a fleet, and what ingest counts.
import type { AssetCollection } from '../../model/asset.ts';
import type { FeedReport, FeedStatus } from '../../model/feed.ts';

export const adminPassword = 'a password of faults';

/** A vehicle as the live picture or the store has it. */
export interface Place {
  observedAt: number;
  latE6: number;
  lonE6: number;
}

const answerWithinMs = 10_000;

export class CityClient {
  readonly address: string;
  #cookie: string | undefined;

  /** @param address of the server, `http://127.0.0.1:8080`. */
  constructor(address: string) {
    this.address = address;
  }

  /** The session's cookie; signs in when there is none yet. */
  async cookie(): Promise<string> {
    if (this.#cookie !== undefined) return this.#cookie;
    const response = await fetch(`${this.address}/api/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username: 'admin', password: adminPassword }),
      signal: AbortSignal.timeout(answerWithinMs),
    });
    if (!response.ok) throw new Error(`signing in: ${response.status} ${await response.text()}`);
    this.#cookie = response.headers.get('set-cookie')!.split(';')[0]!;
    return this.#cookie;
  }

  async #get<T>(path: string): Promise<T> {
    const response = await fetch(`${this.address}${path}`, {
      headers: { cookie: await this.cookie() },
      signal: AbortSignal.timeout(answerWithinMs),
    });
    if (response.status === 401) this.#cookie = undefined;
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }

  /** @throws while ingest is silent. */
  feeds(): Promise<FeedReport> {
    return this.#get<FeedReport>('/api/feeds');
  }

  async feed(id: string): Promise<FeedStatus | undefined> {
    return (await this.feeds()).feeds.find((feed) => feed.id === id);
  }

  /** The live picture of a fleet's vehicles, by their ids. */
  async fleet(name: string): Promise<Map<string, Place>> {
    const { features } = await this.#get<AssetCollection>('/api/assets?kind=vehicle');
    const prefix = `vehicle:${name}-`;
    const places = new Map<string, Place>();
    for (const { id, geometry, properties } of features) {
      if (!String(id).startsWith(prefix) || geometry === null) continue;
      const [lon, lat] = geometry.coordinates as [number, number];
      places.set(String(id).slice('vehicle:'.length), {
        observedAt: Date.parse(properties.observedAt as string),
        latE6: Math.round(lat * 1e6),
        lonE6: Math.round(lon * 1e6),
      });
    }
    return places;
  }
}
