// A feed that keeps no more to its rhythm: one alarm a feed.
import type { ConditionOf } from '../../model/alarm-rule.ts';
import type { FeedStatus } from '../../model/feed.ts';
import type { Finding, Surroundings, Watch } from '../watch.ts';

export const feedSubjectId = (feedId: string): string => `feed:${feedId}`;

export function watchFeedSilent(
  { feedIds }: ConditionOf<'feed-silent'>,
  { heardSinceMs }: Surroundings,
): Watch {
  const wanted = new Set(feedIds);
  /** Known before, with what to say of each. */
  const known = new Map<string, Finding['tell']>();
  const look = (feed: FeedStatus, nowMs: number): Finding | undefined => {
    const { expectedEverySeconds, lastMessageAt } = feed;
    // Without a rhythm no silence is one; one never heard has not begun.
    if (expectedEverySeconds === null || lastMessageAt === null) return undefined;
    const afterMs = expectedEverySeconds * 1000;
    const heardAtMs = Date.parse(lastMessageAt);
    const isSilent = nowMs - Math.max(heardAtMs, heardSinceMs()) > afterMs;
    const tell: Finding['tell'] = () => ({
      subject: {
        id: feedSubjectId(feed.id),
        name: feed.name ?? feed.id,
        lat: null,
        lon: null,
        simulated: feed.simulated,
      },
      evidence: {
        value: Math.round((nowMs - heardAtMs) / 1000),
        limit: expectedEverySeconds,
        unit: 's',
        assetIds: [],
      },
    });
    known.set(feed.id, tell);
    const notSilent = nowMs - heardAtMs <= afterMs ? 'off' : 'unknown';
    return { subjectId: feedSubjectId(feed.id), is: isSilent ? 'on' : notSilent, tell };
  };
  return {
    assetKinds: [],
    heardFeeds: (feeds, nowMs) => {
      const findings = feeds
        .filter(({ id }) => wanted.size === 0 || wanted.has(id))
        .map((feed) => look(feed, nowMs))
        .filter((finding) => finding !== undefined);
      const present = new Set(feeds.map(({ id }) => id));
      for (const [id, tell] of known) {
        if (present.has(id)) continue;
        // A source that was taken away is silent no more.
        known.delete(id);
        findings.push({ subjectId: feedSubjectId(id), is: 'off', tell });
      }
      return findings;
    },
  };
}
