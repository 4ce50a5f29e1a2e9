// Under every silent thing, when it was last heard of; few at a time, so an ordinary source will do.
import type { LayerSpecification, Map as MapLibreMap } from 'maplibre-gl';
import { groupOf, shownFreshness, type Group, type Picture } from '../../live/picture.ts';
import { minuteWords } from '../../words/say.ts';
import type { Palette } from '../palette.ts';
import { shifted } from './stacks.ts';
import { StillSource } from './still-source.ts';

/** When a whole feed is silent, times under every mark would only be noise. */
const mostShown = 300;

export class LastSeenLayer {
  readonly source = new StillSource('last-seen');

  addTo(map: MapLibreMap, palette: Palette): void {
    this.source.addTo(map);
    for (const layer of this.layers(palette)) map.addLayer(layer);
  }

  /** @param shiftOf pixels below its place for what stands in a column, where the time has room only beside it. */
  update(
    picture: Picture,
    shown: Record<Group, boolean>,
    nowMs: number,
    timeZone: string,
    shiftOf: (id: string) => number | undefined,
    hidden: ReadonlySet<string>,
  ): void {
    const silent = new Set<string>();
    for (const asset of picture.assets.values()) {
      if (silent.size >= mostShown) break;
      const { id, lat, lon, observedAt } = asset;
      if (lat === undefined || lon === undefined || observedAt === undefined) continue;
      if (hidden.has(id) || !shown[groupOf(asset)] || shownFreshness(asset, nowMs) !== 'silent') continue;
      silent.add(id);
      this.source.put(id, {
        lon,
        lat,
        look: { text: minuteWords(observedAt, timeZone), shift: shiftOf(id) },
      });
    }
    for (const id of [...this.source.ids()]) if (!silent.has(id)) this.source.remove(id);
  }

  layers(palette: Palette): LayerSpecification[] {
    return [
      {
        id: 'last-seen',
        type: 'symbol',
        source: this.source.id,
        minzoom: 13,
        layout: {
          'text-field': ['get', 'text'],
          'text-font': ['Inter'],
          'text-size': 10.5,
          'text-anchor': ['case', ['has', 'shift'], 'left', 'top'],
          'text-offset': ['case', ['has', 'shift'], shifted(1 / 10.5, 1.4), ['literal', [0, 1.3]]],
          'text-allow-overlap': true,
        },
        paint: { 'text-color': palette.silent, 'text-halo-color': palette.halo, 'text-halo-width': 1.4 },
      },
    ];
  }
}
