// The colours of the map, read from the tokens, so that night and day have one source.

const tokens = {
  out: '--map-out',
  land: '--map-land',
  green: '--map-green',
  water: '--map-water',
  minor: '--map-minor',
  collector: '--map-collector',
  major: '--map-major',
  casing: '--map-case',
  rail: '--map-rail',
  line: '--map-line',
  edge: '--line-3',
  label: '--map-label',
  labelStrong: '--map-label-strong',
  halo: '--map-halo',
  vehicle: '--vehicle',
  angkot: '--angkot',
  sensor: '--sensor',
  camera: '--camera',
  ink: '--thing-ink',
  silent: '--silent',
  ispuEdge: '--ispu-edge',
  tidak: '--ispu-tidak',
  tidakInk: '--ispu-tidak-ink',
  sangat: '--ispu-sangat',
  sangatInk: '--ispu-sangat-ink',
  bahaya: '--ispu-bahaya',
  bahayaInk: '--ispu-bahaya-ink',
  accent: '--accent',
  surface: '--surface-1',
  text: '--text-1',
  fresh: '--fresh',
  stale: '--stale',
  warning: '--text-2',
  warningSevere: '--p2-edge',
  warningExtreme: '--p1-edge',
  p1: '--p1',
  p1Ink: '--p1-ink',
  p1Text: '--p1-text',
  p1Edge: '--p1-edge',
  p2: '--p2',
  p2Ink: '--p2-ink',
  p2Text: '--p2-text',
  p2Edge: '--p2-edge',
  p3: '--p3',
  p3Ink: '--p3-ink',
  p3Text: '--p3-text',
  p3Edge: '--p3-edge',
  p4: '--p4',
  p4Ink: '--p4-ink',
  p4Text: '--p4-text',
  p4Edge: '--p4-edge',
} as const;

export type Palette = Record<keyof typeof tokens, string>;

export function readPalette(): Palette {
  const style = getComputedStyle(document.documentElement);
  return Object.fromEntries(
    Object.entries(tokens).map(([name, token]) => [name, style.getPropertyValue(token).trim() || '#808080']),
  ) as Palette;
}
