// Figures of feeds and of the journal for Prometheus, as ingest reported them last.
import { Counter, Gauge, type Registry } from 'prom-client';
import type { FeedReport, FeedStatus } from '../model/feed.ts';

export interface HeardFeeds {
  report: FeedReport | undefined;
  /** Whether the report is young enough to speak for now. */
  current: boolean;
}

const gauges = {
  simpang_journal_bytes: ['Bytes in the journal', (report: FeedReport) => report.journalBytes],
  simpang_journal_limit_bytes: [
    'Bytes the journal may hold',
    (report: FeedReport) => report.journalLimitBytes,
  ],
  simpang_journal_unread_bytes: [
    'Bytes of the journal that wait until the database has room',
    (report: FeedReport) => report.unreadBytes,
  ],
  simpang_unstored_observations: [
    'Observations in memory that are journalled and not yet in the database',
    (report: FeedReport) => report.unstored,
  ],
} as const;

const counters = {
  simpang_feed_received_total: ['Observations received', (feed: FeedStatus) => feed.received],
  simpang_feed_accepted_total: ['Observations accepted', (feed: FeedStatus) => feed.accepted],
  simpang_feed_rejected_total: ['Observations rejected', (feed: FeedStatus) => feed.rejected],
  simpang_feed_duplicates_total: [
    'Observations that were known already',
    (feed: FeedStatus) => feed.duplicates,
  ],
  simpang_feed_dropped_total: [
    'QoS 0 messages not taken because the journal was full',
    (feed: FeedStatus) => feed.dropped,
  ],
} as const;

/** While ingest is silent the gauges are NaN: what is not known is not zero. Counters stay where they were. */
export function measureFeeds(registry: Registry, heard: () => HeardFeeds): void {
  new Gauge({
    name: 'simpang_ingest_up',
    help: 'Whether ingest was heard of in the last seconds',
    registers: [registry],
    collect() {
      this.set(heard().current ? 1 : 0);
    },
  });
  for (const [name, [help, read]] of Object.entries(gauges)) {
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        const { report, current } = heard();
        this.set(report !== undefined && current ? read(report) : Number.NaN);
      },
    });
  }
  for (const [name, [help, read]] of Object.entries(counters)) {
    new Counter({
      name,
      help: `${help}, by feed, since the start of ingest`,
      labelNames: ['feed'],
      registers: [registry],
      collect() {
        this.reset();
        for (const feed of heard().report?.feeds ?? []) this.inc({ feed: feed.id }, read(feed));
      },
    });
  }
}
