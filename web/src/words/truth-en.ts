// What the screens say of how much they know, in English: the same keys as Indonesian.
import type { TruthWords } from './truth-id.ts';

export const truthEn: TruthWords = {
  unknownSince: (time) => `State not known since ${time}.`,
  unknown: 'State not known.',
  lastKnownBelow: 'What is shown is what was known last.',

  counts: 'Numbers of assets.',
  air: 'Air index.',
  events: 'Events.',
  earlierEvents: 'Events before this screen was opened.',
  near: 'What is near.',
  chart: 'Chart.',
  values: 'Values of the asset.',
  departures: 'Departures.',
  transit: 'Lines and stops.',
  warnings: 'Warnings.',

  storingDown: (time) => `What arrives has not been stored since ${time}.`,
  storingDownDetail: 'The map stays live; the journal keeps all until the database takes it.',
  computerAhead: (age) => `This computer’s clock is ${age} fast`,
  computerBehind: (age) => `This computer’s clock is ${age} slow`,
  serverClockUsed: 'the screen goes by the server’s',
  slept: (age) => `This screen slept for ${age}`,
  sleptDetail: (from) => `saw nothing since ${from}; all was loaded anew`,

  changesUnknown: 'changes not known',
  feedsHeard: (fresh, of, age) => `${fresh} of ${of} feeds fresh, ${age}`,
  feedsSilent: (fresh, of, names) => `${fresh} of ${of} feeds fresh, silent: ${names}`,
  feedsNone: (of) => `nothing heard yet of ${of} feeds`,
  feedsUnknown: (time) => `feeds not known since ${time}`,
  andMore: (n) => `${n} more`,

  noWarnings: (heard, of, age) => `No warning stands: ${heard} of ${of} sources answer, last ${age} ago.`,
  noWarningsUnheard: (of) => `No warning is known, but none of ${of} sources answers.`,
  noWarningsThen: (time) => `No warning on record at ${time}.`,
  warningSourcesUnknown: 'No warning is known; its sources cannot be asked.',
  stationsRead: (read, of) => `Reading stations: ${read} of ${of}`,
  stationsOf: (known, of, age) => `${known} of ${of} stations have an index, read ${age} ago`,
  indexAt: (index, time) => `${index} at ${time}`,
  nothingConnected: 'No asset was heard yet.',
  connectSource: 'Connect a source',
  noStations: (sensors, age) => `No PM2.5 station: ${sensors} sensors checked, newest ${age}.`,
  nobodyNear: (assets, age) => `No other asset: ${assets} checked, newest ${age}.`,
  noHistory: (hours, age) => `No reading stored within ${hours}, checked ${age} ago.`,
  countedOf: (n, age) => `${n} assets, newest ${age}`,
};
