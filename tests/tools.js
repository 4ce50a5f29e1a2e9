// The programs that some suites need beside Node, where they are, and how to install them.
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const places = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/lib/postgresql/15/bin'];

function find(...names) {
  for (const name of names) {
    for (const place of places) {
      const path = join(place, name);
      try {
        accessSync(path, constants.X_OK);
        return path;
      } catch {
        // Not there: look on.
      }
    }
  }
  return undefined;
}

export const tools = {
  chromium: find('chromium', 'chromium-browser', 'google-chrome'),
  mosquitto: find('mosquitto'),
  ffprobe: find('ffprobe'),
  initdb: find('initdb'),
};

const needs = {
  chromium: { suites: 'tests/browser, tests/journey', install: 'chromium' },
  mosquitto: {
    suites: 'tests/journey/mosquitto, tests/store/devices (files for Mosquitto)',
    install: 'mosquitto',
  },
  ffprobe: { suites: 'tests/simulators (pictures)', install: 'ffmpeg' },
  initdb: { suites: 'tests of people’s tables on a server', install: 'postgresql-15' },
};

/** A line for each program that is not here; empty when all are. */
export const missingTools = () =>
  Object.keys(needs)
    .filter((tool) => tools[tool] === undefined)
    .map(
      (tool) =>
        `${tool} is not installed; not run: ${needs[tool].suites}. Install it: apt-get install ${needs[tool].install}`,
    );
