// The figures of the live side that /metrics shows.
import type { AssetKind } from '../../model/asset.ts';

export interface LiveFigures {
  sockets: () => number;
  slowSockets: () => number;
  dropped: () => number;
  skipped: () => number;
  malformed: () => number;
  assets: (kind: AssetKind) => number;
  received: (kind: AssetKind) => number;
  conflated: (kind: AssetKind) => number;
}
