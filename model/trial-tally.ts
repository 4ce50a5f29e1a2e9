// What a dry run found, counted as it goes: bounded in what it keeps, whole in what it counts. Pure.
import { keptTrialOccurrences, type TrialOccurrence, type TrialResult } from './alarm-rule-http.ts';
import { chatterRaises, chatterWithinSeconds } from './alarm-metrics.ts';

const hourMs = 3_600_000;
/** ISA-18.2 table 5: about 6 alarms an hour are very likely acceptable for one operator's position. */
export const acceptablePerHour = 6;

export interface Raised {
  subject: { id: string; name: string };
  atMs: number;
  value: number | null;
}

export class TrialTally {
  readonly #fromMs: number;
  readonly #open = new Map<string, { fromMs: number; kept: TrialOccurrence | undefined }>();
  readonly #lately = new Map<string, number[]>();
  readonly #chattering = new Set<string>();
  readonly #hours = new Map<number, number>();
  readonly #kept: TrialOccurrence[] = [];
  #raised = 0;
  #endedMs = 0;
  #longestMs = 0;

  constructor(fromMs: number) {
    this.#fromMs = fromMs;
  }

  raise({ subject: { id, name }, atMs, value }: Raised): void {
    this.#raised++;
    const hour = Math.floor(atMs / hourMs) * hourMs;
    this.#hours.set(hour, (this.#hours.get(hour) ?? 0) + 1);
    const lately = [...(this.#lately.get(id) ?? []), atMs].slice(-chatterRaises);
    this.#lately.set(id, lately);
    if (lately.length === chatterRaises && atMs - lately[0]! <= chatterWithinSeconds * 1000)
      this.#chattering.add(id);
    let kept: TrialOccurrence | undefined;
    if (this.#kept.length < keptTrialOccurrences) {
      kept = { subject: { id, name }, from: iso(atMs), to: null, value };
      this.#kept.push(kept);
    }
    this.#open.set(id, { fromMs: atMs, kept });
  }

  return(subjectId: string, atMs: number): void {
    const open = this.#open.get(subjectId);
    if (open === undefined) return;
    this.#open.delete(subjectId);
    if (open.kept !== undefined) open.kept.to = iso(atMs);
    const lastedMs = Math.max(0, atMs - open.fromMs);
    this.#endedMs += lastedMs;
    this.#longestMs = Math.max(this.#longestMs, lastedMs);
  }

  /** How it stands when everything up to `toMs` was looked at; what stands is counted up to there. */
  toResult(
    toMs: number,
    { rows, subjects, resolutionSeconds }: Pick<TrialResult, 'rows' | 'subjects' | 'resolutionSeconds'>,
  ): TrialResult {
    let standingMs = this.#endedMs;
    let longestMs = this.#longestMs;
    for (const { fromMs } of this.#open.values()) {
      standingMs += Math.max(0, toMs - fromMs);
      longestMs = Math.max(longestMs, toMs - fromMs);
    }
    const hours = [...this.#hours].sort(([a], [b]) => a - b);
    const worst = hours.reduce<[number, number] | undefined>(
      (most, hour) => (most === undefined || hour[1] > most[1] ? hour : most),
      undefined,
    );
    const perHour = this.#raised / Math.max(1 / 60, (toMs - this.#fromMs) / hourMs);
    return {
      rows,
      subjects,
      raised: this.#raised,
      perHour,
      worstHour: worst === undefined ? null : { at: iso(worst[0]), count: worst[1] },
      hours: hours.map(([atMs, count]) => [iso(atMs), count]),
      standingSeconds: Math.round(standingMs / 1000),
      longestSeconds: Math.round(longestMs / 1000),
      chattering: this.#chattering.size,
      loadPct: (100 * perHour) / acceptablePerHour,
      occurrences: this.#kept.map((one) => ({ ...one })),
      resolutionSeconds,
    };
  }
}

const iso = (ms: number): string => new Date(ms).toISOString();
