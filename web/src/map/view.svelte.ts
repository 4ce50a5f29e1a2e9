// What the operator looks at: place, selection, layers shown; the address bar follows it.
import type { ViewLook } from '../../../model/saved-view.ts';
import { formatAddress, parseAddress } from '../address.ts';
import { groups, type Group } from '../live/picture.ts';
import { theme } from '../ui/theme.svelte.ts';
import { formatArea, parseArea, type Area } from './area.ts';
import { groundKeys, type GroundKey } from './basemap.ts';

export const transitKeys = ['lines', 'stops'] as const;
export type TransitKey = (typeof transitKeys)[number];

/** Layers that are off until somebody switches them on. */
export const extraKeys = ['blind'] as const;
export type ExtraKey = (typeof extraKeys)[number];

const allOf = <K extends string>(keys: readonly K[]): Record<K, boolean> =>
  Object.fromEntries(keys.map((key) => [key, true])) as Record<K, boolean>;

/** The id under which the map knows where the marked place is. */
export const markedKey = 'marked';

/** A kecamatan as it is named in the address bar, beside the ids of assets. */
export const districtKey = (code: string): string => `district:${code}`;
export const districtCodeOf = (key: string | undefined): string | undefined =>
  key?.startsWith('district:') ? key.slice('district:'.length) : undefined;

/** The panel of the blind map, as it is named in the address bar. */
export const blindKey = 'blind';

const storageKey = 'simpang.layers';

class View {
  selected = $state<string | undefined>();
  shown = $state(allOf(groups));
  ground = $state(allOf(groundKeys));
  transit = $state(allOf(transitKeys));
  extra = $state<Record<ExtraKey, boolean>>({ blind: false });
  /** A place that nothing lives at, found or chosen in a list: it stays marked until something is selected. */
  marked = $state.raw<{ name: string; lon: number; lat: number } | undefined>();
  /** A circle or polygon whose content is listed. */
  area = $state.raw<Area | undefined>();
  place = $state.raw<{ zoom: number; lat: number; lon: number } | undefined>();
  /** The moment of the past that is looked at, epoch milliseconds; undefined: live. */
  at = $state<number | undefined>();
  bearing = $state(0);
  /** Pixels a hundred metres take. */
  pixelsPerMetre = $state(0);

  /** Codes of the kecamatan that are shown; none is all of them. */
  districts = $state.raw<readonly string[]>([]);
  /** The vehicle that the map goes along with. */
  followed = $state<string | undefined>();

  constructor() {
    this.#recall();
    this.readAddress();
  }

  /** Takes the view from the address bar: at the start, and when somebody pastes a link into it. */
  readAddress(): void {
    const { zoom, lat, lon, selected, area, at, hidden, shown, districts } = parseAddress(location.hash);
    if (zoom !== undefined && lat !== undefined && lon !== undefined) this.place = { zoom, lat, lon };
    this.selected = selected;
    this.area = parseArea(area ?? null);
    this.at = at;
    this.districts = districts ?? [];
    if (hidden) this.#showAllBut(hidden);
    // A table of what nobody sees goes with the map of it.
    for (const key of extraKeys) if (shown?.includes(key) || selected === key) this.extra[key] = true;
  }

  /** Layers that are switched off, by name. */
  get hidden(): string[] {
    return this.#switches.flatMap((switches) => Object.keys(switches).filter((key) => !switches[key]));
  }

  /** Layers that are off by themselves and were switched on, by name. */
  get shownExtra(): ExtraKey[] {
    return extraKeys.filter((key) => this.extra[key]);
  }

  /** What is looked at now, to be kept; undefined before the map knows. */
  get look(): ViewLook | undefined {
    if (this.place === undefined) return undefined;
    const area = this.area === undefined ? {} : { area: formatArea(this.area) };
    const shown = this.shownExtra;
    return { ...this.place, hidden: this.hidden, shown, districts: [...this.districts], ...area };
  }

  /** Shows what was kept; the map itself goes to its place. */
  apply(look: ViewLook): void {
    this.#showAllBut(look.hidden);
    for (const key of extraKeys) this.extra[key] = look.shown?.includes(key) ?? false;
    this.districts = look.districts;
    this.area = parseArea(look.area ?? null);
    this.selected = this.marked = this.followed = undefined;
    this.#remember();
  }

  filterBy(districts: readonly string[]): void {
    this.districts = districts;
    this.writeAddress();
  }

  get #switches(): Record<string, boolean>[] {
    return [this.shown, this.ground, this.transit];
  }

  #showAllBut(hidden: readonly string[]): void {
    for (const switches of this.#switches) {
      for (const key of Object.keys(switches)) switches[key] = !hidden.includes(key);
    }
  }

  toggle(group: Group): void {
    this.shown[group] = !this.shown[group];
    this.#remember();
  }

  toggleGround(key: GroundKey): void {
    this.ground[key] = !this.ground[key];
    this.#remember();
  }

  toggleTransit(key: TransitKey): void {
    this.transit[key] = !this.transit[key];
    this.#remember();
  }

  toggleExtra(key: ExtraKey): void {
    this.extra[key] = !this.extra[key];
    this.#remember();
  }

  writeAddress(): void {
    const selected = this.selected === undefined ? {} : { selected: this.selected };
    const at = this.at === undefined ? {} : { at: this.at };
    const area = this.area === undefined ? {} : { area: formatArea(this.area) };
    const { hidden } = this;
    const districts = [...this.districts];
    const address = formatAddress({
      ...this.place,
      ...selected,
      ...area,
      hidden,
      shown: this.shownExtra,
      districts,
      theme: theme.name,
      ...at,
    });
    history.replaceState(null, '', address || location.pathname);
  }

  #remember(): void {
    const { shown, ground, transit, extra } = this;
    localStorage.setItem(storageKey, JSON.stringify({ shown, ground, transit, extra }));
    this.writeAddress();
  }

  #recall(): void {
    try {
      const stored = JSON.parse(localStorage.getItem(storageKey) ?? '{}') as Partial<
        Record<string, Record<string, unknown>>
      >;
      for (const group of groups) if (stored['shown']?.[group] === false) this.shown[group] = false;
      for (const key of groundKeys) if (stored['ground']?.[key] === false) this.ground[key] = false;
      for (const key of transitKeys) if (stored['transit']?.[key] === false) this.transit[key] = false;
      for (const key of extraKeys) if (stored['extra']?.[key] === true) this.extra[key] = true;
    } catch {
      // What an older page stored is no reason not to show the map.
    }
  }
}

export const view = new View();
export type { View };
