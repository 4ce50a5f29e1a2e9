// Where keys lead in a long list, and where it must be scrolled to so that nothing moves under the hand. Pure.

/** The row a key leads to; undefined for keys that mean nothing here, or when there are no rows. */
export function steppedIndex(key: string, from: number, count: number, page: number): number | undefined {
  const to = {
    ArrowDown: from + 1,
    ArrowUp: from - 1,
    PageDown: from + page,
    PageUp: from - page,
    Home: 0,
    End: count - 1,
  }[key];
  return to === undefined || count === 0 ? undefined : Math.min(count - 1, Math.max(0, to));
}

/**
 * Where to scroll to so that the row that was first in sight still is. At the very top the newest stay in sight.
 * @param firstKey of the row first in sight before; undefined at the top.
 * @param scrollTop pixels scrolled before.
 */
export function keptScrollTop(
  keys: readonly string[],
  firstKey: string | undefined,
  scrollTop: number,
  rowPx: number,
): number {
  const at = firstKey === undefined ? -1 : keys.indexOf(firstKey);
  return at < 0 ? scrollTop : at * rowPx + (scrollTop % rowPx);
}
