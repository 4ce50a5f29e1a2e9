// Everything on the map as things, kept in order while it changes; one source for the table, the finder and the areas.
import { city } from '../city/city.svelte.ts';
import type { Desk } from '../live/desk.svelte.ts';
import { transit } from '../live/transit.svelte.ts';
import { view } from '../map/view.svelte.ts';
import { language } from '../words/language.svelte.ts';
import { alarmName } from './alarm-name.ts';
import {
  alarmThing,
  assetThings,
  facilityThing,
  inListOrder,
  placeOf,
  stopThing,
  warningThing,
  type Thing,
} from './things.ts';
import { headlineOf } from './warning-words.ts';

export class AllThings {
  #desk: Desk;
  #held: readonly Thing[] = [];
  /** The same list until an asset comes, goes or is named anew. */
  readonly assets = $derived.by(() => {
    void this.#desk.beat;
    return (this.#held = assetThings(this.#desk.picture.assets, this.#held));
  });
  readonly stops = $derived(inListOrder(transit.stops.map(stopThing)));
  readonly facilities = $derived(
    inListOrder((city.geography?.map.facilities.facilities ?? []).map(facilityThing)),
  );
  readonly warnings = $derived.by(() =>
    this.#desk.warnings.standing.map((warning) =>
      warningThing(warning, headlineOf(warning, language.code, language.words)),
    ),
  );
  /** In the order of the stream: the gravest first. */
  readonly alarms = $derived.by(() =>
    [...this.#desk.alarms.standing]
      .sort((a, b) => a.priority - b.priority || b.raisedAt.localeCompare(a.raisedAt))
      .map((alarm) => alarmThing(alarm, alarmName(alarm, language.code))),
  );
  readonly all = $derived.by<readonly Thing[]>(() => {
    const placed = [...this.assets, ...this.stops, ...this.facilities];
    // What is wrong is listed whatever is filtered.
    return [
      ...this.alarms,
      ...this.warnings,
      ...(view.districts.length === 0 ? placed : this.#inDistricts(placed)),
    ];
  });

  /** What the filter by kecamatan leaves; assets move, so it is looked at with every count. */
  #inDistricts(things: readonly Thing[]): readonly Thing[] {
    void this.#desk.beat;
    const codes = new Set(view.districts);
    return things.filter((thing) => {
      const position = 'asset' in thing ? placeOf(thing.asset) : thing.position;
      const district = position && city.geography?.districtOf(position);
      return district !== undefined && codes.has(district.code);
    });
  }

  constructor(desk: Desk) {
    this.#desk = desk;
  }
}
