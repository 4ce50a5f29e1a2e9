// Which alerts of a topic stand, over restarts too: what is the same again, what changed, and what is gone.
import { hash } from 'node:crypto';
import type { WarningObservation } from '../../../model/observation.ts';
import type { Warning } from '../../../model/warning.ts';
import { isObject, type AdapterContext } from '../adapter.ts';
import type { AlertContent } from './alert.ts';

/** More than any transit feed has at a time. */
const maxAlerts = 10_000;
const endedKeptMs = 24 * 3_600_000;

interface Standing {
  /** Of its bytes. */
  digest: string;
  /** As it was sent first: the same again is the same in every word. */
  action: 'alert' | 'update';
  /** When it was first seen as it is: epoch milliseconds. */
  sentAt: number;
  event: string;
  /** Of the snapshot that no longer had it; kept for a while, so that the same snapshot read again ends it again. */
  endedAt?: number | undefined;
}

/**
 * GTFS-Realtime says neither when an alert was sent nor that it is over: each snapshot holds those that stand. Both are
 * told from what the snapshots before held, by topic: alerts, positions and trips often come from different ones.
 */
export class StandingAlerts {
  readonly #context: AdapterContext;
  readonly #key: string;
  readonly #held: Map<string, Standing>;
  readonly #atMs: number;
  readonly #newestMs: number;
  readonly #seen = new Set<string>();
  #changed = false;

  /** @param atMs when the snapshot was made. */
  constructor(context: AdapterContext, topic: string, atMs: number) {
    this.#context = context;
    this.#key = `alerts ${topic}`;
    const held = context.memory.get(this.#key);
    this.#held = parseHeld(held?.value);
    this.#newestMs = held?.at ?? 0;
    this.#atMs = atMs;
  }

  /** @param bytes of the entity, by which a change is known. */
  heard(entityId: string, bytes: Buffer, content: AlertContent): WarningObservation {
    this.#seen.add(entityId);
    const digest = hash('sha256', bytes, 'base64');
    const before = this.#held.get(entityId);
    if (before !== undefined && before.digest === digest && before.endedAt === undefined) {
      return this.#toWarning(entityId, before.action, before.sentAt, content);
    }
    const sentAt = this.#atMs;
    const action = before === undefined || before.endedAt !== undefined ? 'alert' : 'update';
    if (this.#held.size < maxAlerts || before !== undefined) {
      this.#held.set(entityId, { digest, action, sentAt, event: content.event });
      this.#changed = true;
    }
    return this.#toWarning(entityId, action, sentAt, content);
  }

  /** Its end, where it stood. */
  ended(entityId: string): WarningObservation | undefined {
    const standing = this.#held.get(entityId);
    if (standing === undefined || (standing.endedAt ?? this.#atMs) !== this.#atMs) return undefined;
    this.#changed ||= standing.endedAt === undefined;
    standing.endedAt = this.#atMs;
    return this.#toWarning(entityId, 'cancel', this.#atMs, {
      event: standing.event,
      severity: 'unknown',
      onsetAt: null,
      expiresAt: null,
      texts: [],
      routeIds: [],
      stopIds: [],
    });
  }

  /** Those that a whole snapshot no longer has. One that comes late proves nothing. */
  missing(): WarningObservation[] {
    if (this.#atMs < this.#newestMs) return [];
    const gone: WarningObservation[] = [];
    for (const entityId of this.#held.keys()) {
      const end = this.#seen.has(entityId) ? undefined : this.ended(entityId);
      if (end !== undefined) gone.push(end);
    }
    return gone;
  }

  remember(): void {
    if (!this.#changed) return;
    const kept = [...this.#held].filter(
      ([, { endedAt }]) => endedAt === undefined || endedAt > this.#atMs - endedKeptMs,
    );
    this.#context.memory.set(this.#key, this.#atMs, Buffer.from(JSON.stringify(kept)));
  }

  #toWarning(
    entityId: string,
    action: Warning['action'],
    sentAtMs: number,
    content: AlertContent,
  ): WarningObservation {
    const { feedId } = this.#context;
    const id = `${feedId}:${entityId}`;
    const warning: Warning = {
      id,
      kind: 'transit',
      action,
      references: action === 'alert' ? [] : [id],
      sender: feedId,
      sentAt: new Date(sentAtMs).toISOString(),
      areas: [],
      exercise: feedId.startsWith('sim-'),
      ...content,
    };
    return { kind: 'warning', sourceId: id, observedAt: sentAtMs, warning };
  }
}

function parseHeld(value: Buffer | undefined): Map<string, Standing> {
  if (value === undefined) return new Map();
  const entries: unknown = JSON.parse(value.toString('utf8'));
  return new Map(Array.isArray(entries) ? entries.filter(([, each]) => isObject(each)) : []);
}
