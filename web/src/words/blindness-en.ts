// What the screens say of what the city cannot see, in English: the same keys as Indonesian.
import type { BlindnessWords } from './blindness-id.ts';

export const blindnessEn: BlindnessWords = {
  title: 'Blind areas',
  show: 'Show blind areas',
  open: 'Table',
  openLong: 'Blind areas by kecamatan',
  keyNames: { layer: 'blind areas', panel: 'blind areas by kecamatan' },
  blindOf: (n, of) => `${n} of ${of} junctions blind`,
  inDoubt: (n) => `${n} not known yet`,
  shareOf: (pct) => `${pct}% of the area`,

  caption: 'What is not seen, by kecamatan: junctions and areas without a fresh camera or sensor in reach',
  columns: {
    district: 'Kecamatan',
    now: 'Blind junctions',
    withoutCamera: 'Without camera',
    area: 'Blind area',
    minutes: 'Junction-minutes today',
    worst: 'Worst today',
  },
  minuteUnit: 'min',
  of: (n, of) => `${n} / ${of}`,
  minutesOfAll: 'Blind minutes of all its junctions together',
  goToWorst: (district, junction) => `${district}: to ${junction}`,
  noWorst: 'none so far',

  junctions: 'Blind junctions',
  notYetKnown: 'not known yet',
  noneBlind: (junctions, cameras, sensors, time) =>
    `No junction is blind: ${junctions} junctions checked, ${cameras} cameras and ${sensors} sensors fresh, ${time}.`,
  seenBy: (cameras, sensors) => `${cameras} cameras and ${sensors} sensors fresh`,

  now: 'Blind areas.',
  minutesToday: 'Blind minutes today.',
  notLive: 'State not known: the live picture has not come yet.',
  counted: (since, minutes) => `Counted since ${since}: ${minutes} min`,
  uncounted: (minutes) => `${minutes} min not counted`,
  notCounted: 'No minute of today has been counted yet.',
  asking: 'Today’s minutes are being read.',
  pastMinutes: 'Minutes are of today only; layer and junctions are of the time shown.',
  reach: (camera, air, river, other) =>
    `Estimated reach: cameras ${camera} within their view, air and weather ${air}, rivers ${river}, others ${other}.`,
  saveCsv: 'Save blind areas as CSV',
};
