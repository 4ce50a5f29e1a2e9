// What is known of a question that is asked again and again: answered, failed, or waited for too long. Pure.

export interface Asked {
  /** When it was asked that is not answered yet. */
  readonly pendingAt: number | undefined;
  /** When the last answer came: as old is what is shown. */
  readonly answeredAt: number | undefined;
  /** When it failed first since the last answer. */
  readonly failedAt: number | undefined;
}

export const neverAsked: Asked = { pendingAt: undefined, answeredAt: undefined, failedAt: undefined };

/** An answer that takes longer is said to be missing; it may still come. */
export const patienceMs = 4_000;

export const begun = (asked: Asked, nowMs: number): Asked => ({ ...asked, pendingAt: nowMs });

export const answered = (nowMs: number): Asked => ({
  pendingAt: undefined,
  answeredAt: nowMs,
  failedAt: undefined,
});

export const failed = (asked: Asked, nowMs: number): Asked => ({
  pendingAt: undefined,
  answeredAt: asked.answeredAt,
  failedAt: asked.failedAt ?? nowMs,
});

/**
 * Since when the state is not known, epoch milliseconds: since the last answer, or since it was asked in vain. undefined
 * while the last answer speaks for now, and while the first is awaited in patience.
 * @param awaySince since when whoever answers is known to be away.
 */
export function unknownSince(asked: Asked, nowMs: number, awaySince?: number): number | undefined {
  const { pendingAt, answeredAt, failedAt } = asked;
  const late = pendingAt !== undefined && nowMs - pendingAt > patienceMs ? pendingAt : undefined;
  if (failedAt === undefined && late === undefined && awaySince === undefined) return undefined;
  return answeredAt ?? failedAt ?? late ?? awaySince;
}
