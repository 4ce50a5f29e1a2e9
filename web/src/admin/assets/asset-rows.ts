// Assets as the admin lists them: those that nobody confirmed first. Pure.
import type { AssetFeature, AssetKind } from '../../../../model/asset.ts';

export interface AssetFilter {
  kind: AssetKind | 'all';
  text: string;
  onlyUnconfirmed: boolean;
  simulated: boolean;
}

const collator = new Intl.Collator('id', { numeric: true });

export function listAssets(
  assets: readonly AssetFeature[],
  { kind, text, onlyUnconfirmed, simulated }: AssetFilter,
): AssetFeature[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return assets
    .filter(({ id, properties }) => {
      if (kind !== 'all' && properties.kind !== kind) return false;
      if (onlyUnconfirmed && !properties.unconfirmed) return false;
      if (!simulated && properties.simulated) return false;
      const said = `${id} ${properties.name}`.toLowerCase();
      return words.every((word) => said.includes(word));
    })
    .sort(
      (a, b) =>
        Number(b.properties.unconfirmed) - Number(a.properties.unconfirmed) ||
        collator.compare(a.properties.name, b.properties.name) ||
        collator.compare(a.id, b.id),
    );
}

/** A coordinate as people type it, with comma or point; undefined outside ±limit. */
export function parseDegrees(text: string, limit: 90 | 180): number | undefined {
  const value = Number(text.trim().replace(',', '.'));
  return text.trim() !== '' && Number.isFinite(value) && Math.abs(value) <= limit ? value : undefined;
}
