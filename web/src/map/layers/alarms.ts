// Alarms on the map, over all things: never clustered, each at its subject, which may move.
import type { ExpressionSpecification, LayerSpecification, Map as MapLibreMap } from 'maplibre-gl';
import type { Alarm } from '../../../../model/alarm.ts';
import { alarmKey } from '../../live/alarm-key.ts';
import type { Picture } from '../../live/picture.ts';
import type { Palette } from '../palette.ts';
import { alarmImages, imageOf, lookOf, type AlarmLook } from './alarm-marks.ts';
import { StillSource } from './still-source.ts';

/**
 * Where alarms of one subject are drawn, in pixels from it: the gravest beside it, so that the thing itself stays in
 * sight, the others on from there. Priority 1 stands on it, in its ring.
 */
const onSubject = -1;
const slots = 8;
const shiftOf = (slot: number): { shiftX: number; shiftY: number } =>
  slot === onSubject ? { shiftX: 0, shiftY: 0 } : { shiftX: 13 + slot * 20, shiftY: -14 };
const shifts: ExpressionSpecification = [
  'match',
  ['get', 'slot'],
  ...Array.from({ length: slots }, (_, slot) => slot).flatMap((slot) => {
    const { shiftX, shiftY } = shiftOf(slot);
    return [slot, ['literal', [shiftX, shiftY]]];
  }),
  ['literal', [0, 0]],
] as unknown as ExpressionSpecification;

interface Drawn {
  id: string;
  lon: number;
  lat: number;
  shiftX: number;
  shiftY: number;
}

export class AlarmLayer {
  readonly layerIds = ['alarms'] as const;
  readonly #source = new StillSource('alarms');
  #alarms: readonly { alarm: Alarm; look: AlarmLook }[] = [];
  #drawn: Drawn[] = [];

  addTo(map: MapLibreMap, palette: Palette): void {
    this.#source.addTo(map);
    this.addImages(map, palette);
    for (const layer of this.layers()) map.addLayer(layer);
  }

  addImages(map: MapLibreMap, palette: Palette): void {
    const ratio = Math.max(2, Math.ceil(window.devicePixelRatio));
    for (const [name, image] of alarmImages(ratio, palette)) {
      if (map.hasImage(name)) map.updateImage(name, image);
      else map.addImage(name, image, { pixelRatio: ratio });
    }
  }

  show(map: MapLibreMap, alarms: readonly Alarm[], picture: Picture): void {
    this.#alarms = alarms
      .flatMap((alarm) => {
        const look = lookOf(alarm.state);
        return look === undefined ? [] : [{ alarm, look }];
      })
      // The gravest nearest to its subject, and drawn over the others.
      .sort((a, b) => a.alarm.priority - b.alarm.priority || Number(a.alarm.id) - Number(b.alarm.id));
    this.update(map, picture);
  }

  /** Puts each where its subject is now. */
  update(map: MapLibreMap, picture: Picture): void {
    const held = new Set(this.#source.ids());
    const bySubject = new Map<string, number>();
    this.#drawn = [];
    for (const { alarm, look } of this.#alarms) {
      const place = placeOf(alarm, picture);
      if (place === undefined) continue;
      const nth = bySubject.get(alarm.subject.id) ?? 0;
      bySubject.set(alarm.subject.id, nth + 1);
      const slot = alarm.priority === 1 && nth === 0 ? onSubject : Math.min(nth, slots - 1);
      const id = alarmKey(alarm.id);
      held.delete(id);
      this.#drawn.push({ id, ...place, ...shiftOf(slot) });
      const order = -(alarm.priority * 10 + (look === 'calling' ? 0 : 1));
      this.#source.put(id, { ...place, look: { image: imageOf(alarm.priority, look), order, slot } });
    }
    for (const id of held) this.#source.remove(id);
    this.#source.flush(map);
  }

  /** Alarms within reach of a point, nearest first. */
  at(map: MapLibreMap, point: { x: number; y: number }, reach: number): string[] {
    return this.#drawn
      .map(({ id, lon, lat, shiftX, shiftY }) => {
        const { x, y } = map.project([lon, lat]);
        return { id, distance: Math.hypot(x + shiftX - point.x, y + shiftY - point.y) };
      })
      .filter(({ distance }) => distance <= reach)
      .sort((a, b) => a.distance - b.distance)
      .map(({ id }) => id);
  }

  /** Where an alarm is drawn: its place, and pixels beside it. */
  find(id: string): Drawn | undefined {
    return this.#drawn.find((each) => each.id === id);
  }

  layers(): LayerSpecification[] {
    return [
      {
        id: 'alarms',
        type: 'symbol',
        source: this.#source.id,
        layout: {
          'icon-image': ['get', 'image'],
          'icon-offset': shifts,
          'icon-allow-overlap': true,
          'icon-ignore-placement': true,
          'symbol-sort-key': ['get', 'order'],
        },
      },
    ];
  }
}

/** Where the subject is now; what has no place of its own is not on the map. */
function placeOf({ subject }: Alarm, picture: Picture): { lon: number; lat: number } | undefined {
  const asset = picture.assets.get(subject.id);
  if (asset?.lat !== undefined && asset.lon !== undefined) return { lon: asset.lon, lat: asset.lat };
  return subject.lat === null || subject.lon === null ? undefined : { lon: subject.lon, lat: subject.lat };
}
