// What a kind of rule is made of: it looks at what changed and says of which subject the condition holds.
import type { AlarmEvidence, AlarmSubject } from '../model/alarm.ts';
import type { AssetKind } from '../model/asset.ts';
import type { FeedStatus } from '../model/feed.ts';
import type { MetricId } from '../model/metrics.ts';
import type { PictureAsset } from '../model/picture.ts';
import type { Ground } from './ground.ts';

/** What an alarm would say, asked for only when one is raised. */
export interface Told {
  subject: AlarmSubject;
  evidence: AlarmEvidence;
}

export interface Finding {
  subjectId: string;
  /** `unknown`: within the dead band, or nothing that could be judged; what stands goes on standing. */
  is: 'on' | 'off' | 'unknown';
  /** When time alone can change the answer: `due` is asked then. Epoch milliseconds. */
  askAgainAtMs?: number;
  tell(): Told;
}

/** What a watch may ask of its surroundings. */
export interface Surroundings {
  ground: Ground;
  assetOf(id: string): PictureAsset | undefined;
  /** Since when everything that is sent is heard: silence before that is none. Epoch milliseconds. */
  heardSinceMs(): number;
}

/** One rule at work, without its delays. Holds what it must remember; all times are arguments. */
export interface Watch {
  /** The kinds of assets whose changes it wants to see. */
  readonly assetKinds: readonly AssetKind[];
  changed?(asset: PictureAsset, nowMs: number): Finding | undefined;
  /** Whether it looks at an asset at all, where that asset is the subject: one that left its reach is no matter of it. */
  looksAt?(asset: PictureAsset): boolean;
  /** An asset is no more; the evaluator itself lets alarms of that asset return. */
  gone?(assetId: string, nowMs: number): Finding | undefined;
  heardFeeds?(feeds: readonly FeedStatus[], nowMs: number): Finding[];
  due?(subjectId: string, nowMs: number): Finding | undefined;
  /** The past that it needs at its beginning. */
  readonly past?: { metric: MetricId; withinSeconds: number };
  /** Oldest first. */
  remember?(assetId: string, points: readonly (readonly [atMs: number, value: number])[]): void;
}

/** An asset as the subject of an alarm. */
export const toSubject = ({ id, name, lat, lon, simulated }: PictureAsset): AlarmSubject => ({
  id,
  name: name.slice(0, 200),
  lat: lat ?? null,
  lon: lon ?? null,
  simulated,
});

export const maxEvidenceAssets = 20;
