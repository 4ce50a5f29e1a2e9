// The one connection to the server: listens first, then asks for the snapshot, and asks again after every gap.
import { io, type Socket as IoSocket } from 'socket.io-client';
import type { Change, ClientToServer, Event, LinkState, ServerToClient } from '../../../model/live.ts';
import type { AssetFeature } from '../../../model/asset.ts';
import { clock } from './clock.svelte.ts';

export interface SocketSinks {
  expectSnapshot: () => void;
  snapshot: (features: AssetFeature[], seq: number) => void;
  changes: (changes: Change[]) => void;
  events: (events: Event[]) => void;
  lastSeq: () => number | undefined;
  link: (to: 'lost' | 'back', at: number) => void;
  /** The server no longer knows the session. */
  unauthorized: () => void;
}

const answerWithinMs = 10_000;

export class Socket {
  connected = $state(false);
  /** Since when the link is in its present state. */
  since = $state(clock.read());
  attempts = $state(0);
  /** Why the server refused the live picture. */
  refused = $state<string | undefined>();
  /** Whether a snapshot has ever arrived. */
  live = $state(false);
  links = $state.raw<LinkState | undefined>();
  /** The server's web pages are no longer those this page came from. */
  outdated = $state(false);
  #io: IoSocket<ServerToClient, ClientToServer>;
  #sinks: SocketSinks;
  #version: string | undefined;
  #hadLink = false;

  constructor(sinks: SocketSinks) {
    this.#sinks = sinks;
    this.#io = io({ transports: ['websocket'], reconnectionDelay: 500, reconnectionDelayMax: 5000 });
    this.#io.on('changes', sinks.changes);
    this.#io.on('events', sinks.events);
    this.#io.on('links', (state) => this.#takeLinks(state));
    this.#io.on('connect', () => void this.#connected());
    this.#io.on('disconnect', (reason) => this.#disconnected(reason));
    this.#io.on('connect_error', (error) => this.#failed(error));
  }

  close(): void {
    this.#io.removeAllListeners();
    this.#io.disconnect();
  }

  async #connected(): Promise<void> {
    this.connected = true;
    this.attempts = 0;
    this.since = clock.read();
    if (this.#hadLink) this.#sinks.link('back', this.since);
    this.#hadLink = true;
    await this.#watch();
  }

  async #watch(): Promise<void> {
    this.#sinks.expectSnapshot();
    const since = this.#sinks.lastSeq();
    try {
      const answer = await this.#io.timeout(answerWithinMs).emitWithAck('watch', {
        layers: ['vehicle', 'sensor', 'camera'],
        ...(since === undefined ? {} : { since }),
      });
      if ('error' in answer) {
        this.refused = answer.error;
        return;
      }
      clock.correct(answer.serverTime);
      this.refused = undefined;
      this.#sinks.snapshot(answer.snapshot.features, answer.seq);
      this.live = true;
    } catch {
      // No answer in time: a link that does not speak is no link. Drop it and begin again.
      if (this.#io.connected) this.#io.disconnect().connect();
    }
  }

  #takeLinks(state: LinkState): void {
    clock.correct(state.serverTime);
    this.links = state;
    this.#version ??= state.version;
    this.outdated = state.version !== this.#version;
  }

  #disconnected(reason: string): void {
    this.#lost();
    // After a kick by the server the library does not come back by itself.
    if (reason === 'io server disconnect') {
      this.#sinks.unauthorized();
      setTimeout(() => this.#io.connect(), 1000);
    }
  }

  #failed(error: Error): void {
    this.attempts++;
    this.#lost();
    // A refusal by the server, unlike an unreachable one, ends the library's own attempts.
    if (!this.#io.active) {
      this.#sinks.unauthorized();
      setTimeout(() => this.#io.connect(), 5000);
    }
    this.refused = this.#io.active ? undefined : error.message;
  }

  #lost(): void {
    if (!this.connected) return;
    this.connected = false;
    this.since = clock.read();
    this.#sinks.link('lost', this.since);
  }
}
