// The feeds in a sentence: how many keep their rhythm, which are silent, how old the newest word is. Pure.
import type { FeedReport, FeedStatus } from '../../../model/feed.ts';
import { feedFreshness } from '../admin/feeds/feed-rows.ts';

export interface FeedCount {
  all: number;
  heard: number;
  newestAt: number | undefined;
}

export interface FeedSum {
  /** Feeds with a rhythm that were ever heard, or that are at fault. */
  all: number;
  silent: readonly FeedStatus[];
  newestAt: number | undefined;
}

/** Feeds without a rhythm too: how many there are, and how many were heard and are neither silent nor at fault. */
export function countHeard(report: FeedReport, which: (feed: FeedStatus) => boolean): FeedCount {
  const atMs = Date.parse(report.at);
  const feeds = report.feeds.filter(which);
  const heard = feeds.filter((feed) => ['fresh', 'stale'].includes(feedFreshness(feed, atMs)));
  return { all: feeds.length, heard: heard.length, newestAt: newestOf(feeds) };
}

function newestOf(feeds: readonly FeedStatus[]): number | undefined {
  const heard = feeds.flatMap(({ lastMessageAt }) =>
    lastMessageAt === null ? [] : [Date.parse(lastMessageAt)],
  );
  return heard.length === 0 ? undefined : Math.max(...heard);
}

/** As the report has it: reckoned at its own time. A feed that every broker has and nobody ever used counts for nothing. */
export function sumFeeds(report: FeedReport): FeedSum {
  const atMs = Date.parse(report.at);
  const { feeds } = report;
  const states = feeds
    .map((feed) => ({ feed, state: feedFreshness(feed, atMs, false) }))
    .filter(
      ({ feed, state }) => state !== 'unknown' && (feed.expectedEverySeconds !== null || feed.fault !== null),
    );
  return {
    all: states.length,
    silent: states.filter(({ state }) => state === 'silent').map(({ feed }) => feed),
    newestAt: newestOf(feeds),
  };
}
