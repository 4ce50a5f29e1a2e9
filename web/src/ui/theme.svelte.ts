// Night or day, kept in this browser; a link may bring its own.
import { parseAddress } from '../address.ts';

export type ThemeName = 'night' | 'day';
const storageKey = 'simpang.theme';

class Theme {
  name = $state<ThemeName>('night');

  constructor() {
    const linked = parseAddress(location.hash).theme;
    const stored = localStorage.getItem(storageKey) === 'day' ? 'day' : 'night';
    this.#show(linked ?? stored);
  }

  choose(name: ThemeName): void {
    localStorage.setItem(storageKey, name);
    this.#show(name);
  }

  next(): void {
    this.choose(this.name === 'night' ? 'day' : 'night');
  }

  #show(name: ThemeName): void {
    document.documentElement.dataset['theme'] = name;
    this.name = name;
  }
}

export const theme = new Theme();
