// Single-letter keys: bound for a screen, silent while somebody types, and able to be turned off (WCAG 2.1.4).
import { tinykeys } from 'tinykeys';

const storageKey = 'simpang.letters';

class Keys {
  letters = $state(localStorage.getItem(storageKey) !== 'off');

  toggleLetters(): void {
    this.letters = !this.letters;
    localStorage.setItem(storageKey, this.letters ? 'on' : 'off');
  }

  /** Binds keys to acts until the returned function is called. Single characters obey the switch, named keys do not. */
  bind(acts: Record<string, (event: KeyboardEvent) => void>): () => void {
    const guarded = Object.entries(acts).map(([key, act]) => {
      const isModified = /^(\$mod|Control|Alt|Meta)\+/.test(key);
      const isLetter = key.length === 1 || /^Shift\+.$|^Key.$|^(Shift\+)?Digit.$/.test(key);
      const handler = (event: KeyboardEvent): void => {
        if (isLetter && (!this.letters || isTyping(event.target) || isCovered())) return;
        if (!isModified && (event.ctrlKey || event.metaKey || event.altKey)) return;
        // What a key did, a field that it just opened must not take for typing, nor the browser for its own.
        if (isLetter || isModified) event.preventDefault();
        act(event);
      };
      return [key, handler] as const;
    });
    return tinykeys(window, Object.fromEntries(guarded));
  }
}

/** What lies behind a dialog is not acted on unseen. */
const isCovered = (): boolean => document.querySelector('dialog[open]') !== null;

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName));

export const keys = new Keys();
