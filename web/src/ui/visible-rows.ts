// Which rows of a long list stand in sight, so that a thousand cost no more than a screenful. Pure.

export interface Slice {
  from: number;
  to: number;
  /** Heights of what is left out above and below, in pixels. */
  above: number;
  below: number;
}

const spare = 8;

export function visibleRows(count: number, rowPx: number, scrollTop: number, viewPx: number): Slice {
  const from = Math.min(Math.max(0, Math.floor(scrollTop / rowPx) - spare), Math.max(0, count - 1));
  const to = Math.min(count, Math.ceil((scrollTop + viewPx) / rowPx) + spare);
  return { from, to, above: from * rowPx, below: Math.max(0, count - to) * rowPx };
}
