// Everything live on one screen, wired together: socket into picture, picture into census, stream and air.
import { hearingOf } from '../../../model/blindness.ts';
import type { CityMap } from '../../../model/city.ts';
import { desks } from '../../../model/roles.ts';
import { session } from '../session.svelte.ts';
import { Acting } from './acting.svelte.ts';
import { Air } from './air.svelte.ts';
import { alarmDoubt } from './alarm-doubt.ts';
import { Alarms } from './alarms.svelte.ts';
import { Blind } from './blind.svelte.ts';
import { Census } from './census.svelte.ts';
import { clock } from './clock.svelte.ts';
import { Feeds } from './feeds.svelte.ts';
import { blindSince, linkFaults, storeAwaySince } from './link-faults.ts';
import { Picture } from './picture.ts';
import { Playback } from './playback.svelte.ts';
import { Socket } from './socket.svelte.ts';
import { Sounds } from './sounds.svelte.ts';
import { Stream } from './stream.svelte.ts';
import { Warnings } from './warnings.svelte.ts';

export class Desk {
  readonly picture = new Picture();
  readonly census = new Census(this.picture);
  readonly alarms = new Alarms();
  // Without a link the server is asked all the same: what it says, or that it says nothing, is shown.
  readonly acting: Acting = new Acting(
    this.alarms,
    () => this.hindrance === 'pastOnly' || this.hindrance === 'readOnly',
  );
  readonly sounds = new Sounds();
  readonly stream = new Stream((events) => this.alarms.takeEvents(events));
  readonly feeds = new Feeds();
  readonly warnings = new Warnings();
  readonly blind = new Blind();
  readonly playback = new Playback({
    show: (assets) => this.#turnTo(() => this.picture.showPast(assets)),
    move: (changed, gone, film) => this.picture.move(changed, gone, film),
    tell: ({ events, warnings, alarms }) => {
      this.stream.showPast(events);
      this.warnings.showPast(warnings);
      this.alarms.show(alarms);
    },
    live: () => {
      this.stream.showLive();
      this.warnings.showPast(undefined);
      this.alarms.show('live');
      this.#turnTo(() => this.picture.showLive());
    },
    registered: (id) => this.picture.liveAsset(id),
  });
  readonly air: Air;
  readonly socket: Socket;
  /** Since when this page watches. */
  readonly openedAt = clock.read();
  /** Why what is shown of alarms is not to be believed. */
  readonly alarmDoubt = $derived.by(() => {
    const { hearing, since: hearingSince } = this.socket;
    const { checkedAt, failedSince, evaluated } = this.alarms;
    return alarmDoubt(
      { hearing, hearingSince, checkedAt, failedSince, evaluated, room: this.socket.links?.alarms },
      clock.wall,
    );
  });
  /** Why nobody can act on alarms here and now; undefined when they can. */
  readonly hindrance = $derived.by((): 'readOnly' | 'pastOnly' | 'noLink' | undefined => {
    if (!isAtDesk()) return 'readOnly';
    if (clock.past) return 'pastOnly';
    return this.socket.hearing ? undefined : 'noLink';
  });
  /** What is wrong with the links; the nearest first. */
  readonly faults = $derived.by(() => linkFaults(this.socket, clock.wall));
  /** Since when nothing new can come from the field. */
  readonly blindSince = $derived(blindSince(this.faults));
  /** Since when the live picture is not what is; the past is another matter. */
  readonly doubtSince = $derived(clock.past ? undefined : this.blindSince);
  /** Since when nothing that is stored can be asked. */
  readonly storeAwaySince = $derived(storeAwaySince(this.faults));
  changesPerSecond = $state(0);
  conflated = $state(0);
  newestObservedAt = $state<number | undefined>();
  /** Rises with every count, for what must look again once a second. */
  beat = $state(0);
  #changesBefore = 0;
  #onSecond = new Set<() => void>();
  #onAir = new Set<(id: string) => void>();

  constructor(unauthorized: () => void) {
    this.air = new Air(this.picture, (id) => {
      for (const listener of this.#onAir) listener(id);
    });
    this.socket = new Socket({
      expectSnapshot: () => this.picture.expectSnapshot(),
      snapshot: (features, seq) => {
        this.picture.applySnapshot(features);
        void this.stream.recall(seq);
        this.alarms.refresh();
        this.second(clock.read());
      },
      changes: (changes) => this.picture.apply(changes),
      events: (events) => {
        this.stream.takeEvents(events);
        this.warnings.takeEvents(events);
        this.alarms.takeEvents(events);
        this.#listenForAlarms();
        this.feeds.takeEvents(events);
      },
      lastSeq: () => this.stream.lastSeq,
      link: (to, at) => {
        this.stream.takeLink(to, at);
        if (to !== 'back') return;
        this.air.forget();
        this.warnings.forget();
      },
      slept: (from, until) => this.stream.takeSleep(from, until),
      unauthorized,
    });
  }

  /** Told when the index of a station was read anew. */
  onAir(listener: (id: string) => void): () => void {
    this.#onAir.add(listener);
    return () => this.#onAir.delete(listener);
  }

  /** Told once a second, after the census. */
  onSecond(listener: () => void): () => void {
    this.#onSecond.add(listener);
    return () => this.#onSecond.delete(listener);
  }

  /** Another time is shown: what follows from the picture begins anew. */
  #turnTo(show: () => void): void {
    show();
    this.census.forget();
    this.air.clear();
    this.look();
  }

  /** One second of the room's life, by its clock. */
  second(nowMs: number): void {
    this.socket.tick();
    this.changesPerSecond = this.picture.changes - this.#changesBefore;
    this.#changesBefore = this.picture.changes;
    this.conflated = this.picture.conflated;
    this.newestObservedAt = this.picture.newestObservedAt;
    if (this.socket.hearing) {
      this.feeds.tick(nowMs);
      this.stream.tick(nowMs);
      this.warnings.tick(nowMs);
      this.alarms.tick(nowMs);
      this.blind.tick(nowMs);
    }
    this.#listenForAlarms();
    this.look();
  }

  /** Looks anew at what the screen shows, at the screen's time: each second, and while a film plays. */
  look(): void {
    const nowMs = clock.readNow();
    const crossings = this.census.take(nowMs);
    // While the link is gone everything falls silent; that is one event, already said. Those of the past are in the log.
    if (this.socket.hearing && this.picture.isLive) this.stream.takeCrossings(crossings, nowMs);
    this.beat++;
    if (this.socket.hearing) void this.air.tick(nowMs);
    for (const listener of this.#onSecond) listener();
  }

  /** What cannot be seen in what the screen shows; while nothing is heard, as it was when it was heard last. */
  lookForBlind(city: CityMap): void {
    // Before the first picture nothing is known, which is not blindness.
    if (!this.socket.live) return;
    const { links } = this.socket;
    const { doubtSince } = this;
    const heardSince = links && doubtSince === undefined && !clock.past ? hearingOf(links).since : undefined;
    this.blind.look(city, this.picture.assets.values(), doubtSince ?? clock.readNow(), heardSince);
  }

  close(): void {
    this.playback.close();
    this.socket.close();
    this.warnings.close();
    this.alarms.close();
    this.sounds.close();
  }

  /** Desks hear alarms, by what stands now whatever the screen shows; watchers do not. */
  #listenForAlarms(): void {
    if (isAtDesk() && this.alarms.checkedAt !== undefined)
      this.sounds.look(this.alarms.live, session.who?.role === 'supervisor');
  }
}

const isAtDesk = (): boolean => (desks as readonly string[]).includes(session.who?.role ?? '');
