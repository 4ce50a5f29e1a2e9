// A long list in pages. Pure.

export const rowsPerPage = 200;

/** The rows of one page, and how many pages there are. */
export function pageOf<T>(
  rows: readonly T[],
  page: number,
): { rows: T[]; page: number; pages: number; from: number } {
  const pages = Math.max(1, Math.ceil(rows.length / rowsPerPage));
  const held = Math.min(Math.max(0, page), pages - 1);
  return {
    rows: rows.slice(held * rowsPerPage, (held + 1) * rowsPerPage),
    page: held,
    pages,
    from: held * rowsPerPage,
  };
}
