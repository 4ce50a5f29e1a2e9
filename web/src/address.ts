// The address bar holds the view: zoom, place and selection, so that a link shows what its sender saw. Pure.

export interface Address {
  zoom?: number;
  lat?: number;
  lon?: number;
  selected?: string;
  theme?: 'night' | 'day';
}

/** Reads `#z=14.2&lat=2.961&lon=99.059&sel=vehicle:x&theme=day`; whatever is malformed is left out. */
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
  const theme = fields.get('theme');
  if (theme === 'night' || theme === 'day') address.theme = theme;
  return address;
}

export function formatAddress({ zoom, lat, lon, selected, theme }: Address): string {
  const parts: string[] = [];
  if (zoom !== undefined) parts.push(`z=${zoom.toFixed(2)}`);
  if (lat !== undefined && lon !== undefined) parts.push(`lat=${lat.toFixed(5)}`, `lon=${lon.toFixed(5)}`);
  if (selected !== undefined) parts.push(`sel=${encodeURIComponent(selected).replaceAll('%3A', ':')}`);
  if (theme !== undefined) parts.push(`theme=${theme}`);
  return parts.length === 0 ? '' : `#${parts.join('&')}`;
}

function within(text: string | null, min: number, max: number): number | undefined {
  if (text === null || text.trim() === '') return undefined;
  const value = Number(text);
  return Number.isFinite(value) && value >= min && value <= max ? value : undefined;
}
