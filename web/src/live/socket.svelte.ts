// The one connection to the server: listens first, then asks for the snapshot, and asks again after every gap.
import { io, type Socket as IoSocket } from 'socket.io-client';
import type {
  Change,
  ClientToServer,
  Event,
  LinkState,
  Lookers,
  ServerToClient,
} from '../../../model/live.ts';
import type { AssetFeature } from '../../../model/asset.ts';
import { clock } from './clock.svelte.ts';

export interface SocketSinks {
  expectSnapshot: () => void;
  snapshot: (features: AssetFeature[], seq: number) => void;
  changes: (changes: Change[]) => void;
  events: (events: Event[]) => void;
  lastSeq: () => number | undefined;
  link: (to: 'lost' | 'back', at: number) => void;
  /** This page slept: what it shows is of before. */
  slept: (from: number, until: number) => void;
  /** The server no longer knows the session. */
  unauthorized: () => void;
}

const answerWithinMs = 10_000;
/** The server speaks each second, if only to ask whether we are there and to tell the time. */
const silentAfterMs = 3_000;
/** No second came for so long, and nothing was heard either: the machine or the page slept. */
const asleepAfterMs = 15_000;

export class Socket {
  connected = $state(false);
  /** The link stands, but nothing comes through it: a frozen server looks like a quiet city. */
  silent = $state(false);
  hearing = $derived(this.connected && !this.silent);
  /** Since when the link is in its present state: lost since the last that was heard. */
  since = $state(clock.read());
  attempts = $state(0);
  /** Why the server refused the live picture. */
  refused = $state<string | undefined>();
  /** Whether a snapshot has ever arrived. */
  live = $state(false);
  links = $state.raw<LinkState | undefined>();
  /** Who else has which alarm open. */
  others = $derived.by(() => this.#lookers.filter(({ actor }) => actor !== this.#actor));
  /** The server's web pages are no longer those this page came from. */
  outdated = $state(false);
  #lookers = $state.raw<Lookers>([]);
  #actor = $state<string | undefined>();
  #looksAt: string | undefined;
  #reconnecting: ReturnType<typeof setTimeout> | undefined;
  #io: IoSocket<ServerToClient, ClientToServer>;
  #sinks: SocketSinks;
  #version: string | undefined;
  #hadLink = false;
  #heardAt = clock.read();
  #heardSteadyMs = performance.now();
  #lookedAt = clock.read();
  #sleptFrom: number | undefined;

  constructor(sinks: SocketSinks) {
    this.#sinks = sinks;
    this.#io = io({ transports: ['websocket'], reconnectionDelay: 500, reconnectionDelayMax: 5000 });
    this.#io.on('changes', (changes) => {
      this.#heard();
      sinks.changes(changes);
    });
    this.#io.on('events', (events) => {
      this.#heard();
      sinks.events(events);
    });
    this.#io.io.on('ping', () => this.#heard());
    this.#io.on('lookers', (lookers) => (this.#lookers = lookers));
    this.#io.on('links', (state) => this.#takeLinks(state));
    this.#io.on('connect', () => void this.#connected());
    this.#io.on('disconnect', (reason) => this.#disconnected(reason));
    this.#io.on('connect_error', (error) => this.#failed(error));
  }

  close(): void {
    clearTimeout(this.#reconnecting);
    this.#io.removeAllListeners();
    this.#io.io.off('ping');
    this.#io.disconnect();
  }

  /** Called each second. */
  tick(): void {
    this.#noticeSleep();
    if (!this.hearing || this.#unheardMs() <= silentAfterMs) return;
    this.silent = true;
    this.#changed('lost', this.#heardAt);
  }

  /** Says which alarm is open here, so that others see it; undefined when none is. */
  async look(alarm: string | undefined): Promise<void> {
    this.#looksAt = alarm;
    if (!this.#io.connected) return;
    try {
      const answer = await this.#io.timeout(answerWithinMs).emitWithAck('look', { alarm: alarm ?? null });
      if ('actor' in answer) this.#actor = answer.actor;
    } catch {
      // Who looks is a courtesy: what they do is refused where it meets what another did.
    }
  }

  /** The alarm is closed here; the next one may have been opened before it. */
  async lookAway(alarm: string): Promise<void> {
    if (this.#looksAt === alarm) await this.look(undefined);
  }

  /** By whichever clock says more: the steady one stands still in a sleep, the true one is set right now and then. */
  #unheardMs(): number {
    return Math.max(clock.read() - this.#heardAt, performance.now() - this.#heardSteadyMs);
  }

  /** A link that was open when the page fell asleep is open in name only: the server gave it up long ago. */
  #noticeSleep(): void {
    const now = clock.read();
    const slept = now - Math.max(this.#lookedAt, this.#heardAt) > asleepAfterMs;
    this.#lookedAt = now;
    if (!slept) return;
    this.#sleptFrom ??= this.#heardAt;
    if (this.connected) this.#io.disconnect().connect();
  }

  /** Said once the server has told the time: before, a clock that was set looks like a sleep. */
  #saySleep(): void {
    const from = this.#sleptFrom;
    this.#sleptFrom = undefined;
    const until = clock.read();
    if (from !== undefined && until - from > asleepAfterMs) this.#sinks.slept(from, until);
  }

  #heard(): void {
    // What waited while the page slept comes first, and is old.
    this.#noticeSleep();
    this.#heardAt = clock.read();
    this.#heardSteadyMs = performance.now();
    if (!this.silent) return;
    this.silent = false;
    this.#changed('back', this.#heardAt);
  }

  #changed(to: 'lost' | 'back', at: number): void {
    this.since = at;
    this.#sinks.link(to, at);
  }

  async #connected(): Promise<void> {
    this.#heard();
    this.connected = true;
    this.attempts = 0;
    this.since = this.#heardAt;
    if (this.#hadLink) this.#sinks.link('back', this.since);
    this.#hadLink = true;
    await this.#watch();
  }

  async #watch(): Promise<void> {
    this.#sinks.expectSnapshot();
    const since = this.#sinks.lastSeq();
    try {
      const answer = await this.#io.timeout(answerWithinMs).emitWithAck('watch', {
        layers: ['vehicle', 'sensor', 'camera', 'alarm'],
        ...(since === undefined ? {} : { since }),
      });
      if ('error' in answer) {
        this.refused = answer.error;
        return;
      }
      clock.correct(answer.serverTime);
      this.#heard();
      this.#saySleep();
      this.refused = undefined;
      this.#sinks.snapshot(answer.snapshot.features, answer.seq);
      this.live = true;
      if (this.#looksAt !== undefined) void this.look(this.#looksAt);
    } catch {
      // No answer in time: a link that does not speak is no link. Drop it and begin again.
      if (this.#io.connected) this.#io.disconnect().connect();
    }
  }

  #takeLinks(state: LinkState): void {
    this.#heard();
    // What waited while the page slept tells the time of then.
    if (this.#sleptFrom === undefined) clock.correct(state.serverTime);
    this.links = state;
    this.#version ??= state.version;
    this.outdated = state.version !== this.#version;
  }

  #disconnected(reason: string): void {
    this.#lost();
    // After a kick by the server the library does not come back by itself.
    if (reason === 'io server disconnect') {
      this.#sinks.unauthorized();
      this.#reconnect(1000);
    }
  }

  #failed(error: Error): void {
    this.attempts++;
    this.#lost();
    // A refusal by the server, unlike an unreachable one, ends the library's own attempts.
    if (!this.#io.active) {
      this.#sinks.unauthorized();
      this.#reconnect(5000);
    }
    this.refused = this.#io.active ? undefined : error.message;
  }

  #reconnect(afterMs: number): void {
    clearTimeout(this.#reconnecting);
    this.#reconnecting = setTimeout(() => this.#io.connect(), afterMs);
  }

  #lost(): void {
    if (!this.connected) return;
    const said = this.silent;
    this.connected = this.silent = false;
    if (!said) this.#changed('lost', this.#heardAt);
  }
}
