// What the tools of the map say in English.
import type { MapToolsWords } from './map-tools-id.ts';

export const mapToolsEn: MapToolsWords = {
  everything: 'Everything on the map',
  kinds: {
    warning: 'Warnings',
    service: 'Service vehicles',
    angkot: 'Angkot',
    sensor: 'Sensors',
    camera: 'Cameras',
    stop: 'Stops',
    facility: 'Facilities',
  },
  kindOne: {
    warning: 'Warning',
    service: 'Vehicle',
    angkot: 'Angkot',
    sensor: 'Sensor',
    camera: 'Camera',
    stop: 'Stop',
    facility: 'Facility',
  },
  all: 'All',
  searchThings: 'Search name, id, line',
  rowsOf: (n, of) => `${n} of ${of}`,
  noneFits: (of) => `Nothing fits among the ${of} that are known.`,
  notLive: 'State unknown: the live picture has not arrived.',
  byTimetable: 'by timetable',
  byCityFile: "by the city's file",
  lines: (list) => `line ${list}`,
};
