// Rejects by what is at fault: time, values, form or place, each with a fill of its own. Pure.

export const rejectFills = ['time', 'value', 'form', 'place'] as const;
export type RejectFill = (typeof rejectFills)[number];

const fills = new Map<string, RejectFill>([
  ['future', 'time'],
  ['too-old', 'time'],
  ['no-time', 'time'],
  ['out-of-range', 'value'],
  ['unknown-metric', 'value'],
  ['unknown-unit', 'value'],
  ['not-finite', 'value'],
  ['no-reading', 'value'],
  ['off-earth', 'place'],
  ['no-position', 'place'],
]);

/** The fill of a reason; whatever is not known is a fault of form. */
export const fillOf = (reason: string): RejectFill => fills.get(reason) ?? 'form';

export interface Share {
  reason: string;
  count: number;
  fill: RejectFill;
}

/** The reasons, most frequent first. */
export const toShares = (byReason: Record<string, number>): Share[] =>
  Object.entries(byReason)
    .filter(([, count]) => count > 0)
    .map(([reason, count]) => ({ reason, count, fill: fillOf(reason) }))
    .sort((a, b) => b.count - a.count || a.reason.localeCompare(b.reason));

const widestPx = 64;
const leastPx = 6;

/** How long the bar of a feed is beside the longest of all, in pixels. */
export const barWidthPx = (count: number, most: number): number =>
  count === 0 || most === 0 ? 0 : Math.max(leastPx, Math.round((count / most) * widestPx));
