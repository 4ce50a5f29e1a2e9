// What can be done on a screen, in one list: its keys are bound from it, `?` shows it and the finder offers it, so they cannot differ.
import { keys } from './keys.svelte.ts';

export interface Command {
  /** In the language of the page. */
  name: () => string;
  /** As tinykeys writes them: `l`, `Shift+?`, `$mod+k`, `Alt+Digit1`. Empty for what has no key of its own. */
  keys: readonly string[];
  /** The keys as people read them: `L`, `Ctrl K`. */
  shown: string;
  /** Absent for what the map does by itself: told of, not offered. */
  run?: (event?: KeyboardEvent) => void;
  /** Left out of what the finder offers, as what closes the finder. */
  keyOnly?: boolean;
}

class Commands {
  #lists = $state.raw<readonly (readonly Command[])[]>([]);
  readonly all = $derived(this.#lists.flat());

  /** Binds and lists commands until the returned function is called. */
  offer(list: readonly Command[]): () => void {
    this.#lists = [...this.#lists, list];
    const bound = list.flatMap(({ keys: own, run }) => (run ? own.map((key) => [key, run] as const) : []));
    const unbind = keys.bind(Object.fromEntries(bound));
    return () => {
      unbind();
      this.#lists = this.#lists.filter((each) => each !== list);
    };
  }
}

export const commands = new Commands();
