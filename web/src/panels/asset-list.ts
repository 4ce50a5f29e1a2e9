// The rows of the table behind the map: filtered by what is typed, in a steady order. Pure.
import type { PictureAsset } from '../../../model/picture.ts';
import { groupOf, groups, lineOf } from '../live/picture.ts';

export const rowsPerPage = 200;

export function searchAssets(assets: Iterable<PictureAsset>, text: string): PictureAsset[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const found: PictureAsset[] = [];
  for (const asset of assets) {
    const said = `${asset.id} ${asset.name} ${lineOf(asset) ?? ''}`.toLowerCase();
    if (words.every((word) => said.includes(word))) found.push(asset);
  }
  return found.sort((a, b) => orderOf(a) - orderOf(b) || compare(a.name, b.name) || compare(a.id, b.id));
}

const orderOf = (asset: PictureAsset): number => groups.indexOf(groupOf(asset));
const collator = new Intl.Collator('id', { numeric: true });
const compare = (a: string, b: string): number => collator.compare(a, b);

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
