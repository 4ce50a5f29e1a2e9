// The sounds of the desk, made by the browser itself: played as planned, silenced by hand, and said when they cannot be heard.
import type { Alarm } from '../../../model/alarm.ts';
import { clock } from './clock.svelte.ts';
import { nextSound, notesOf, quiet, silenced, unsilenced, type Note, type Sound } from './sound-plan.ts';

const loudness = 0.18;

export class Sounds {
  /** `blocked`: the browser wants somebody to touch the page first. */
  can = $state<'unknown' | 'play' | 'blocked' | 'failed'>('unknown');
  silentUntil = $state<number | undefined>();
  /** Sounds begun since the page was opened. */
  played = $state(0);
  #state = quiet;
  #context: AudioContext | undefined;

  constructor() {
    this.#open();
    for (const name of gestures) window.addEventListener(name, this.#allowed, { passive: true });
  }

  /** Looks at the alarms; called each second and whenever they change. */
  look(alarms: readonly Alarm[], hearsEscalations: boolean): void {
    const { play, state } = nextSound(this.#state, alarms, clock.read(), hearsEscalations);
    this.#state = state;
    if (this.silentUntil !== state.silentUntil) this.silentUntil = state.silentUntil;
    if (play !== undefined) this.#play(play);
  }

  toggleSilence(): void {
    const silent = this.#state.silentUntil !== undefined;
    this.#state = silent ? unsilenced(this.#state) : silenced(this.#state, clock.read());
    this.silentUntil = this.#state.silentUntil;
  }

  /** Asks the browser to let us be heard; it agrees only in answer to a click or a key. */
  allow(): void {
    this.#allowed();
  }

  close(): void {
    for (const name of gestures) window.removeEventListener(name, this.#allowed);
    void this.#context?.close().catch(() => undefined);
  }

  #open(): void {
    try {
      this.#context = new AudioContext();
      this.#context.onstatechange = () => this.#see();
      this.#see();
    } catch {
      this.can = 'failed';
    }
  }

  #see(): void {
    this.can = this.#context?.state === 'running' ? 'play' : 'blocked';
  }

  #allowed = (): void => {
    if (this.#context?.state !== 'suspended') return;
    this.#context.resume().then(
      () => this.#see(),
      () => (this.can = 'failed'),
    );
  };

  #play(sound: Sound): void {
    if (this.#context === undefined || this.can !== 'play') return;
    try {
      for (const note of notesOf[sound]) playNote(this.#context, note);
      this.played++;
    } catch {
      this.can = 'failed';
    }
  }
}

const gestures = ['pointerdown', 'keydown'] as const;

function playNote(context: AudioContext, { from, to, at, seconds }: Note): void {
  const startsAt = context.currentTime + at + 0.02;
  const endsAt = startsAt + seconds;
  const voice = new OscillatorNode(context, { type: 'triangle', frequency: from });
  voice.frequency.linearRampToValueAtTime(to, endsAt);
  const gain = new GainNode(context, { gain: 0 });
  // Rises and falls in hundredths of a second: without that a note clicks.
  gain.gain.setValueAtTime(0, startsAt);
  gain.gain.linearRampToValueAtTime(loudness, startsAt + 0.015);
  gain.gain.setValueAtTime(loudness, endsAt - 0.06);
  gain.gain.linearRampToValueAtTime(0, endsAt);
  voice.connect(gain).connect(context.destination);
  voice.start(startsAt);
  voice.stop(endsAt + 0.02);
}
