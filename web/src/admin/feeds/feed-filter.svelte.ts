// What the feeds table shows: period, words, simulated ones or not; kept while the page lives.
import type { Period } from './feed-rows.ts';

const storageKey = 'simpang.simulated-feeds';

class FeedFilter {
  period = $state<Period>('today');
  text = $state('');
  simulated = $state(localStorage.getItem(storageKey) === 'on');

  showSimulated(shown: boolean): void {
    this.simulated = shown;
    localStorage.setItem(storageKey, shown ? 'on' : 'off');
  }
}

export const feedFilter = new FeedFilter();
