// Between two frames only the newest of an asset counts: what changed by id, and how many changes went out in a later one.
import { assetKinds, type AssetKind } from '../../model/asset.ts';
import { changeFrame, type Change } from '../../model/live.ts';
import type { LivePicture } from '../../bus/picture.ts';

/** One change as it came, or, of several, the names of what they changed. */
interface Pending {
  change: Change;
  joined: { values: Set<string>; whole: boolean; gone: boolean } | undefined;
}

const ofEachKind = <T>(make: () => T): Record<AssetKind, T> =>
  Object.fromEntries(assetKinds.map((kind) => [kind, make()])) as Record<AssetKind, T>;

export class Conflater {
  readonly #picture: LivePicture;
  readonly #pending = ofEachKind(() => new Map<string, Pending>());
  /** Changes that came in, and those of them that went out inside a later one. */
  readonly counts = ofEachKind(() => ({ received: 0, conflated: 0 }));

  /** @param picture into which every change was folded before it is added here: it knows which value is the newest. */
  constructor(picture: LivePicture) {
    this.#picture = picture;
  }

  add(kind: AssetKind, change: Change): void {
    const pending = this.#pending[kind];
    const counts = this.counts[kind];
    counts.received++;
    const earlier = pending.get(change.id);
    if (earlier === undefined) {
      pending.set(change.id, { change, joined: undefined });
      return;
    }
    counts.conflated++;
    if (earlier.joined === undefined) {
      earlier.joined = { values: new Set(), whole: false, gone: false };
      join(earlier.joined, earlier.change);
    }
    join(earlier.joined, change);
  }

  /** Takes what is pending of a kind. */
  flush(kind: AssetKind): Change[] {
    const pending = this.#pending[kind];
    if (pending.size === 0) return [];
    const changes: Change[] = [];
    for (const [id, { change, joined }] of pending) {
      if (joined === undefined) {
        changes.push(change);
        continue;
      }
      // Gone and here again: what it was before is forgotten first.
      if (joined.gone) changes.push({ id, gone: true });
      if (joined.whole) changes.push(this.#picture.toWhole(id));
      else if (!joined.gone) changes.push(this.#picture.toPart(id, joined.values));
    }
    pending.clear();
    return changes;
  }
}

function join(joined: NonNullable<Pending['joined']>, change: Change): void {
  if (change.kind !== undefined) joined.whole = true;
  if (change.gone) joined.gone = true;
  for (const name in change) if (!changeFrame.has(name) && name !== 'olderValues') joined.values.add(name);
}
