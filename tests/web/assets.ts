// Assets and changes for the tests of the web room.
import type { AssetKind } from '../../model/asset.ts';
import type { Change } from '../../model/live.ts';
import { foldChange, type PictureAsset } from '../../model/picture.ts';

/** A whole change, as the server sends an asset that a page has not seen. */
export const whole = (id: string, values: Record<string, unknown> = {}): Change => ({
  id,
  kind: id.slice(0, id.indexOf(':')) as AssetKind,
  name: id,
  simulated: true,
  unconfirmed: false,
  expectedEverySeconds: 10,
  ...values,
});

export const asset = (id: string, values: Record<string, unknown> = {}): PictureAsset =>
  foldChange(undefined, whole(id, values))!;
