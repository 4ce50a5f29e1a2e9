// The sensors on the map: a disc with its main value, hollow when stale, struck when silent, coloured by ISPU from 101.
import type { ExpressionSpecification, LayerSpecification, Map as MapLibreMap } from 'maplibre-gl';
import { freshnesses } from '../../../../model/asset.ts';
import { ispuClassOf } from '../../../../model/ispu.ts';
import { isMetricId, metrics, type MetricId } from '../../../../model/metrics.ts';
import type { PictureAsset } from '../../../../model/picture.ts';
import { numberOf, shownFreshness } from '../../live/picture.ts';
import type { LanguageCode } from '../../words/language.svelte.ts';
import type { Words } from '../../words/id.ts';
import { numberWords } from '../../words/say.ts';
import { discClasses, drawDisc, sizeFromAfar, smallFromAfar, toImage, type DiscClass } from '../marks.ts';
import type { Palette } from '../palette.ts';
import { shifted, stackedFromZoom, Stacks } from './stacks.ts';
import { StillSource, type Still } from './still-source.ts';

/** What a sensor is about, most telling first. */
const telling: readonly MetricId[] = [
  'pm25',
  'pm10',
  'riverLevel',
  'rain',
  'waterPressure',
  'queueLength',
  'vehicleCount',
  'noise',
  'waterFlow',
  'temperature',
];

export function mainMetricOf(asset: PictureAsset): MetricId | undefined {
  for (const metric of telling) if (asset.values.has(metric)) return metric;
  for (const metric of asset.values.keys()) if (isMetricId(metric)) return metric;
  return undefined;
}

/** At most three figures: more do not fit a disc. */
function discNumber(value: number, locale: string): string {
  if (Math.abs(value) >= 1000)
    return `${numberWords(value / 1000, locale, Math.abs(value) < 10_000 ? 1 : 0)}k`;
  return numberWords(value, locale, Math.abs(value) < 10 && !Number.isInteger(value) ? 1 : 0);
}

const imageOf = (state: string, disc: DiscClass): string => `sensor-${state}-${disc}`;

export class SensorLayer {
  readonly layerIds = ['sensors', 'sensor-captions'] as const;
  readonly source = new StillSource('sensors');
  readonly stacks = new Stacks();
  #stills = new Map<string, Still>();
  #ispuOf: (id: string) => number | undefined;

  constructor(ispuOf: (id: string) => number | undefined) {
    this.#ispuOf = ispuOf;
  }

  addTo(map: MapLibreMap, palette: Palette): void {
    this.source.addTo(map);
    this.addImages(map, palette);
    for (const layer of this.layers(palette)) map.addLayer(layer);
  }

  addImages(map: MapLibreMap, palette: Palette): void {
    const ratio = Math.max(2, window.devicePixelRatio);
    for (const state of freshnesses) {
      for (const disc of discClasses) {
        const image = toImage(13, ratio, (pen) => drawDisc(pen, state, disc, palette));
        if (map.hasImage(imageOf(state, disc))) map.updateImage(imageOf(state, disc), image);
        else map.addImage(imageOf(state, disc), image, { pixelRatio: ratio });
      }
    }
  }

  put(asset: PictureAsset, nowMs: number, words: { code: LanguageCode; words: Words }): void {
    if (asset.lat === undefined || asset.lon === undefined) return;
    const state = shownFreshness(asset, nowMs);
    const ispu = this.#ispuOf(asset.id);
    const metric = mainMetricOf(asset);
    const value = metric === undefined ? undefined : numberOf(asset, metric);
    const poor = ispu !== undefined && ispu > 100;
    const disc = poor ? discOf(ispu) : 'plain';
    const text =
      state === 'silent'
        ? ''
        : poor
          ? String(ispu)
          : value === undefined
            ? '–'
            : discNumber(value, words.words.locale);
    const caption = poor ? 'ISPU' : metric === undefined ? '' : captionOf(metric, words);
    const ink = state === 'fresh' ? disc : state;
    const look = { image: imageOf(state, disc), text, caption: state === 'silent' ? '' : caption, ink };
    this.#stills.set(asset.id, { lon: asset.lon, lat: asset.lat, look });
    this.#place(asset.id);
    this.#placeAll(this.stacks.put(asset.id, asset.lon, asset.lat));
  }

  remove(id: string): void {
    this.#stills.delete(id);
    this.source.remove(id);
    this.#placeAll(this.stacks.remove(id));
  }

  /** Pixels below its place at which a sensor is drawn. */
  shiftAt(id: string, zoom: number): number {
    if (zoom < stackedFromZoom) return 0;
    return (this.stacks.shiftOf(id) ?? 0) * sizeFromAfar(zoom);
  }

  #placeAll(ids: readonly string[]): void {
    for (const id of ids) this.#place(id);
  }

  #place(id: string): void {
    const still = this.#stills.get(id);
    if (still) {
      const look = { ...still.look, shift: this.stacks.shiftOf(id) ?? 0 };
      this.source.put(id, { ...still, look });
    }
  }

  layers(palette: Palette): LayerSpecification[] {
    const ink = [
      'match',
      ['get', 'ink'],
      'stale',
      palette.sensor,
      'silent',
      palette.silent,
      'tidak',
      palette.tidakInk,
      'sangat',
      palette.sangatInk,
      'bahaya',
      palette.bahayaInk,
      palette.ink,
    ] as unknown as ExpressionSpecification;
    return [
      {
        id: 'sensors',
        type: 'symbol',
        source: this.source.id,
        layout: {
          'icon-image': ['get', 'image'],
          'icon-size': smallFromAfar,
          'icon-offset': ['step', ['zoom'], ['literal', [0, 0]], stackedFromZoom, shifted(1)],
          'icon-allow-overlap': true,
          'text-field': ['get', 'text'],
          'text-font': ['Inter Bold'],
          'text-size': ['interpolate', ['linear'], ['zoom'], 12.4, 5.5, 13.5, 10],
          'text-offset': ['step', ['zoom'], ['literal', [0, 0]], stackedFromZoom, shifted(1 / 10)],
          'text-allow-overlap': true,
          'text-ignore-placement': true,
        },
        paint: { 'text-color': ink, 'text-opacity': ['step', ['zoom'], 0, 13.1, 1] },
      },
      {
        id: 'sensor-captions',
        type: 'symbol',
        source: this.source.id,
        minzoom: 14,
        layout: {
          'text-field': ['get', 'caption'],
          'text-font': ['Inter'],
          'text-size': 10,
          // Beside the disc, so that each of a column keeps its own.
          'text-anchor': 'left',
          'text-offset': shifted(1 / 10, 1.4),
          'text-optional': true,
        },
        paint: { 'text-color': palette.label, 'text-halo-color': palette.halo, 'text-halo-width': 1.4 },
      },
    ];
  }
}

function discOf(ispu: number): DiscClass {
  const name = ispuClassOf(ispu);
  return name === 'baik' || name === 'sedang' ? 'plain' : name;
}

const captionOf = (metric: MetricId, { code, words }: { code: LanguageCode; words: Words }): string =>
  `${metrics[metric][code]} ${words.unit(metrics[metric].unit)}`;
