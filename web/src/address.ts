// The address bar holds the view: zoom, place and selection, so that a link shows what its sender saw. Pure.

export interface Address {
  zoom?: number;
  lat?: number;
  lon?: number;
  selected?: string;
  theme?: 'night' | 'day';
  /** Of the past: epoch milliseconds. */
  at?: number;
  /** Layers that are switched off; absent says nothing about layers. */
  hidden?: string[];
  /** Layers that are off until somebody switches them on, and are on. */
  shown?: string[];
  /** Codes of the kecamatan shown; absent is all. */
  districts?: string[];
  /** What somebody drew, as `map/area.ts` writes it. */
  area?: string;
}

/** Reads `#z=14.2&lat=2.961&lon=99.059&sel=vehicle:x&theme=day&at=2026-11-24T11:42:10Z`; whatever is malformed is left out. */
export function parseAddress(hash: string): Address {
  const fields = new URLSearchParams(hash.replace(/^#/, ''));
  const address: Address = {};
  const zoom = within(fields.get('z'), 0, 24);
  const lat = within(fields.get('lat'), -85, 85);
  const lon = within(fields.get('lon'), -180, 180);
  if (zoom !== undefined) address.zoom = zoom;
  if (lat !== undefined && lon !== undefined) Object.assign(address, { lat, lon });
  const selected = fields.get('sel');
  if (selected) address.selected = selected;
  const hidden = words(fields.get('off'));
  if (hidden) address.hidden = hidden;
  const shown = words(fields.get('on'));
  if (shown) address.shown = shown;
  const districts = words(fields.get('kec'));
  if (districts) address.districts = districts;
  const area = fields.get('area');
  if (area) address.area = area;
  const theme = fields.get('theme');
  if (theme === 'night' || theme === 'day') address.theme = theme;
  const at = fields.get('at');
  if (at !== null && momentPattern.test(at) && !Number.isNaN(Date.parse(at))) address.at = Date.parse(at);
  return address;
}

/** With its offset, so that a link means the same everywhere. */
const momentPattern = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/;

export function formatAddress(address: Address): string {
  const { zoom, lat, lon, selected, hidden, shown, districts, theme, at, area } = address;
  const parts: string[] = [];
  if (zoom !== undefined) parts.push(`z=${zoom.toFixed(2)}`);
  if (lat !== undefined && lon !== undefined) parts.push(`lat=${lat.toFixed(5)}`, `lon=${lon.toFixed(5)}`);
  if (selected !== undefined) parts.push(`sel=${encodeURIComponent(selected).replaceAll('%3A', ':')}`);
  if (hidden?.length) parts.push(`off=${hidden.join(',')}`);
  if (shown?.length) parts.push(`on=${shown.join(',')}`);
  if (districts?.length) parts.push(`kec=${districts.join(',')}`);
  if (area !== undefined) parts.push(`area=${area}`);
  if (theme !== undefined) parts.push(`theme=${theme}`);
  if (at !== undefined) parts.push(`at=${new Date(at).toISOString().slice(0, 19)}Z`);
  return parts.length === 0 ? '' : `#${parts.join('&')}`;
}

/** Names parted by commas, as many as make sense. */
function words(text: string | null): string[] | undefined {
  const found = (text ?? '').split(',').filter((word) => /^[A-Za-z0-9.-]{1,40}$/.test(word));
  return found.length === 0 ? undefined : [...new Set(found)].slice(0, 100);
}

function within(text: string | null, min: number, max: number): number | undefined {
  if (text === null || text.trim() === '') return undefined;
  const value = Number(text);
  return Number.isFinite(value) && value >= min && value <= max ? value : undefined;
}
